using System.Text.Json;

namespace VectorMigration.Tests;

/// <summary>The program that a run starts at its end.</summary>
public sealed class EndProgramTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("end-program").FullName;

    private string Said => Path.Combine(folder, "said");

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task It_gets_the_result_and_no_argument()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        string program = Program($"cat > '{Said}'; echo \"$# $VECTORMIGRATION_STATUS $VECTORMIGRATION_EXIT_CODE $VECTORMIGRATION_COLLECTION\" >> '{Said}'");
        (await EndProgram.Of(program, "--on-end").RunAsync(Result("a; touch /x $(id)"), ResultJson.Of(Result("a; touch /x $(id)")))).ShouldBeNull();
        string[] lines = await File.ReadAllLinesAsync(Said);
        lines.Length.ShouldBe(2);
        JsonDocument.Parse(lines[0]).RootElement.GetProperty("collection").GetString().ShouldBe("a; touch /x $(id)");
        lines[1].ShouldBe("0 Interrupted 3 a; touch /x $(id)");
    }

    [Theory]
    [InlineData("exit 7", "ended with exit code 7")]
    [InlineData("exec 0<&-; exit 0", null)]
    [InlineData("head -c 3000000 /dev/zero; head -c 3000000 /dev/zero >&2", null)]
    public async Task What_becomes_of_it_is_told_and_does_no_harm(string script, string? expected)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        string? failed = await EndProgram.Of(Program(script), "--on-end").RunAsync(Result("c"), ResultJson.Of(Result("c")));
        if (expected is null)
        {
            failed.ShouldBeNull();
        }
        else
        {
            failed.ShouldNotBeNull().ShouldContain(expected);
        }
    }

    [Fact]
    public async Task One_that_does_not_end_is_killed_with_its_children()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        string program = Program($"sleep 600 & echo $! > '{Said}'; wait");
        string? failed = await EndProgram.Of(program, "--on-end", TimeSpan.FromSeconds(2)).RunAsync(Result("c"), ResultJson.Of(Result("c")));
        failed.ShouldNotBeNull().ShouldContain("was killed");
        int child = int.Parse(await File.ReadAllTextAsync(Said), System.Globalization.CultureInfo.InvariantCulture);
        string stat = $"/proc/{child}/stat";
        await Eventually.BeTrue(() => !File.Exists(stat) || File.ReadAllText(stat).Contains(") Z", StringComparison.Ordinal), "the child should be gone");
    }

    [Fact]
    public async Task One_that_cannot_be_killed_is_told_as_such()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        System.Diagnostics.Process? running = null;
        string program = Program("sleep 600");
        EndProgram end = EndProgram.Of(program, "--on-end", TimeSpan.FromSeconds(1), process =>
        {
            running = System.Diagnostics.Process.GetProcessById(process.Id);
            throw new AggregateException(new System.ComponentModel.Win32Exception(1, "Operation not permitted"));
        });
        string failed = (await end.RunAsync(Result("c"), ResultJson.Of(Result("c")))).ShouldNotBeNull();
        running.ShouldNotBeNull().Kill(entireProcessTree: true);
        running.Dispose();
        failed.ShouldContain("did not end within");
        failed.ShouldContain("could not be killed");
        failed.ShouldContain("may still be running");
        failed.ShouldNotContain("did not start");
    }

    [Fact]
    public void Secrets_and_proxies_are_taken_out_of_its_environment()
    {
        Dictionary<string, string?> environment = new()
        {
            ["QDRANT_API_KEY"] = "k3y",
            ["OPENAI_API_KEY"] = "k3y",
            ["https_proxy"] = "http://user:pass@proxy",
            ["ALL_PROXY"] = "http://user:pass@proxy",
            ["OTEL_EXPORTER_OTLP_HEADERS"] = "api-key=k3y",
            ["otel_exporter_otlp_metrics_headers"] = "authorization=Bearer k3y",
            ["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"] = "https://user:pa#ss@collector:4317",
            ["OTEL_RESOURCE_ATTRIBUTES"] = "service.name=x,tenant.token=k3y",
            ["QDRANT_JWT_TOKEN"] = "k3y",
            ["Github_Token"] = "k3y",
            ["PGPASSWORD"] = "k3y",
            ["MYSQL_PWD"] = "k3y",
            ["client_secret"] = "k3y",
            ["AWS_SECRET_ACCESS_KEY"] = "k3y",
            ["OTEL_EXPORTER_OTLP_ENDPOINT"] = "https://collector:4317",
            ["TOKENIZERS_PARALLELISM"] = "true",
            ["SECRET_FILE"] = "/run/secrets/notify",
            ["PWD"] = "/home",
            ["PATH"] = "/bin",
        };
        MigrationResult result = Result("c");
        EndProgram.Prepare(environment, result);
        environment.Keys.Where(static name => !name.StartsWith(EndProgram.VariablePrefix, StringComparison.Ordinal))
            .ShouldBe(["OTEL_EXPORTER_OTLP_ENDPOINT", "TOKENIZERS_PARALLELISM", "SECRET_FILE", "PWD", "PATH"]);
        environment["VECTORMIGRATION_STATUS"].ShouldBe("Interrupted");
        environment["VECTORMIGRATION_RUN_ID"].ShouldBe(result.RunId.ToString());
        EndProgram.Prepare(environment, result with { RunId = Guid.Empty });
        environment["VECTORMIGRATION_RUN_ID"].ShouldBeEmpty("a command that was refused before its run has no id");
        JsonDocument.Parse(ResultJson.Of(result with { RunId = Guid.Empty })).RootElement.GetProperty("runId").ValueKind.ShouldBe(JsonValueKind.Null);
        JsonDocument.Parse(ResultJson.Of(result)).RootElement.GetProperty("runId").GetGuid().ShouldBe(result.RunId);
    }

    [Theory]
    [InlineData("x.cmd")]
    [InlineData("x.BAT")]
    [InlineData("x.bat. ")]
    [InlineData("x.txt")]
    [InlineData("none")]
    [InlineData("")]
    public void What_cannot_be_started_without_a_shell_is_refused(string name)
    {
        if (name.StartsWith('x'))
        {
            File.WriteAllText(Path.Combine(folder, name), "echo");
        }

        if (name == "x.txt" && OperatingSystem.IsWindows())
        {
            return;
        }

        MigrationException refused = Should.Throw<MigrationException>(() => EndProgram.Of(Path.Combine(folder, name), "--on-end"));
        refused.ErrorId.ShouldBe(ErrorIds.EndProgramUnusable);
    }

    [Fact]
    public void Arguments_are_named_as_what_is_wrong() =>
        Should.Throw<MigrationException>(() => EndProgram.Of(Path.Combine(folder, "notify a b"), "--on-end")).Message
            .ShouldContain("there is no such file. Arguments are not allowed");

    private static MigrationResult Result(string collection) => new()
    {
        RunId = Guid.NewGuid(),
        Status = MigrationStatus.Interrupted,
        Path = "words.faiss",
        Endpoint = "http://127.0.0.1:6334",
        Collection = collection,
    };

    private string Program(string script)
    {
        string path = Path.Combine(folder, "program");
        File.WriteAllText(path, $"#!/bin/sh\n{script}\n");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        }

        return path;
    }
}
