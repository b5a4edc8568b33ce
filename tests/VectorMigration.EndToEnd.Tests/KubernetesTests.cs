using System.Collections.Concurrent;
using System.Globalization;
using System.Text.RegularExpressions;
using k8s;
using k8s.Models;
using VectorMigration.TestSupport;
using YamlDotNet.Core;

namespace VectorMigration.EndToEnd.Tests;

/// <summary>
/// The manifests of docs/kubernetes: their keys and types by Kubernetes' client for .NET, their values by its schemas, and their commands by running them
/// as they stand. No cluster is here: what Kubernetes makes of them is NOT RUN.
/// </summary>
[Collection(SharedServer.Name)]
public sealed partial class KubernetesTests(QdrantServerFixture fixture) : ServerTests(fixture)
{
    private const string Endpoint = "https://qdrant.example:6334";

    private static string Manifest(string name) =>
        File.ReadAllText(Path.Combine(QdrantServer.RepositoryRoot(), "docs", "kubernetes", name + ".yaml"));

    private static V1Job Read(string manifest) => KubernetesYaml.Deserialize<V1Job>(manifest, strict: true);

    [Theory]
    [InlineData("slices")]
    [InlineData("join")]
    public async Task A_manifest_has_no_unknown_key_no_wrong_value_and_nothing_missing(string name)
    {
        string manifest = Manifest(name);
        (await SchemaFaultsAsync(manifest)).ShouldBeEmpty();
        RuleFaults(Read(manifest)).ShouldBeEmpty();
    }

    /// <summary>The checks see what is wrong.</summary>
    [Theory]
    [InlineData("backoffLimitPerIndex:", "backoffLimitPerIndx:", "Property 'backoffLimitPerIndx' not found")]
    [InlineData("mountPath: /logs", "mountpath: /logs", "Property 'mountpath' not found")]
    [InlineData("completions: 8", "completions: eight", "'eight' was not in a correct format")]
    [InlineData("completionMode: Indexed", "completionMode: Index", "completionMode must be equal to one of the allowed values")]
    [InlineData("action: FailIndex", "action: Fail", "rules/1/action must be equal to one of the allowed values")]
    [InlineData("mountPath: /logs", "", "must have required property mountPath")]
    [InlineData("- name: slice\n          image", "- image", "containers/0 must have required property name")]
    [InlineData("restartPolicy: Never", "restartPolicy: OnFailure", "onExitCodes needs restartPolicy Never")]
    [InlineData("completionMode: Indexed", "", "backoffLimitPerIndex needs completionMode Indexed")]
    [InlineData("backoffLimitPerIndex: 5", "", "FailIndex needs backoffLimitPerIndex")]
    [InlineData("values: [2, 4]", "values: [4, 2]", "exit codes must ascend")]
    [InlineData("containerName: slice", "containerName: tool", "there is no container tool")]
    [InlineData("claimName: vector-migration", "claimName: other\n        - name: unused\n          emptyDir: {}", "no container mounts unused")]
    [InlineData("name: keys\n              mountPath", "name: key\n              mountPath", "there is no volume key")]
    [InlineData("value: \"8\"", "value: \"7\"", "7 slices, 8 completions")]
    [InlineData("runAsNonRoot: true", "runAsNonRoot: false", "may run as root")]
    public async Task A_broken_manifest_is_refused(string part, string replacement, string fault)
    {
        string manifest = Manifest("slices");
        manifest.ShouldContain(part);
        string broken = manifest.Replace(part, replacement, StringComparison.Ordinal);
        IEnumerable<string> faults = await SchemaFaultsAsync(broken);
        try
        {
            faults = faults.Concat(RuleFaults(Read(broken)));
        }
        catch (YamlException error)
        {
            faults = faults.Append($"{error.Message} {error.InnerException?.Message}");
        }

        faults.ShouldContain(one => one.Contains(fault, StringComparison.Ordinal), string.Join('\n', faults));
    }

