using System.CommandLine;
using VectorMigration.Cli.Connection;
using VectorMigration.Cli.Output;
using VectorMigration.Qdrant;

namespace VectorMigration.Cli.Commands;

/// <summary><c>verify PATH</c>: is everything there, bit for bit.</summary>
internal sealed class VerifyCommand
{
    private readonly CommandContext context;
    private readonly SourceArguments source = new();
    private readonly ConnectionArguments connection = new();
    private readonly Option<bool> verbose = Switches.Verbose();

    private VerifyCommand(CommandContext context) => this.context = context;

    /// <summary>Makes the command.</summary>
    public static Command Create(CommandContext context)
    {
        VerifyCommand verify = new(context);
        Command command = new("verify", "Reads every vector back from a collection and compares it with the index; changes nothing.");
        verify.source.AddTo(command);
        verify.connection.AddTo(command);
        command.Add(Switches.Json());
        command.Add(verify.verbose);
        command.SetAction(verify.RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        Screen screen = context.Screen;
        screen.Verbose = parsed.GetValue(verbose);
        MigrationOptions options = source.Options(parsed);
        string path = source.Path(parsed);
        using IVectorSource index = FaissIndex.Open(path);
        using IPayloadSource? payload = source.OpenPayload(parsed, cancellationToken);
        using QdrantConnection server = connection.Connect(parsed, context);
        VerificationResult verification;
        RunProgress progress = RunProgress.Start(screen);
        await using (progress.ConfigureAwait(false))
        {
            Migration migration = new(
                index, payload, server.GetStore(QdrantStore.Open), new PollyRetryPolicy(), options, new CompositeObserver([new RunTeller(screen), progress]));
            verification = await migration.VerifyAsync(cancellationToken).ConfigureAwait(false);
        }

        MigrationStatus status = verification.Passed && verification.Invalid == 0 ? MigrationStatus.Completed : MigrationStatus.Incomplete;
        screen.Show(VerificationSheet.Of(verification, index.Description, server.ToString(), options.Collection, payload is not null));
        screen.WriteJson(
            new VerifyOutput(status, ExitCodes.Of(status), path, server.ToString(), options.Collection, verification), JsonOutput.Context.VerifyOutput);
        return ExitCodes.Of(status);
    }
}
