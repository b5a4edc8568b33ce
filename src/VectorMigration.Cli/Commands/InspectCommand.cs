using System.CommandLine;
using VectorMigration.Cli.Output;
using VectorMigration.SideFiles.Stores;

namespace VectorMigration.Cli.Commands;

/// <summary><c>inspect PATH</c>: what an index is, from its headers, or with everything read once.</summary>
internal static class InspectCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create(CommandContext context)
    {
        Argument<string[]> path = new("PATH")
        {
            Description = SourceArguments.SeveralPaths,
            Arity = ArgumentArity.OneOrMore,
        };
        Option<bool> scan = new("--scan") { Description = "read the whole file: id range, negative and duplicate ids, NaN and infinite components, norms" };
        Option<string?> storePath = SourceArguments.StorePathOption();
        Option<string?> listPath = SourceArguments.ListPathOption();
        Command command = new("inspect", "Shows what an index contains and how it is stored in Qdrant. Without --scan, it reads only the headers.")
        {
            path,
            storePath,
            listPath,
            scan,
            Switches.Json(),
        };
        command.SetAction((parsed, cancellationToken) =>
            RunAllAsync(parsed.GetRequiredValue(path), new StoreChoice(parsed.GetValue(storePath)), parsed.GetValue(listPath), parsed.GetValue(scan),
                context.Screen, cancellationToken));
        return command;
    }

    /// <summary>Each index by itself; with <c>--json</c>, one object a line.</summary>
    private static async Task<int> RunAllAsync(
        string[] paths, StoreChoice store, string? listPath, bool scan, Screen screen, CancellationToken cancellationToken)
    {
        foreach (string path in paths)
        {
            Address.RequirePath(path);
        }

        foreach (string path in PartPaths.Several(paths) ?? paths)
        {
            await RunAsync(path, store, listPath, scan, screen, cancellationToken).ConfigureAwait(false);
        }

        return ExitCodes.Success;
    }

    private static async Task RunAsync(
        string path, StoreChoice store, string? listPath, bool scan, Screen screen, CancellationToken cancellationToken)
    {
        using FoundStore found = Parts.FindToDescribe(path, store, screen.Warn);
        string full = found.IndexPath;
        IndexDescription index = scan ? await ScanAsync(full, listPath, screen, cancellationToken).ConfigureAwait(false)
            : Parts.Describe(full, listPath);
        index = Parts.WithStore(Parts.WithProposals(index), found, screen.Warn);
        screen.Show(IndexSheet.Of(index));
        screen.WarnAll(index.Warnings.Concat(index.Scan?.Advice ?? []));
        screen.WriteJson(index, ResultJson.Context.IndexDescription);
    }

    private static async Task<IndexDescription> ScanAsync(string path, string? listPath, Screen screen, CancellationToken cancellationToken)
    {
        RunProgress progress = RunProgress.Start(screen);
        await using (progress.ConfigureAwait(false))
        {
            bool started = false;
            using IVectorSource source = Parts.OpenIndex(path, listPath);
            return FaissIndex.Scan(
                source,
                (done, total) =>
                {
                    if (!started)
                    {
                        started = true;
                        progress.OnEvent(new PhaseStarted(Guid.Empty, DateTimeOffset.UtcNow, "read", total));
                    }

                    progress.OnEvent(new PhaseAdvanced(Guid.Empty, DateTimeOffset.UtcNow, "read", done, total));
                },
                cancellationToken);
        }
    }
}
