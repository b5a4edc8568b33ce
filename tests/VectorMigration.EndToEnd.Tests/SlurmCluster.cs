using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;

namespace VectorMigration.EndToEnd.Tests;

/// <summary>Runs where Slurm can be started; where it cannot, the test is told as skipped, with the reason.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class SlurmFactAttribute : FactAttribute
{
    public SlurmFactAttribute() => Skip = SlurmCluster.Missing is string reason ? $"NOT RUN: {reason}" : null!;
}

/// <summary>A task of an array as Slurm tells of it; 0 is the number of a job that is no array.</summary>
internal sealed record SlurmTask(int Number, string State, int Restarts, string ExitCode);

/// <summary>
/// A real munged, slurmctld and two slurmd on free ports of the loopback address, as the user of the test. They end with the test, or by themselves after
/// some minutes.
/// </summary>
internal sealed partial class SlurmCluster : IAsyncDisposable
{
    private const string LongestLife = "240";
    private static readonly string[] Needed = ["munged", "slurmctld", "slurmd", "sbatch", "scontrol", "squeue", "scancel"];
    private static readonly string[] Renamed = ["unshare", "--uts", "sh", "-c", "hostname localhost && exec \"$@\"", "sh"];
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(30);
    private readonly List<Process> daemons = [];
    private readonly string folder;
    private readonly Dictionary<string, string> environment;

    private SlurmCluster(string folder)
    {
        this.folder = folder;
        environment = new Dictionary<string, string> { ["SLURM_CONF"] = Configuration };
    }

    /// <summary>Why it cannot be started; null where it can.</summary>
    public static string? Missing { get; } = !OperatingSystem.IsLinux() || Array.Exists(Needed, static name => Programs.Find(name) is null)
        ? "Slurm is not installed (apt-get install slurm-wlm munge)."
        : !HasLoopbackName() && !CanRename()
            ? "Slurm listens at the address of the machine's name, which here is no loopback address, and no other name can be set for it (unshare --uts)."
            : null;

    private string Configuration => Path.Combine(folder, "slurm.conf");

