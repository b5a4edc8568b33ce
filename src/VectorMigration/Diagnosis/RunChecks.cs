using VectorMigration.Collections;
using VectorMigration.Errors;
using VectorMigration.Runs;
using VectorMigration.Vectors;

namespace VectorMigration.Diagnosis;

/// <summary>What matters for one run: its index, its plan, the points that are there, and how long it will take.</summary>
internal static class RunChecks
{
    /// <summary>Bytes of a point on the line besides its components and its payload.</summary>
    private const int PointBytes = 24;

    /// <summary>The index.</summary>
    public static ConnectionCheck Index(IndexDescription index)
    {
        string words = $"{index.Kind}, {Units.Of(index.Count, "vector", "vectors")} of {Units.Of(index.Dimension, "component", "components")}, "
            + $"{Units.Bytes(index.Size)}.";
        return index.IsSupported
            ? ConnectionCheck.Pass(CheckNames.Index, words)
            : ConnectionCheck.Fail(CheckNames.Index, $"{words} {index.UnsupportedReason}", "Use Get-FaissIndex to see which kinds can be read.");
    }

    /// <summary>Every reason for a refusal, and every warning of the plan.</summary>
    /// <param name="plan">The plan of a dry run.</param>
    /// <param name="told">Error ids that another check has told.</param>
    public static IEnumerable<ConnectionCheck> Plan(MigrationPlan plan, IReadOnlySet<string> told)
    {
        MigrationError[] refusals = [.. plan.Refusals.Where(refusal => !told.Contains(refusal.ErrorId) && refusal.Kind != ErrorKind.Authentication)];
        foreach (MigrationError refusal in refusals)
        {
            yield return ConnectionCheck.Fail(CheckNames.Plan, refusal.Message, refusal.RecommendedAction);
        }

        foreach (string warning in plan.Warnings)
        {
            yield return ConnectionCheck.Warn(CheckNames.Plan, warning, string.Empty);
        }

        if (refusals.Length == 0 && plan.Warnings.Count == 0)
        {
            yield return ConnectionCheck.Pass(CheckNames.Plan, $"A run with the defaults sends {Units.Of(plan.ToSend, "vector", "vectors")} to "
                + $"'{plan.Collection}'{(plan.CreatesCollection ? ", which it creates" : string.Empty)}.");
        }
    }

    /// <summary>The points that are in the collection already.</summary>
    public static ConnectionCheck Existing(MigrationPlan plan)
    {
        if (plan.PresentBefore == 0)
        {
            return ConnectionCheck.Pass(CheckNames.ExistingPoints, $"'{plan.Collection}' {(plan.CreatesCollection ? "does not exist" : "is empty")}.");
        }

        string words = $"'{plan.Collection}' has {Units.Of(plan.PresentBefore, "point", "points")}.";
        if (plan.Acknowledged > 0)
        {
            words += $" Earlier runs were acknowledged for {Units.Of(plan.Acknowledged, "vector", "vectors")}, which are not sent again.";
        }

        return plan.Existing is { Conflicts: > 0 } taken
            ? ConnectionCheck.Warn(CheckNames.ExistingPoints,
                $"{words} {Units.Of(taken.Conflicts, "id has", "ids have")} a point with another vector or payload.",
                "Choose with -OnExisting what a run does with them.")
            : ConnectionCheck.Pass(CheckNames.ExistingPoints,
                plan.Existing is { Taken: > 0 } equal ? $"{words} {Units.Of(equal.Taken, "id has", "ids have")} an equal point." : words);
    }

    /// <summary>What a run brings to the server.</summary>
    public static ExpectedLoad Load(MigrationPlan plan)
    {
        StorageEstimate estimate = plan.Estimate ?? StorageEstimate.Of(plan.Index, plan.ToSend, plan.Settings, null);
        return new ExpectedLoad(
            plan.ToSend,
            Math.Max(0, plan.ToSend - (plan.Existing?.Taken ?? 0)),
            estimate.VectorBytes,
            (plan.ToSend * (((long)plan.Index.Dimension * sizeof(float)) + PointBytes)) + (estimate.PayloadBytes ?? 0),
            estimate.PayloadBytes)
        {
            Memory = estimate.MemoryBytes,
            Disk = estimate.DiskBytes,
        };
    }

    /// <summary>How long the upload will take, and what ends before it.</summary>
    /// <param name="load">What is sent.</param>
    /// <param name="expected">What an earlier run says; null without one.</param>
    /// <param name="measured">The throughput; null where none was measured.</param>
    /// <param name="isWrite">It was measured by writing.</param>
    /// <param name="leastByLimit">The least time that a write limit leaves; null without one.</param>
    /// <param name="ends">What expires, and when.</param>
    /// <param name="now">The time.</param>
    public static ConnectionCheck Duration(
        ExpectedLoad load, RunExpectation? expected, LineSpeed? measured, bool isWrite, TimeSpan? leastByLimit,
        IReadOnlyList<(string What, DateTimeOffset At)> ends, DateTimeOffset now)
    {
        TimeSpan? byLine = measured is { PerSecond: > 0 } speed ? TimeSpan.FromSeconds(Math.Min(1e9, load.SentBytes / speed.PerSecond)) : null;
        string amount = $"{Units.Of(load.Points, "vector", "vectors")}, {Units.Bytes(load.SentBytes)}";
        (TimeSpan Time, string Words)? told = expected is not null
            ? (expected.Duration, $"A run takes about {Units.Time(expected.Duration)}, judged by the run of {expected.StartedAt.UtcDateTime:yyyy-MM-dd}.")
            : leastByLimit is TimeSpan limit && (byLine is null || limit > byLine)
            ? (limit, $"The upload ({amount}) takes at least {Units.Time(limit)} under write_rate_limit.")
            : byLine is not TimeSpan line ? null
            : isWrite
            ? (line, $"The upload ({amount}) takes about {Units.Time(line)} at the measured throughput. Verification and indexing come on top.")
            : (line, $"The upload ({amount}) takes at least {Units.Time(line)}: the line carries no more. The server may be slower.");
        if (told is not (TimeSpan time, string words))
        {
            return ConnectionCheck.Skip(CheckNames.Duration, $"The upload has {amount}. No throughput was measured.",
                "Use -AllowWrite to measure, or Optimize-VectorMigration for a prediction with an interval.");
        }

        DateTimeOffset end = now + time;
        string[] before = [.. ends.Where(one => one.At < end).Select(static one => one.What)];
        return before.Length > 0
            ? ConnectionCheck.Fail(CheckNames.Duration, $"{words} {string.Join(" and ", before)} before that.", "Renew what expires before the run.")
            : ConnectionCheck.Pass(CheckNames.Duration, words);
    }
}
