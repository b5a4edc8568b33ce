namespace VectorMigration;

/// <summary>How long a run will take, judged by an earlier one to the same endpoint, at the same pace, with vectors of the same dimension.</summary>
public sealed record RunExpectation
{
    /// <summary>Upload and verification together.</summary>
    public required TimeSpan Duration { get; init; }

    /// <summary>Upload alone.</summary>
    public required TimeSpan Upload { get; init; }

    /// <summary>Verification alone; null when none is asked for, or the earlier run made none of that kind.</summary>
    public TimeSpan? Verification { get; init; }

    /// <summary>The earlier run.</summary>
    public required Guid RunId { get; init; }

    /// <summary>When it began, UTC.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>Vectors it sent.</summary>
    public required long Vectors { get; init; }

    /// <summary>The expectation for a plan by the latest run of a log folder that allows one; null without such a run.</summary>
    internal static RunExpectation? For(MigrationPlan plan, string logDirectory)
    {
        RunSummary? run = RunSummaries.Latest(logDirectory).FirstOrDefault(run => Fits(run, plan));
        if (run?.Perf is not MigrationPerf perf)
        {
            return null;
        }

        TimeSpan upload = Scaled(perf.Duration, plan.Count - plan.Acknowledged, perf.Vectors);
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
        && earlier.Dimension == plan.Index.Dimension
        && earlier.Flow == plan.Flow
        && earlier.HasPayload == plan.PayloadPath is not null;

    private static TimeSpan Scaled(TimeSpan duration, long count, long measured) =>
        measured <= 0 ? duration : TimeSpan.FromSeconds(Math.Min(duration.TotalSeconds / measured * count, TimeSpan.MaxValue.TotalSeconds / 4));
}
