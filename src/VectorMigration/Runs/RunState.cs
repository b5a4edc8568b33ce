using VectorMigration.Collections;
using VectorMigration.Engine;
using VectorMigration.Errors;
using VectorMigration.Store;
using VectorMigration.Verification;

namespace VectorMigration.Runs;

/// <summary>What a run has come to so far, and the result that makes.</summary>
internal sealed class RunState(TimeSpan slowThreshold)
{
    /// <summary>Left-out vectors that are listed one by one.</summary>
    private const int MostListed = 1_000;

    private readonly PerfAccumulator perf = new(slowThreshold);
    private readonly List<SkippedVector> leftOut = [];
    private readonly Lock gate = new();
    private long invalid;
    private long omitted;

    public PlannedRun? Planned { get; set; }

    /// <summary>The run id in the metadata of the collection that vectors are sent to, or null.</summary>
    public string? CollectionRun { get; set; }

    public UploadOutcome? Outcome { get; set; }

    public VerificationResult? Verification { get; set; }

    public ReplicaFindings? Replicas { get; set; }

    public FlowSummary? Flow { get; set; }

    public IndexingResult? Indexing { get; set; }

    public MigrationStatus Status { get; set; } = MigrationStatus.Failed;

    public MigrationException? Error { get; set; }

    /// <summary>Vectors that were not sent because of points of others, or because a merge found no point.</summary>
    public long LeftThere { get; set; }

    /// <summary>Points that a sync deleted.</summary>
    public long Pruned { get; set; }

    /// <summary>Acknowledged vectors of a sync that replaced a point.</summary>
    public long Changed { get; private set; }

    /// <summary>Acknowledged vectors of a sync that had no point.</summary>
    public long Created => Planned?.Plan.Sync is null ? 0 : (Outcome?.Sent ?? 0) - Changed;

    /// <summary>What is said of a collection that was created and stays without vectors; null where there is none.</summary>
    public string? EmptyCollection { get; private set; }

    /// <summary>True from the moment the first vector may be sent.</summary>
    public bool Uploading { get; set; }

    /// <summary>Vectors that cannot be stored.</summary>
    public long Invalid => Interlocked.Read(ref invalid);

    /// <summary>Vectors that were left out, for whatever reason.</summary>
    public long LeftOut => Interlocked.Read(ref omitted);

    /// <summary>From any thread: a pipeline refuses vectors while the pool sends others.</summary>
    public void Leave(SkippedVector vector)
    {
        lock (gate)
        {
            Interlocked.Increment(ref omitted);
            if (vector.Reason != SkippedVector.NoPayload)
            {
                Interlocked.Increment(ref invalid);
            }

            if (leftOut.Count < MostListed)
            {
                leftOut.Add(vector);
            }
        }
    }

    public void OnEvent(RunEvent runEvent)
    {
        if (runEvent is BatchEnded ended)
        {
            perf.Add(ended.Result);
            if (ended.Result.Status == BatchStatus.Completed && Planned?.Existing?.Sync is { } sync)
            {
                Changed += ended.Ordinals.Sum(range => sync.ChangesWithin(range));
            }
        }
    }

    /// <summary>
    /// Says that a collection was created for nothing, where a run ends before a vector is in it: it stays, and nobody would look for it. Null otherwise.
    /// </summary>
    /// <param name="isCreated">This run has created it.</param>
    /// <param name="collection">Its name.</param>
    public string? NoteEmptyCollection(bool isCreated, string collection)
    {
        if (!isCreated || Status is MigrationStatus.Completed || Outcome?.Sent > 0)
        {
            return null;
        }

        string content = perf.ToPerf().Attempts == 0 ? "is empty" : "has no acknowledged vector";
        EmptyCollection = $"This run created the collection '{collection}', which {content}. It stays, and the next run uses it.";
        return EmptyCollection;
    }