    [Fact]
    public async Task The_commands_of_both_jobs_move_and_join_all_slices()
    {
        V1Job slices = Read(Manifest("slices"));
        V1Job join = Read(Manifest("join"));
        await SliceFiles.PlanAsync(At("data"), Collection, slices.Spec.Completions!.Value);
        Directory.CreateDirectory(At("keys"));
        await File.WriteAllTextAsync(At("keys/qdrant.key"), "any-key-will-do-for-a-server-without-one");

        (await PodAsync(join)).ExitCode.ShouldBe(3, "no slice has begun");
        ConcurrentBag<int> codes = [];
        ParallelOptions workers = new() { MaxDegreeOfParallelism = slices.Spec.Parallelism!.Value };
        await Parallel.ForEachAsync(
            Enumerable.Range(0, slices.Spec.Completions.Value), workers, async (index, _) => codes.Add((await PodAsync(slices, index)).ExitCode));
        codes.ShouldBe(Enumerable.Repeat(0, slices.Spec.Completions.Value));
        ToolResult whole = await PodAsync(join);
        whole.ExitCode.ShouldBe(0, whole.Error);
        Directory.GetFiles(At("logs"), "*.join.html").ShouldHaveSingleItem();
        await SliceFiles.ShouldBeInAsync(Witness, Collection);
    }

    [Fact]
    public async Task Exit_codes_are_answered_as_the_page_says()
    {
        V1Job slices = Read(Manifest("slices"));
        await SliceFiles.PlanAsync(At("data"), Collection, 7);
        Directory.CreateDirectory(At("keys"));
        await File.WriteAllTextAsync(At("keys/qdrant.key"), "any-key-will-do-for-a-server-without-one");

        // A plan of 7 slices in a Job of 8: the command is wrong.
        ToolResult wrong = await PodAsync(slices);
        wrong.ExitCode.ShouldBe(2, wrong.Error);
        ActionFor(slices, wrong.ExitCode).ShouldBe("FailIndex");

        slices.Spec.Template.Spec.Containers[0].Env.Single(static one => one.Name == "SLICES").Value = "7";
        ToolResult lost = await PodAsync(slices, url: $"http://127.0.0.1:{Nginx.FreePort()}");
        lost.ExitCode.ShouldBe(3, lost.Error);
        ActionFor(slices, lost.ExitCode).ShouldBe("Count");
        using (Tool earlier = Tool.Start(Folder, null, "migrate", "--plan", "data/plan.json", "--slice", "1/7", "--url", Url, "--log-dir", "logs",
            "--batch-size", "10", "--batch-delay", "0.5", "--parallel", "1"))
        {
            await LockedAsync(earlier);
            ToolResult second = await PodAsync(slices);
            second.ExitCode.ShouldBe(3, second.Error);
            second.Error.ShouldContain("in use by another run");
        }

        ActionFor(slices, 1).ShouldBe("Count");
        ActionFor(slices, 4).ShouldBe("FailIndex");
        foreach (int killed in (int[])[137, 143])
        {
            ActionFor(slices, killed).ShouldBe("Count");
        }

        ActionFor(Read(Manifest("join")), 4).ShouldBe("FailJob");
        ActionFor(Read(Manifest("join")), 3).ShouldBe("Count");
    }

    /// <summary>Waits until an attempt has its journal.</summary>
    private async Task LockedAsync(Tool attempt)
    {
        using CancellationTokenSource limit = new(TimeSpan.FromMinutes(1));
        while (!await Witness.ExistsAsync(Collection) || Directory.GetFiles(At("logs"), "*.journal.lock").Length == 0)
        {
            attempt.HasExited.ShouldBeFalse();
            await Task.Delay(20, limit.Token);
        }
    }

