using VectorMigration.Engine;
using VectorMigration.Runs;
using VectorMigration.Vectors;

namespace VectorMigration.Reports;

/// <summary>The earlier runs that left their summaries in a log folder.</summary>
/// <param name="logDirectory">The folder; it need not exist.</param>
public sealed class LoggedRuns(string logDirectory) : IRunHistory
{
    /// <summary>How many times as many vectors a short run may be scaled to.</summary>
    private const int MostScaled = 10;

    /// <summary>A run of this length tells the rate, however many vectors follow.</summary>
    private static readonly TimeSpan LongEnough = TimeSpan.FromSeconds(10);

    /// <inheritdoc/>
    public RunExpectation? Expect(MigrationPlan plan)
    {
        RunSummary? run = RunSummaries.Latest(logDirectory).FirstOrDefault(run => Fits(run, plan) && Tells(run, plan));
        if (run?.Perf is not MigrationPerf perf)
        {
            return null;
        }

        TimeSpan upload = Scaled(perf.Duration, Sent(plan), perf.Vectors);
        TimeSpan? proof = run.Verification is { } verification && verification.Mode == plan.Verification && plan.Verification != VerificationMode.None
            ? verification.Mode != VerificationMode.Full ? verification.Duration : Scaled(verification.Duration, plan.Count, verification.Compared)
            : null;
        return new RunExpectation
        {
            Duration = upload + (proof ?? TimeSpan.Zero),
            Upload = upload,
            Verification = proof,
            RunId = run.RunId,
            StartedAt = run.StartedAt,
            Vectors = perf.Vectors,
        };
    }

    private static bool Fits(RunSummary run, MigrationPlan plan) =>
        run is { Status: MigrationStatus.Completed, Perf: { Vectors: > 0 } perf, Plan: { } earlier }
        && perf.Duration > TimeSpan.Zero
        && run.Endpoint == plan.Endpoint
        && !earlier.FromPipeline
        && earlier.Dimension == plan.Index.Dimension
        && earlier.Flow == plan.Flow
        && earlier.HasPayload == plan.PayloadPath is not null;

    /// <summary>A short run of few vectors is mostly its own beginning: its rate tells nothing of one that sends ten times as many.</summary>
    private static bool Tells(RunSummary run, MigrationPlan plan) =>
        run.Perf!.Duration >= LongEnough || run.Perf.Vectors * MostScaled >= Sent(plan);

    /// <summary>What counts as sent: a sync sends what it found to differ, every other run what no journal holds.</summary>
    private static long Sent(MigrationPlan plan) => plan.Sync is null ? plan.Count - plan.Acknowledged : plan.ToSend;

    private static TimeSpan Scaled(TimeSpan duration, long count, long measured) =>
        measured <= 0 ? duration : TimeSpan.FromSeconds(Math.Min(duration.TotalSeconds / measured * count, TimeSpan.MaxValue.TotalSeconds / 4));
}
