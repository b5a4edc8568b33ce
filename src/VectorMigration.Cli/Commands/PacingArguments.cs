using System.CommandLine;

namespace VectorMigration.Cli.Commands;

/// <summary>How fast is sent and read. Shared by migrate and verify.</summary>
internal sealed class PacingArguments
{
    private readonly Option<int?> batchSize = Numbers.WholeOrNone("--batch-size", "vectors per batch, 1 to 100,000 (default: tuned during the "
        + "upload)", 1, 100_000);
    private readonly Option<int?> parallel = Numbers.WholeOrNone("--parallel", "batches in parallel, 1 to 1,024 (default: tuned during the upload)", 1, 1_024);
    private readonly Option<double> batchDelay = Numbers.Seconds(
        "--batch-delay", "pause between batches; implies --parallel 1 unless --parallel is given;", 0, 86_400, 0);
    private readonly Option<double> giveUpAfter = Numbers.Seconds(
        "--give-up-after", "stop when the server has not answered for this long; the run can be resumed;", 1, 86_400, 120);

    private readonly Option<double> noProgress = Numbers.Seconds(
        "--no-progress-timeout", "stop when a rate limit has let nothing through for this long; the run can be resumed;",
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
