using System.CommandLine;

namespace VectorMigration.Cli.Commands;

/// <summary>One slice of a plan.</summary>
internal sealed partial class MigrateCommand
{
    private async Task<MigrationResult> MigrateSliceAsync(
        ParseResult parsed, MigrationOptions options, (SlicePlan Plan, SliceNumber Number) planned, CancellationToken cancellationToken)
    {
        SliceJob one = new(planned.Plan, planned.Number, options, Slices.Opener(planned.Plan, Screen.Warn));
        JobPlan ranges = one.Plan();
        Screen.Note($"slice {planned.Number} of '{planned.Plan.Collection}': {Units.Of(ranges.Count, "vector", "vectors")}.");
        using QdrantConnection server = connection.Connect(parsed, context);
        return await RunAllAsync(parsed, options, one.Job, ranges, server, run => one.RunAsync(ranges, run, cancellationToken), cancellationToken)
            .ConfigureAwait(false);
    }

    /// <summary>
    /// The result for what starts slices, which retries exit code 3 and gives a slice up at 2. What passes without a change to the command is no refusal: a
    /// server that does not answer yet, a journal that an earlier attempt still holds.
    /// </summary>
    private static MigrationResult Retryable(MigrationResult result) => result is
    {
        Status: MigrationStatus.Refused,
        Error: { Kind: ErrorKind.Connection or ErrorKind.Timeout or ErrorKind.ResourceUnavailable or ErrorKind.Server, ErrorId: not ErrorIds.TlsFailed },
    } ? result with { Status = MigrationStatus.Interrupted } : result;
}
