using System.CommandLine;
using VectorMigration.Cli.Connection;
using VectorMigration.Cli.Output;

namespace VectorMigration.Cli.Commands;

/// <summary><c>support-package</c>: logs, journal, environment and versions in one archive, without secrets.</summary>
internal sealed class SupportCommand
{
    /// <summary>Files left out that are named on the screen.</summary>
    private const int MostNamed = 10;

    private readonly CommandContext context;
    private readonly ConnectionArguments connection = new(DiagnosisRequest.UsualTimeout.TotalSeconds);
    private readonly Option<string> logDirectory = new("--log-dir")
    {
        Description = "log folder of the runs (default logs)",
        HelpName = "D",
        DefaultValueFactory = static _ => "logs",
    };

    private readonly Option<Guid?> runId = new("--run-id") { Description = "the run (default: the last five)", HelpName = "ID" };
    private readonly Option<string?> output = new("--output") { Description = "archive to write (default: a new file in the current folder)", HelpName = "F" };
    private readonly Option<bool> journals = new("--include-journal") { Description = "add whole journals (default: their first lines)" };
    private readonly Option<bool> checks = new("--check-server") { Description = "add the checks of doctor, which need the server" };
    private readonly Option<int> megabytes = Numbers.Whole(
        "--max-size-mb", "size of all files before compression", 1, 1_000, SupportRequest.UsualMegabytes);

    private readonly Option<bool> verbose = Switches.Verbose();

    private SupportCommand(CommandContext context) => this.context = context;

    private Screen Screen => context.Screen;

    /// <summary>Makes the command.</summary>
    public static Command Create(CommandContext context)
    {
        SupportCommand support = new(context);
        Command command = new("support-package", "Gathers logs, journal headers, environment and versions in one archive without secrets. "
            + "Needs no server without --check-server.");
        foreach (Option option in (Option[])[support.logDirectory, support.runId, support.output, support.journals, support.checks, support.megabytes])
        {
            command.Add(option);
        }

        support.runId.CompletionSources.Add(context => RunFolder.All(FileNames.Full(context.ParseResult.GetValue(support.logDirectory) ?? "logs"))
            .Reverse().Select(static run => $"{run.RunId}"));
        support.connection.AddTo(command);
        command.Add(Switches.Json());
        command.Add(support.verbose);
        command.SetAction(support.RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        Screen.Verbose = parsed.GetValue(verbose);
        string folder = FileNames.Full(parsed.GetRequiredValue(logDirectory));
        using QdrantConnection server = connection.Connect(parsed, context);
        IReadOnlyList<ConnectionCheck> made = parsed.GetValue(checks)
            ? await SupportChecks.MakeAsync(server, folder, cancellationToken).ConfigureAwait(false) : [];
        SupportPackage package = SupportWriter.Write(
            new SupportRequest
            {
                LogDirectory = folder,
                RunId = parsed.GetValue(runId),
                OutputPath = parsed.GetValue(output) is { Length: > 0 } file ? FileNames.Full(file)
                    : SupportRequest.NewPath(Directory.GetCurrentDirectory(), TimeProvider.System),
                WithJournals = parsed.GetValue(journals),
                MostBytes = parsed.GetValue(megabytes) * 1_000_000L,
                Secrets = [context.EnvironmentKey, .. server.Open(static (options, key) => SupportRequest.SecretsOf(options, key))],
                Checks = made,
            },
            TimeProvider.System, cancellationToken);
        Screen.Print(package.Path);
        Screen.Note($"{Units.Of(package.FileCount, "file", "files")}, {Units.Bytes(package.Size)}. "
            + $"{Units.Of(package.RedactionCount, "secret was", "secrets were")} removed. "
            + $"{Units.Of(package.Omitted.Count, "file was", "files were")} left out{(package.Omitted.Count == 0 ? '.' : ':')}");
        foreach (string omitted in package.Omitted.Take(MostNamed))
        {
            Screen.Note($"  {omitted}");
        }

        if (package.Omitted.Count > MostNamed)
        {
            Screen.Note($"  {Units.Count(package.Omitted.Count - MostNamed)} more; manifest.json in the archive lists all of them");
        }

        Screen.WriteJson(new SupportOutput(MigrationStatus.Completed, ExitCodes.Success, package), ResultJson.Context.SupportOutput);
        return ExitCodes.Success;
    }
}
