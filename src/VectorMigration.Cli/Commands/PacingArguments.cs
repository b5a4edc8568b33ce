using System.CommandLine;

namespace VectorMigration.Cli.Commands;

/// <summary>How fast is sent and read. Shared by migrate and verify.</summary>
internal sealed class PacingArguments
{
    private readonly Option<int?> batchSize = Numbers.WholeOrNone("--batch-size", "vectors in a batch, 1 to 100000 (default: found while sending)", 1, 100_000);
    private readonly Option<int?> parallel = Numbers.WholeOrNone("--parallel", "batches under way at once, 1 to 256 (default: found while sending)", 1, 256);
    private readonly Option<double> batchDelay = Numbers.Seconds(
        "--batch-delay", "pause between the end of a batch and the start of the next, which makes --parallel 1 unless that is given,", 0, 3600, 0);
    private readonly Option<double> giveUpAfter = Numbers.Seconds(
        "--give-up-after", "how long attempts may fail, and none succeed, before the run ends resumable", 1, 86_400, 120);

    private readonly Option<double> noProgress = Numbers.Seconds(
        "--no-progress-timeout", "how long a limited rate may let nothing through, while sending and while reading, before the run ends resumable",
        1, 86_400, 600);

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command)
    {
        foreach (Option option in (Option[])[batchSize, batchDelay, parallel, giveUpAfter, noProgress])
        {
            command.Add(option);
        }
    }

    /// <summary>The options as the engine takes them.</summary>
    public UploadOptions Options(ParseResult parsed, TimeSpan timeout) => new()
    {
        BatchSize = parsed.GetValue(batchSize),
        ThrottleLimit = parsed.GetValue(parallel),
        BatchDelay = TimeSpan.FromSeconds(parsed.GetValue(batchDelay)),
        Timeout = timeout,
        GiveUpAfter = TimeSpan.FromSeconds(parsed.GetValue(giveUpAfter)),
        NoProgressTimeout = TimeSpan.FromSeconds(parsed.GetValue(noProgress)),
    };
}