    /// <summary>What is wrong by the schemas of Kubernetes.</summary>
    private async Task<string[]> SchemaFaultsAsync(string manifest)
    {
        string packages = await OfficialClient.InstallAsync("kubernetes");
        string script = Path.Combine(QdrantServer.RepositoryRoot(), "tools", "kubernetes", "validate.mjs");
        ToolResult said = await Programs.RunAsync(Folder, new Dictionary<string, string>(), ["node", script, packages], manifest);
        said.ExitCode.ShouldBe(0, said.Error);
        return said.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    /// <summary>What the API server of Kubernetes refuses besides, and what a Job of ours must have.</summary>
    private static IEnumerable<string> RuleFaults(V1Job job)
    {
        V1PodSpec pod = job.Spec.Template.Spec;
        V1Container container = pod.Containers.Single();
        V1PodFailurePolicyRule[] rules = [.. job.Spec.PodFailurePolicy.Rules];
        string[] mounted = [.. container.VolumeMounts.Select(static mount => mount.Name)];
        string[] volumes = [.. pod.Volumes.Select(static volume => volume.Name)];
        string? slices = container.Env?.SingleOrDefault(static one => one.Name == "SLICES")?.Value;
        (bool Wrong, string Fault)[] found =
        [
            (pod.RestartPolicy != "Never", "onExitCodes needs restartPolicy Never"),
            (job.Spec.BackoffLimitPerIndex is not null && job.Spec.CompletionMode != "Indexed", "backoffLimitPerIndex needs completionMode Indexed"),
            (job.Spec.BackoffLimitPerIndex is null && rules.Any(static rule => rule.Action == "FailIndex"), "FailIndex needs backoffLimitPerIndex"),
            (rules.Any(static rule => rule.OnExitCodes?.Values is { } codes && !codes.Zip(codes.Skip(1)).All(static two => two.First < two.Second)),
                "exit codes must ascend"),
            (slices is not null && slices != $"{job.Spec.Completions}", $"{slices} slices, {job.Spec.Completions} completions"),
            (pod.SecurityContext is not { RunAsNonRoot: true } || container.SecurityContext is not { AllowPrivilegeEscalation: false }, "may run as root"),
            (container.Resources.Limits is not { Count: > 0 } || container.Resources.Requests is not { Count: > 0 }, "no resources"),
            .. rules.Select(static rule => rule.OnExitCodes?.ContainerName).Where(name => name is not null && name != container.Name)
                .Select(static name => (true, $"there is no container {name}")),
            .. mounted.Except(volumes).Select(static name => (true, $"there is no volume {name}")),
            .. volumes.Except(mounted).Select(static name => (true, $"no container mounts {name}")),
        ];
        return found.Where(static rule => rule.Wrong).Select(static rule => rule.Fault);
    }

    /// <summary>What a Job does about an exit code: the first rule that fits; a failure that no rule names counts.</summary>
    private static string ActionFor(V1Job job, int code) => job.Spec.PodFailurePolicy.Rules.FirstOrDefault(
        rule => rule.OnExitCodes is { } on && on.Values.Contains(code) == (on.OperatorProperty == "In"))?.Action ?? "Count";

    /// <summary>Runs the container of a Job as its command stands, with the folders of the test for its volumes.</summary>
    private Task<ToolResult> PodAsync(V1Job job, int index = 0, string? url = null)
    {
        V1Container container = job.Spec.Template.Spec.Containers.Single();
        Dictionary<string, string> variables = (container.Env ?? []).ToDictionary(static one => one.Name, static one => one.Value);
        if (job.Spec.CompletionMode == "Indexed")
        {
            variables["JOB_COMPLETION_INDEX"] = index.ToString(CultureInfo.InvariantCulture);
        }

        string[] command = ["env", .. container.Command.Concat(container.Args).Select(word => Placed(Expanded(word, variables), url ?? Url))];
        return Programs.RunAsync(Folder, variables, command);
    }

    private string Placed(string word, string url)
    {
        foreach (string place in (string[])["/data", "/logs", "/keys"])
        {
            word = Regex.Replace(word, $@"(?<![\w/.]){place}\b", At(place[1..]));
        }

        return word.Replace(Endpoint, url, StringComparison.Ordinal);
    }

    // Kubernetes replaces $(NAME) by a variable of the container, and leaves what names none as it is.
    private static string Expanded(string word, Dictionary<string, string> variables) => Reference().Replace(
        word, found => found.Value == "$$" ? "$" : variables.TryGetValue(found.Groups[1].Value, out string? value) ? value : found.Value);

    [GeneratedRegex(@"\$\$|\$\(([^)]*)\)")]
    private static partial Regex Reference();
}
