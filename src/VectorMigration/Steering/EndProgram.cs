using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using VectorMigration.Errors;
using VectorMigration.Runs;
using VectorMigration.Store;

namespace VectorMigration.Steering;

/// <summary>
/// A program that is started when a run has ended: without a shell, without arguments, with the result on its standard input and in a few variables of its
/// environment, from which secrets and proxies are taken out. It has a limited time; whatever becomes of it, the run came out as it did.
/// </summary>
internal sealed class EndProgram
{
    /// <summary>What the variables begin with.</summary>
    public const string VariablePrefix = "VECTORMIGRATION_";

    /// <summary>How long a program may take.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private static readonly string[] ShellFiles = [".bat", ".cmd"];

    private readonly string path;
    private readonly TimeSpan limit;
    private readonly Action<Process> kill;

    private EndProgram(string path, TimeSpan limit, Action<Process> kill) => (this.path, this.limit, this.kill) = (path, limit, kill);

    /// <summary>The program of a path.</summary>
    /// <param name="path">Full path.</param>
    /// <param name="option">The option that names it.</param>
    /// <param name="limit">How long it may take; null for the usual time.</param>
    /// <param name="kill">What ends it and its children when its time is up; null for the system's way.</param>
    /// <exception cref="MigrationException">It is none that can be started.</exception>
    public static EndProgram Of(string path, string option, TimeSpan? limit = null, Action<Process>? kill = null) => new(
        Problem(path) is string problem ? throw Unusable(path, option, problem) : path,
        limit ?? Limit,
        kill ?? (static process => process.Kill(entireProcessTree: true)));

    /// <summary>Runs it to its end, or to that of its time. Never throws.</summary>
    /// <param name="result">What it is told of.</param>
    /// <param name="json">The same as JSON, which it reads.</param>
    /// <returns>What went wrong, in a sentence; null where nothing did.</returns>
    public async Task<string?> RunAsync(MigrationResult result, string json)
    {
        ProcessStartInfo start = new(path)
        {
            UseShellExecute = false,
            CreateNoWindow = true,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        Prepare(start.Environment, result);
        Process? process;
        try
        {
            process = Process.Start(start);
        }
        catch (Exception e) when (IsOfSystem(e))
        {
            return Failed($"did not start: {Reason(e)}");
        }

        if (process is null)
        {
            return Failed("did not start");
        }

        using (process)
        {
            try
            {
                return await FollowAsync(process, json).ConfigureAwait(false);
            }
            catch (Exception e) when (IsOfSystem(e))
            {
                return Failed($"started, but how it ended is unknown: {Reason(e)}");
            }
        }
    }

    /// <summary>Takes secrets and proxies out of an environment, and puts in what a program is told of a run.</summary>
    internal static void Prepare(IDictionary<string, string?> environment, MigrationResult result)
    {
        foreach (string name in environment.Where(static variable => SecretVariables.IsWithheld(variable.Key, variable.Value))
            .Select(static variable => variable.Key).ToArray())
        {
            environment.Remove(name);
        }

        // A command that was refused before its run began has no id.
        environment[VariablePrefix + "RUN_ID"] = result.RunId == Guid.Empty ? string.Empty : result.RunId.ToString();
        environment[VariablePrefix + "STATUS"] = result.Status.ToString();
        environment[VariablePrefix + "EXIT_CODE"] = result.ExitCode.ToString(CultureInfo.InvariantCulture);
        environment[VariablePrefix + "COLLECTION"] = result.Collection;
        environment[VariablePrefix + "LOG_DIRECTORY"] = result.LogDirectory ?? string.Empty;
        environment[VariablePrefix + "REPORT"] = result.ReportPath ?? string.Empty;
    }

    private async Task<string?> FollowAsync(Process process, string json)
    {
        using CancellationTokenSource time = new(limit);

        // What it says is read so that it can go on saying it, and is nobody's business here.
        _ = DrainAsync(process.StandardOutput.BaseStream);
        _ = DrainAsync(process.StandardError.BaseStream);
        Task telling = TellAsync(process, json, time.Token);
        try
        {
            await process.WaitForExitAsync(time.Token).ConfigureAwait(false);
            await telling.ConfigureAwait(false);
            return process.ExitCode == 0 ? null : Failed($"ended with exit code {process.ExitCode}");
        }
        catch (OperationCanceledException)
        {
            return Failed($"did not end within {Units.Time(limit)} and {Killed(process)}");
        }
    }

    private string Killed(Process process)
    {
        try
        {
            kill(process);
            return "was killed";
        }
        catch (Exception e) when (IsOfSystem(e) || e is AggregateException or NotSupportedException)
        {
            // A child of it that cannot be killed is an AggregateException.
            return $"could not be killed. It or a child of it may still be running: {Reason(e)}";
        }
    }

    private static bool IsOfSystem(Exception error) =>
        error is Win32Exception or IOException or InvalidOperationException or UnauthorizedAccessException;

    private static string Reason(Exception error) => CommonErrors.OneLine(error.Message).TrimEnd('.');

    private static async Task TellAsync(Process process, string json, CancellationToken cancellationToken)
    {
        try
        {
            await process.StandardInput.WriteLineAsync(json.AsMemory(), cancellationToken).ConfigureAwait(false);
            process.StandardInput.Close();
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or ObjectDisposedException)
        {
            // It does not want to know.
        }
    }

    private static async Task DrainAsync(Stream stream)
    {
        try
        {
            await stream.CopyToAsync(Stream.Null).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or InvalidOperationException or OperationCanceledException)
        {
            // It has ended.
        }
    }

    private static string? Problem(string path)
    {
        string extension = Path.GetExtension(path.TrimEnd('.', ' '));
        return ShellFiles.Contains(extension, StringComparer.OrdinalIgnoreCase) ? "a script of the command prompt is not started, because that needs a shell"
            : Directory.Exists(path) ? "it is a folder"
            : !File.Exists(path) ? path.Contains(' ', StringComparison.Ordinal) ? "there is no such file. Arguments are not allowed: the whole text is the path"
                : "it does not exist"
            : !OperatingSystem.IsWindows() && (File.GetUnixFileMode(path)
                & (UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute)) == 0 ? "it is not executable"
            : null;
    }

    private static MigrationException Unusable(string path, string option, string why) => new(
        ErrorIds.EndProgramUnusable, ErrorKind.InvalidArgument, $"{option} {path} cannot be started: {why}.",
        "Use the path of a program that runs without arguments.", path);

    private string Failed(string what) => $"The program {path} {what}. The result of the run is not affected.";
}
