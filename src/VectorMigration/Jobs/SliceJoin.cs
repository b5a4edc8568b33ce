using VectorMigration.Collections;
using VectorMigration.Engine;
using VectorMigration.Errors;
using VectorMigration.Journal;
using VectorMigration.Runs;
using VectorMigration.Store;
using VectorMigration.Vectors;
using VectorMigration.Verification;

namespace VectorMigration.Jobs;

/// <summary>The end of a job that was moved in slices: all slices have ended, the indexing is taken up, the whole is verified.</summary>
/// <param name="plan">The plan.</param>
/// <param name="folders">Full paths of the log folders of the slices.</param>
/// <param name="options">The options of the plan, with those of this command.</param>
/// <param name="open">Opens a part.</param>
internal sealed class SliceJoin(SlicePlan plan, IReadOnlyList<string> folders, MigrationOptions options, OpenPart open)
{
    private const int MostTries = 3;
    private readonly long begun = TimeProvider.System.GetTimestamp();
    private readonly MigrationJob job = new([], options with { OnlyCompares = true }, open, BadPart.Fail);

    /// <summary>Id of the join, which its result has.</summary>
    public Guid JoinId { get; } = Guid.NewGuid();

    /// <summary>Full path of the log folder that result and report are written to.</summary>
    public string Folder => folders[0];

    /// <summary>The slices, once they were gathered.</summary>
    public IReadOnlyList<SliceState> States { get; private set; } = [];

    /// <summary>How far the verification is as a whole; null before and after it.</summary>
    public JobProgress? Progress => job.Progress;

    /// <summary>The runs of all slices, each with its log folder.</summary>
    public IReadOnlyList<(string Folder, Guid Run)> Runs => [.. States.SelectMany(static state => (state.Record?.Ranges ?? [])
        .Where(range => range.RunId is not null && state.Folder is not null).Select(range => (state.Folder!, range.RunId!.Value)))];

    /// <summary>Full path of a file of the join in the first log folder.</summary>
    /// <param name="extension">What it ends with.</param>
    public string FileOf(string extension) => Path.ChangeExtension(
        JournalPaths.OfPart(folders[0], plan.Collection, plan.Options.VectorName, $"{plan.ShortId}.join"), extension);

    /// <summary>Gathers the slices, and refuses where one has not ended.</summary>
    /// <exception cref="MigrationException">A slice is missing or unfinished, a journal is damaged, or a file has changed.</exception>
    public JobPlan Plan()
    {
        States = SliceState.Gather(plan, folders);
        return States.All(static state => state.HasEnded) ? SliceJob.Whole(plan, options, open)
            : throw SliceErrors.Unfinished(plan.Path, plan.Collection, States, SliceState.Absent(folders));
    }

    /// <summary>Takes up the indexing that the slices put off.</summary>
    /// <param name="store">The server.</param>
    /// <param name="warn">Told where the collection builds no index, and nothing says what to restore.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="MigrationException">The collection is missing, or is another one than the slices were sent to.</exception>
    public async Task ResumeIndexingAsync(IVectorStore store, Action<string> warn, CancellationToken cancellationToken)
    {
        CollectionDescription? found = await store.GetCollectionAsync(plan.Collection, cancellationToken).ConfigureAwait(false);
        string? sentTo = States.FirstOrDefault(static state => state.CollectionRun is not null)?.CollectionRun ?? plan.CollectionRun;
        if (found is null || (sentTo is not null && JournalTarget.RunOf(found) != sentTo))
        {
            throw plan.CollectionRun is not null ? PlanErrors.LeftOutIsGone(plan.Collection, store.Endpoint, found is null)
                : CollectionErrors.Replaced(plan.Collection, store.Endpoint, found is null,
                    "Find out who deleted it. Then run every slice of the plan again with -Restart, and join them.");
        }

        // A slice that is run again by mistake may put it off meanwhile; it has nothing to send, so it does so once at most.
        for (int i = 0; i < MostTries && found is not null && DeferredIndexing.RememberedBy(found) is not null; i++)
        {
            await DeferredIndexing.EndAsync(store, found, cancellationToken).ConfigureAwait(false);
            found = await store.GetCollectionAsync(plan.Collection, cancellationToken).ConfigureAwait(false);
        }

        if (found is not null && IndexingAdvice.ForVerification(found) is string off)
        {
            warn(off);
        }
    }