    public MigrationResult ToResult(Guid runId, string path, IVectorStore store, MigrationOptions options)
    {
        MigrationPlan? plan = Planned?.Plan;
        MigrationPerf figures = perf.ToPerf();
        return new MigrationResult
        {
            RunId = runId,
            Status = Status,
            Path = path,
            Endpoint = store.Endpoint,
            Collection = options.Collection,
            Plan = plan,
            Counts = new MigrationCounts
            {
                Source = plan?.Count ?? 0,
                Sent = Outcome?.Sent ?? 0,
                Skipped = Outcome is null ? 0 : plan?.Acknowledged ?? 0,
                Superseded = Outcome is null ? 0 : Planned?.Ids.Duplicates ?? 0,
                Invalid = Invalid,
                WithoutPayload = plan?.WithoutPayload ?? 0,
                SurplusPayload = plan?.SurplusPayload ?? 0,
                Failed = Outcome?.Failed ?? 0,
                AlreadyThere = Outcome is null ? 0 : (plan?.Existing?.Equal ?? 0) + Outcome.AlreadyThere,
                LeftThere = LeftThere,
                Created = Created,
                Changed = Changed,
                Equal = Outcome is null ? 0 : plan?.Sync?.Equal ?? 0,
                Vanished = plan?.Sync?.Vanished ?? 0,
                Pruned = Pruned,
                LeftBehind = Outcome is null ? 0 : plan?.Left?.Count ?? 0,
                PresentBefore = plan?.PresentBefore ?? 0,
            },
            Perf = figures.Batches == 0 ? null : figures,
            Flow = figures.Batches == 0 ? null : Flow,
            Verification = Verification,
            Indexing = Indexing,
            Replicas = Replicas,
            LeftOut = Listed(),
            Warnings = [.. plan?.Warnings ?? [], .. EmptyCollection is null ? [] : (string[])[EmptyCollection],
                .. Replicas?.Warning(options.Collection) is string broken ? (string[])[broken] : []],
            ResumeOffset = ResumeOffset(plan),
            Error = Error?.ToRecord() ?? (plan is { Refusals: [MigrationError first, ..] } ? first : null)
                ?? (Status == MigrationStatus.Interrupted ? Stopped(plan) : null),
            LogDirectory = options.DryRun ? null : options.LogDirectory,
            JournalPath = options.DryRun ? null : options.JournalPath,
        };
    }

    private SkippedVector[] Listed()
    {
        lock (gate)
        {
            return [.. leftOut];
        }
    }

    private MigrationError Stopped(MigrationPlan? plan)
    {
        string next = ResumeOffset(plan) is not long offset ? "Run the same command again."
            : offset < plan!.Offset + plan.Count ? plan.JournalPath is not string journal ? $"Resume with -Skip {offset}."
                : File.Exists(journal) ? Resume(plan) : "Run the same command again."
            : Verification is { Passed: true } ? "All vectors were sent and verified. Run the same command again to finish the rest. Nothing is sent twice."
            : "All vectors were sent. Verify them with Test-VectorMigration.";
        return new MigrationError(
            ErrorIds.Interrupted, ErrorKind.Stopped, $"Stopped on request. {Progress(plan)}", OptionNames.Here(next), plan?.Collection);
    }

    /// <summary>How far the migration is, and what of it this run did. Without a plan nothing is known of earlier runs.</summary>
    private string Progress(MigrationPlan? plan)
    {
        long sent = Outcome?.Sent ?? 0;
        long before = plan?.Acknowledged ?? 0;
        long equal = (plan?.Existing?.Equal ?? 0) + (Outcome?.AlreadyThere ?? 0);
        return plan is null ? "This run sent nothing."
            : before + equal == 0 ? $"{Units.Of(sent, "vector was", "vectors were")} acknowledged by this run."
            : $"{Whole(plan, before + equal + sent)} {(equal == 0 ? "acknowledged" : "acknowledged or already in the collection")}, "
                + $"{Units.Count(sent)} of them by this run.";
    }

    // How much will come through a pipeline is not known.
    private static string Whole(MigrationPlan plan, long done) => plan.FromPipeline ? Units.Of(done, "vector is", "vectors are")
        : $"{Units.Count(done)} of {Units.Of(plan.Count, "vector is", "vectors are")}";

    private static string Resume(MigrationPlan plan) =>
        $"Run the same command again{(plan.RecreatesCollection ? ", without -Recreate" : string.Empty)}. It resumes where this run stopped "
            + $"(journal: {plan.JournalPath}).";

    private long? ResumeOffset(MigrationPlan? plan)
    {
        // If a source changed, the vectors sent so far may come from two versions of it: there is no offset to resume from.
        if (plan is null || Error is { VoidsProgress: true } || Indexing is { Status: IndexingStatus.Unfinished } || plan.Refusals.Count > 0
            || Status is MigrationStatus.Completed or MigrationStatus.Incomplete or MigrationStatus.Planned)
        {
            return null;
        }

        return Outcome is null ? plan.Offset : Outcome.ResumeOrdinal is long ordinal ? Math.Max(plan.Offset, ordinal) : plan.Offset + plan.Count;
    }
}