    /// <summary>Starts one.</summary>
    /// <param name="folder">Folder of its own.</param>
    /// <param name="settings">Further lines of its configuration.</param>
    public static async Task<SlurmCluster> StartAsync(string folder, string settings)
    {
        SlurmCluster cluster = new(folder);
        try
        {
            await cluster.StartAsync(settings);
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <summary>Submits an array.</summary>
    /// <param name="workingDirectory">Folder of its tasks.</param>
    /// <param name="variables">Variables of the script.</param>
    /// <param name="arguments">Those of <c>sbatch</c>.</param>
    /// <returns>Its number.</returns>
    public async Task<string> SubmitAsync(string workingDirectory, Dictionary<string, string> variables, params string[] arguments)
    {
        ToolResult said = await Programs.RunAsync(workingDirectory, Merged(variables), Named("sbatch", ["--parsable", .. arguments]));
        said.ExitCode.ShouldBe(0, said.Error);
        return said.Output.Trim();
    }

    /// <summary>Runs one of Slurm's commands.</summary>
    public async Task<string> SayAsync(string program, params string[] arguments)
    {
        ToolResult said = await Programs.RunAsync(folder, environment, Named(program, arguments));
        said.ExitCode.ShouldBe(0, $"{program} {string.Join(' ', arguments)}: {said.Error}");
        return said.Output;
    }

    /// <summary>Waits until all tasks of an array have ended for good.</summary>
    public async Task<SlurmTask[]> EndAsync(string array, TimeSpan limit)
    {
        long started = Stopwatch.GetTimestamp();
        while (!string.IsNullOrWhiteSpace(await SayAsync("squeue", "--noheader", $"--jobs={array}")))
        {
            (Stopwatch.GetElapsedTime(started) < limit).ShouldBeTrue($"{await SayAsync("scontrol", "show", "job", array)}\n{Log()}");
            await Task.Delay(100);
        }

        return await TasksAsync(array);
    }

    /// <summary>The tasks of an array.</summary>
    public async Task<SlurmTask[]> TasksAsync(string array) =>
        [.. TaskLine().Matches(await SayAsync("scontrol", "--oneliner", "show", "job", array)).Select(static line => new SlurmTask(
            Number(line.Groups["task"]), line.Groups["state"].Value, Number(line.Groups["restarts"]), line.Groups["code"].Value))
            .OrderBy(static task => task.Number)];

    /// <summary>What slurmctld has logged.</summary>
    public string Log() => string.Join('\n', ((string[])["munged", "slurmctld", "n1", "n2"]).Select(name => Path.Combine(folder, name + ".log"))
        .Where(File.Exists).Select(File.ReadAllText));

    public async ValueTask DisposeAsync()
    {
        foreach (Process daemon in daemons)
        {
            daemon.Kill(entireProcessTree: true);
            await daemon.WaitForExitAsync();
            daemon.Dispose();
        }

        // What holds the tasks is no child of slurmd. Whatever is of this cluster names its configuration.
        foreach (Process left in Process.GetProcesses())
        {
            using (left)
            {
                if (IsOfCluster(left.Id))
                {
                    left.Kill();
                }
            }
        }
    }

    private static bool HasLoopbackName() => LoopbackOf(Dns.GetHostName()) is not null;

    private static string? LoopbackOf(string name)
    {
        try
        {
            IPAddress? first = Dns.GetHostAddresses(name, AddressFamily.InterNetwork).FirstOrDefault();
            return first is not null && IPAddress.IsLoopback(first) ? first.ToString() : null;
        }
        catch (SocketException)
        {
            return null;
        }
    }

    private static bool CanRename()
    {
        if (Programs.Find("unshare") is not string unshare)
        {
            return false;
        }

        using Process trial = Process.Start(new ProcessStartInfo(unshare, ["--uts", "hostname", "localhost"]) { RedirectStandardError = true })!;
        trial.WaitForExit();
        return trial.ExitCode == 0;
    }

    /// <summary>Slurm binds to the address of the machine's name: where that is no loopback address, its programs see another name.</summary>
    private static string[] Named(string program, string[] arguments) =>
        [.. HasLoopbackName() ? [] : Renamed, Programs.Find(program)!, .. arguments];

    private static int Number(Group group) => !group.Success ? 0 : int.Parse(group.Value, CultureInfo.InvariantCulture);

    [GeneratedRegex(
        @"^JobId=\d+ (?:ArrayJobId=\d+ ArrayTaskId=(?<task>\d+) )?.*JobState=(?<state>\w+) .*Restarts=(?<restarts>\d+) .*ExitCode=(?<code>\d+:\d+)",
        RegexOptions.Multiline)]
    private static partial Regex TaskLine();

    private bool IsOfCluster(int process)
    {
        try
        {
            return process != Environment.ProcessId
                && File.ReadAllText($"/proc/{process}/environ").Split('\0').Contains($"SLURM_CONF={Configuration}");
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private Dictionary<string, string> Merged(Dictionary<string, string> more) => new(environment.Concat(more));

    private async Task StartAsync(string settings)
    {
        foreach (string place in (string[])["munge", "state", "spool-n1", "spool-n2"])
        {
            Directory.CreateDirectory(Path.Combine(folder, place));
        }

        byte[] key = new byte[1024];
        Random.Shared.NextBytes(key);
        await File.WriteAllBytesAsync(At("munge/key"), key);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(At("munge/key"), UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        string host = HasLoopbackName() ? Dns.GetHostName() : "localhost";
        string address = LoopbackOf(host)!;
        await File.WriteAllTextAsync(Configuration, $"""
            ClusterName=test
            SlurmctldHost={host.Split('.')[0]}({address})
            SlurmctldPort={Nginx.FreePort()}
            SlurmUser={Environment.UserName}
            SlurmdUser={Environment.UserName}
            CommunicationParameters=NoCtldInAddrAny,NoInAddrAny
            AuthType=auth/munge
            AuthInfo=socket={At("munge/socket")},cred_expire=5
            StateSaveLocation={At("state")}
            SlurmdSpoolDir={At("spool-%n")}
            SlurmctldPidFile={At("slurmctld.pid")}
            SlurmdPidFile={At("slurmd-%n.pid")}
            ProctrackType=proctrack/linuxproc
            TaskPlugin=task/none
            AccountingStorageType=accounting_storage/none
            JobAcctGatherType=jobacct_gather/none
            SwitchType=switch/none
            MpiDefault=none
            MailProg=/bin/true
            SelectType=select/cons_tres
            SelectTypeParameters=CR_Core
            SlurmdParameters=config_overrides
            SchedulerParameters=sched_interval=1,bf_interval=1,batch_sched_delay=0,sched_min_interval=0
            NodeName=n1 NodeHostname={host.Split('.')[0]} NodeAddr={address} Port={Nginx.FreePort()} CPUs=2 RealMemory=4000
            NodeName=n2 NodeHostname={host.Split('.')[0]} NodeAddr={address} Port={Nginx.FreePort()} CPUs=2 RealMemory=4000
            PartitionName=all Nodes=n1,n2 Default=YES State=UP
            {settings}

            """);
        Launch("munged", "munged", "--foreground", "--force", $"--key-file={At("munge/key")}", $"--socket={At("munge/socket")}",
            $"--pid-file={At("munge/pid")}", $"--seed-file={At("munge/seed")}");
        await UntilAsync(() => Task.FromResult(File.Exists(At("munge/socket"))));
        Launch("slurmctld", "slurmctld", "-D", "-f", Configuration);
        Launch("n1", "slurmd", "-D", "-N", "n1", "-f", Configuration);
        Launch("n2", "slurmd", "-D", "-N", "n2", "-f", Configuration);
        await UntilAsync(async () => (await Programs.RunAsync(folder, environment, Named("sinfo", ["--noheader", "--states=idle", "--format=%D"])))
            .Output.Trim() == "2");
    }

    private string At(string name) => Path.Combine(folder, name);

    private async Task UntilAsync(Func<Task<bool>> holds)
    {
        long started = Stopwatch.GetTimestamp();
        while (!await holds())
        {
            if (Stopwatch.GetElapsedTime(started) > StartLimit || daemons.Exists(static daemon => daemon.HasExited))
            {
                throw new TimeoutException($"Slurm did not start: {Log()}");
            }

            await Task.Delay(50);
        }
    }

    private void Launch(string name, string program, params string[] arguments)
    {
        // It ends by itself where this process is killed before it can end it.
        string[] command = ["timeout", "--kill-after=5", LongestLife, .. Named(program, arguments)];
        const string logged = "log=$1; shift; exec \"$@\" </dev/null >\"$log\" 2>&1";
        ProcessStartInfo start = Programs.StartOf(folder, environment, ["sh", "-c", logged, "sh", At(name + ".log"), .. command]);
        daemons.Add(Process.Start(start)!);
    }
}