    /// <summary>Notes what the verification of a part tells, for the progress of the whole.</summary>
    public void OnEvent(RunEvent runEvent) => job.OnEvent(runEvent);

    /// <summary>Verifies all parts, one after the other.</summary>
    /// <param name="whole">The parts.</param>
    /// <param name="check">Compares a part with the collection.</param>
    /// <returns>The verification of each part; empty where none was asked for.</returns>
    public async Task<IReadOnlyList<VerificationResult>> VerifyAsync(JobPlan whole, Func<PlannedPart, OpenedPart, Task<VerificationResult>> check)
    {
        var proofs = new List<VerificationResult>();
        if (options.Verification != VerificationMode.None)
        {
            await job.VerifyAsync(whole, async (part, opened) =>
            {
                proofs.Add(await check(part, opened).ConfigureAwait(false));
                return proofs[^1];
            }).ConfigureAwait(false);
        }

        return proofs;
    }

    /// <summary>The result of the whole job.</summary>
    /// <param name="whole">The parts.</param>
    /// <param name="endpoint">Endpoint without secrets.</param>
    /// <param name="proofs">The verification of each part; empty where none was asked for.</param>
    /// <param name="indexed">How far the index has come; null where that was not waited for.</param>
    public MigrationResult Total(JobPlan whole, string endpoint, IReadOnlyList<VerificationResult> proofs, IndexingResult? indexed)
    {
        var results = new Dictionary<int, MigrationResult>();
        for (int i = 0; i < whole.Parts.Count; i++)
        {
            results.Add(i + 1, Of(whole.Parts[i], endpoint, i < proofs.Count ? proofs[i] : null));
        }

        SliceRecord[] records = [.. States.Select(static state => state.Record!)];
        MigrationResult total = JobTotal.Of(JoinId, whole, results, job.SampleSeed);
        bool waits = indexed is { Status: IndexingStatus.Unfinished } && total.Status == MigrationStatus.Completed;
        return total with
        {
            Status = waits ? MigrationStatus.Interrupted : total.Status,
            Error = waits ? IndexingErrors.Unfinished(plan.Collection, indexed!, null).ToRecord() : total.Error,
            Indexing = indexed,
            Warnings = [.. records.SelectMany(static record => record.Warnings).Distinct()],
            LostLogLines = records.Sum(static record => record.LostLogLines),
            Duration = TimeProvider.System.GetElapsedTime(begun),
            LogDirectory = folders[0],
        };
    }

    private MigrationResult Of(PlannedPart part, string endpoint, VerificationResult? proof)
    {
        SliceRangeRecord[] ranges = [.. States.SelectMany(static state => state.Ranges.Zip(state.Record!.Ranges))
            .Where(pair => pair.First.Range.Part == part.Number).Select(static pair => pair.Second)];
        MigrationCounts counts = JobTotal.Sum([.. ranges.Select(static range => range.Counts)]);
        bool complete = proof is null or { Passed: true, Invalid: 0 } && ranges.All(static range => range.Status == MigrationStatus.Completed);
        return new MigrationResult
        {
            RunId = JoinId,
            Status = complete ? MigrationStatus.Completed : MigrationStatus.Incomplete,
            Path = part.Path,
            Endpoint = endpoint,
            Collection = plan.Collection,
            Counts = counts with { Source = part.Count, Skipped = counts.Skipped + plan.Parts[part.Number - 1].Acknowledged },
            Verification = proof,
            Duration = TimeSpan.FromSeconds(ranges.Sum(static range => range.Seconds)),
        };
    }
}
