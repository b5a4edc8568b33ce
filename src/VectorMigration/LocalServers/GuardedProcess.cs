using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.Versioning;

namespace VectorMigration.LocalServers;

/// <summary>A child process that cannot outlive this one, however this one ends.</summary>
internal sealed class GuardedProcess : IDisposable
{
    // The shell reads our end of a pipe: when this process dies, even by SIGKILL, the pipe ends and the child is told to end, then killed.
    // setpriv covers the death of the shell itself. (It must not be the direct child: its signal follows the death of the *thread* that
    // forked, and thread pools retire their threads.) $1 = log, $2 = folder to remove at the end or "", then the command.
    private const string Guard = """
        trap '' INT QUIT HUP
        log=$1; folder=$2; shift 2
        exec 3<&0 2>>"$log"
        if command -v setpriv >/dev/null 2>&1; then set -- setpriv --pdeathsig KILL "$@"; fi
        "$@" </dev/null >>"$log" 2>&1 3<&- &
        child=$!
        echo "$child"
        (
            cat <&3
            kill -TERM "$child"
            for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do kill -0 "$child" || exit; sleep 0.1; done
            kill -KILL "$child"
        ) >/dev/null 2>&1 &
        watcher=$!
        wait "$child"
        code=$?
        tail -n 10 "$log" 2>/dev/null
        if [ -n "$folder" ]; then rm -rf -- "$folder"; fi
        kill "$watcher" 2>/dev/null
        exit "$code"
        """;

    private static readonly string[] SetsidPlaces = ["/usr/bin/setsid", "/bin/setsid"];
    private readonly Process process;
    private readonly KillOnCloseJob? job;

    private GuardedProcess(Process process, int processId, KillOnCloseJob? job)
    {
        this.process = process;
        this.job = job;
        ProcessId = processId;
    }

    /// <summary>Process id of the child.</summary>
    public int ProcessId { get; }

    /// <summary>True once the child has ended.</summary>
    public bool HasExited => process.HasExited;

    /// <summary>The last lines that the child has said; only once it has ended.</summary>
    public string LastWords => job is null ? process.StandardOutput.ReadToEnd() : string.Empty;

    /// <summary>Exit code of the child, once it has ended.</summary>
    public int ExitCode => process.ExitCode;

    /// <summary>Starts a command.</summary>
    /// <param name="path">Executable.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="workingDirectory">Its folder.</param>
    /// <param name="logPath">File that gets what it says (not on Windows, where the command must write it by itself).</param>
    /// <param name="folderToRemove">Folder to remove once it has ended, or null.</param>
    /// <param name="setEnvironment">Changes the environment that it gets.</param>
    public static GuardedProcess Start(string path, IReadOnlyList<string> arguments, string workingDirectory, string logPath, string? folderToRemove,
        Action<IDictionary<string, string?>> setEnvironment) =>
        OperatingSystem.IsWindows()
            ? StartInJob(path, arguments, workingDirectory, setEnvironment)
            : StartUnderShell(path, arguments, workingDirectory, logPath, folderToRemove, setEnvironment);

    /// <summary>Tells the child to end, kills it where it does not, and waits.</summary>
    /// <returns>False when it still runs.</returns>
    public bool Stop(TimeSpan limit)
    {
        if (job is not null)
        {
            job.Dispose();
        }
        else
        {
            CloseGuard();
        }

        return process.WaitForExit(limit);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        job?.Dispose();
        process.Dispose();
    }

    private static GuardedProcess StartUnderShell(string path, IReadOnlyList<string> arguments, string workingDirectory, string logPath, string? folderToRemove,
        Action<IDictionary<string, string?>> setEnvironment)
    {
        // A session of its own: Ctrl+C at the prompt goes to everything in the terminal's session and would end the server.
        string? setsid = Array.Find(SetsidPlaces, File.Exists);
        ProcessStartInfo start = new(setsid ?? "/bin/sh")
        {
            WorkingDirectory = workingDirectory,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        string[] before = setsid is null ? [] : ["/bin/sh"];
        foreach (string argument in before.Concat(["-c", Guard, "guard", logPath, folderToRemove ?? string.Empty, path]).Concat(arguments))
        {
            start.ArgumentList.Add(argument);
        }

        setEnvironment(start.Environment);
        Process shell = Process.Start(start) ?? throw new InvalidOperationException("The shell was not started.");
        string? first = shell.StandardOutput.ReadLine();
        if (int.TryParse(first, NumberStyles.None, CultureInfo.InvariantCulture, out int processId))
        {
            return new GuardedProcess(shell, processId, null);
        }

        shell.Dispose();
        throw new Win32Exception($"The shell answered '{first}' instead of a process id.");
    }

    [SupportedOSPlatform("windows")]
    private static GuardedProcess StartInJob(string path, IReadOnlyList<string> arguments, string workingDirectory,
        Action<IDictionary<string, string?>> setEnvironment)
    {
        ProcessStartInfo start = new(path, arguments) { WorkingDirectory = workingDirectory, UseShellExecute = false, CreateNoWindow = true };
        setEnvironment(start.Environment);
        KillOnCloseJob job = new();
        Process? child = null;
        try
        {
            child = Process.Start(start) ?? throw new InvalidOperationException("The process was not started.");
            job.Add(child);
            return new GuardedProcess(child, child.Id, job);
        }
        catch
        {
            child?.Kill();
            child?.Dispose();
            job.Dispose();
            throw;
        }
    }

    private void CloseGuard()
    {
        try
        {
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It has ended by itself.
        }
    }
}
