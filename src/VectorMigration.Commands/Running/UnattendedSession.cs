using System.Management.Automation.Host;

namespace VectorMigration.Commands;

/// <summary>
/// A PowerShell that runs one script or command and then ends. If it is stopped, PowerShell itself ends with exit code 0, as if everything were done: a
/// scheduler would not resume the run.
/// </summary>
internal static class UnattendedSession
{
    /// <summary>Exit code of a stopped run. The same command resumes it.</summary>
    public const int Interrupted = 3;

    /// <summary>The host that is a process of its own. Others (remoting, jobs, editors) do not own the process.</summary>
    private const string ConsoleHost = "ConsoleHost";

    // Arguments of pwsh whose next argument is a value.
    private static readonly string[] Valued =
        ["configurationname", "configurationfile", "custompipename", "executionpolicy", "inputformat", "outputformat", "settingsfile", "windowstyle",
            "workingdirectory"];

    // Short forms that are not the beginning of their name alone.
    private static readonly string[] ShortValued = ["ep", "ex", "if", "o", "of", "w", "wd", "config", "settings"];

    // The rest of the command line belongs to the script or the command.
    private static readonly string[] Work = ["file", "command", "encodedcommand", "commandwithargs", "cwa", "ec"];

    /// <summary>True where the host is the console of a process, which a signal may end.</summary>
    public static bool OwnsProcess(PSHost? host) => host?.Name == ConsoleHost;

    /// <summary>The session has been stopped and ends: its exit code says so. Nothing happens in a session with a prompt, which goes on.</summary>
    /// <param name="host">The host of the session.</param>
    /// <param name="isTerminated">True if the process was asked to end; a session with a prompt ends then too.</param>
    public static void EndInterrupted(PSHost? host, bool isTerminated)
    {
        if (host is not null && OwnsProcess(host) && (isTerminated || HasOnlyWork(Environment.GetCommandLineArgs())))
        {
            host.SetShouldExit(Interrupted);
        }
    }

    /// <summary>True where a command line of PowerShell, with the program in front, runs a script or a command and shows no prompt after it.</summary>
    internal static bool HasOnlyWork(IReadOnlyList<string> commandLine)
    {
        for (int i = 1; i < commandLine.Count; i++)
        {
            string argument = commandLine[i];
            if (argument is "-")
            {
                return false;
            }

            if (argument.Length == 0 || argument[0] is not ('-' or '/' or '–'))
            {
                // The first argument without a name is the path of a script.
                return true;
            }

            string name = argument.TrimStart('-', '/', '–').ToLowerInvariant();
            if (IsStartOf("noexit", name, least: 3))
            {
                return false;
            }

            if (Work.Any(work => IsStartOf(work, name, least: 1)))
            {
                return true;
            }

            i += Valued.Any(valued => IsStartOf(valued, name, least: 3)) || ShortValued.Contains(name) ? 1 : 0;
        }

        return false;
    }

    private static bool IsStartOf(string whole, string name, int least) =>
        name.Length >= least && whole.StartsWith(name, StringComparison.Ordinal);
}
