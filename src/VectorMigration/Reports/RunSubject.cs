using VectorMigration.Runs;

namespace VectorMigration.Reports;

/// <summary>What a run sent, as far as it decides whether another run can be compared with it.</summary>
/// <param name="Source">Full path of the index, or a name for what is none.</param>
/// <param name="Kind">FAISS's class names.</param>
/// <param name="Dimension">Components of a vector.</param>
/// <param name="Fingerprint">Digest of length, header and samples of the index; empty where there is no file.</param>
/// <param name="HasPayload">Every vector had a payload.</param>
internal sealed record RunSubject(string Source, string Kind, int Dimension, string Fingerprint, bool HasPayload)
{
    /// <summary>What a summary tells; null where planning was refused.</summary>
    public static RunSubject? Of(RunSummary? summary) => summary?.Plan is not { } plan ? null
        : new RunSubject(summary.Source, plan.Kind, plan.Dimension, plan.Fingerprint, plan.HasPayload);

    /// <summary>What a result tells; null where planning was refused.</summary>
    public static RunSubject? Of(MigrationResult? result) => result?.Plan is not { } plan ? null
        : new RunSubject(
            result.Path, plan.Index.Kind, plan.Index.Dimension, plan.Index.Identity.Fingerprint, plan.PayloadPath is not null || plan.BringsPayload);

    /// <summary>What is not the same in two runs, in a sentence each; none where one of them is not known.</summary>
    /// <param name="baseline">The earlier run.</param>
    /// <param name="current">The run that is compared with it.</param>
    public static IReadOnlyList<string> Differences(RunSubject? baseline, RunSubject? current) => baseline is null || current is null ? [] :
    [
        .. ((string?[])
        [
            baseline.Dimension == current.Dimension ? null
                : $"The dimensions differ: {Units.Count(baseline.Dimension)} → {Units.Count(current.Dimension)}. "
                    + "The time per vector depends on the dimension.",
            baseline.Kind == current.Kind ? null : $"The index kinds differ: {baseline.Kind} → {current.Kind}.",
            baseline.Source != current.Source ? $"The sources differ: {baseline.Source} → {current.Source}."
                : baseline.Fingerprint != current.Fingerprint ? $"The index {current.Source} changed between the runs." : null,
            baseline.HasPayload == current.HasPayload ? null
                : $"Only the {(current.HasPayload ? "run" : "baseline")} sent payloads.",
        ]).OfType<string>(),
    ];
}
