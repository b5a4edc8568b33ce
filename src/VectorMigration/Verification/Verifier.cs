using System.Collections.Concurrent;
using System.Diagnostics;
using VectorMigration.Engine;
using VectorMigration.Feeds;
using VectorMigration.Store;
using VectorMigration.Vectors;

namespace VectorMigration.Verification;

/// <summary>What a verification starts from.</summary>
/// <param name="Mode">What to look at.</param>
/// <param name="PresentBefore">Points that were there before the run, which may be some of ours.</param>
/// <param name="LeftOut">Vectors that the run is known to have left out; null where no run tells.</param>
/// <param name="Findings">Takes what is found.</param>
internal sealed record VerificationTask(VerificationMode Mode, long PresentBefore, long? LeftOut, Findings Findings)
{
    /// <summary>Points that <see cref="VerificationMode.Sample"/> picks.</summary>
    public long SampleSize { get; init; }
}

/// <summary>
/// The proof: exact count, then every vector (and payload) of the source, or a random sample of them, read back from the collection and compared,
/// in constant memory.
/// </summary>
internal sealed class Verifier
{
    /// <summary>Ids of left-out vectors that are kept to tell points with these ids from those of the index.</summary>
    private const int MostLeftOut = 100_000;

    private readonly IVectorSource source;
    private readonly IVectorStore store;
    private readonly VerificationScope scope;
    private readonly IndexRows rows;
    private readonly PointComparer comparer;
    private readonly ConcurrentDictionary<PointId, bool> leftOut = new();
    private readonly IPayloadSource? payload;
    private long invalid;

    public Verifier(IVectorSource source, IPayloadSource? payload, IVectorStore store, VerificationScope scope)
    {
        this.source = source;
        this.payload = payload;
        this.store = store;
        this.scope = scope;
        rows = new IndexRows(NewFeed(payload), scope.Parallelism);
        comparer = new PointComparer(store, scope, comparesPayload: payload is not null);
    }

    /// <summary>Waited for before each read; null where none is.</summary>
    public Func<CancellationToken, ValueTask>? Turn { get; set; }

    private bool IsCosine => scope.Distance == Distance.Cosine;

    /// <summary>Verifies the planned range.</summary>
    public async Task<VerificationResult> RunAsync(VerificationTask task, Action<long>? onProgress, CancellationToken cancellationToken)
    {
        long started = Stopwatch.GetTimestamp();
        VerificationMode mode = task.Mode;
        if (mode == VerificationMode.None)
        {
            return new VerificationResult
            {
                Mode = mode,
                Passed = false,
                Offset = scope.Offset,
                Selected = scope.Count,
                IndexCount = source.Description.Count,
                Expected = scope.Count - scope.Ids.Duplicates - (task.LeftOut ?? 0),
                Comparison = "none"
            };
        }

        RowProgress progress = new(onProgress);
        long total = await CountAsync(cancellationToken).ConfigureAwait(false);
        long[]? picked = null;
        int seed = scope.Seed ?? SampleChoice.NewSeed();
        Findings findings = task.Findings;
        if (mode == VerificationMode.Full)
        {
            await rows.VisitAsync(scope.Offset, scope.Count, IndexRows.RowsAtOnce(source.Description.Dimension),
                (batch, token) => CompareAsync(batch, findings, progress.Answer, token), progress.Finish, cancellationToken).ConfigureAwait(false);
        }
        else if (mode == VerificationMode.Sample)
        {
            picked = SampleChoice.Pick(scope.Offset, scope.Count, scope.Ids.Superseded, task.SampleSize, seed);
            await rows.VisitAsync(picked, IndexRows.RowsAtOnce(source.Description.Dimension),
                (batch, token) => CompareAsync(batch, findings, progress.Answer, token), progress.Finish, cancellationToken).ConfigureAwait(false);
        }

        long absent = mode == VerificationMode.Full ? invalid : task.LeftOut ?? await CountInvalidAsync(cancellationToken).ConfigureAwait(false);
        long expected = scope.Count - scope.Ids.Duplicates - absent;
        long? extra = mode == VerificationMode.Full && scope.Offset == 0 && scope.Count == source.Description.Count
            ? Math.Max(0, total - findings.Found) : null;
        IReadOnlyList<PointId> extraIds = extra > 0
            ? await new ExtraPoints(source, store, scope, leftOut.Keys.ToHashSet()).FindAsync(Math.Min(extra.Value, Findings.MostListed), cancellationToken)
                .ConfigureAwait(false)
            : [];
        return new VerificationResult
        {
            Mode = mode,
            Offset = scope.Offset,
            Selected = scope.Count,
            IndexCount = source.Description.Count,
            Passed = CountFits(mode, total, expected, task.PresentBefore) && findings.Missing == 0 && findings.Different == 0,
            Expected = expected,
            CollectionCount = total,
            Extra = extra,
            ExtraIds = [.. extraIds.Select(static id => id.Value)],
            Compared = findings.Found,
            PayloadPath = mode == VerificationMode.Count ? null : payload?.Path,
            Missing = mode == VerificationMode.Count ? Math.Max(0, expected - total) : findings.Missing,
            Different = findings.Different,
            WithAddedFields = findings.WithAddedFields,
            Invalid = invalid,
            Comparison = mode == VerificationMode.Count ? "count" : IsCosine ? "normalised" : scope.Converts ? "datatype" : "bits",
            Tolerance = mode != VerificationMode.Count && IsCosine ? scope.Tolerance : 0,
            MaxDeviation = findings.Deviation,
            RoundedNumbers = findings.Rounded,
            Duration = Stopwatch.GetElapsedTime(started),
            Differences = findings.Differences,
            Sample = picked is null ? null : SampleChoice.Judge(expected, picked.Length - invalid, findings.Missing + findings.Different, seed),
        };
    }

    /// <summary>Compares single rows again.</summary>
    public Task CompareAsync(ReadOnlyMemory<long> ordinals, Findings findings, CancellationToken cancellationToken) =>
        rows.VisitAsync(ordinals, IndexRows.RowsAtOnce(source.Description.Dimension), (batch, token) => CompareAsync(batch, findings, null, token), null,
            cancellationToken);

    /// <summary>Exact count of the collection.</summary>
    public async Task<long> CountAsync(CancellationToken cancellationToken) =>
        checked((long)await store.CountAsync(scope.Collection, cancellationToken).ConfigureAwait(false));

    /// <summary>Points that were there before may be some of ours: the count alone can only say too few.</summary>
    public static bool CountFits(VerificationMode mode, long total, long expected, long presentBefore) =>
        total >= expected && (mode == VerificationMode.Full || presentBefore > 0 || total == expected);

    private async Task CompareAsync(VectorBatch batch, Findings findings, Action<int>? onAnswer, CancellationToken cancellationToken)
    {
        if (Turn is not null)
        {
            await Turn(cancellationToken).ConfigureAwait(false);
        }

        findings.Add(batch, await comparer.CompareAsync(batch, onAnswer, cancellationToken).ConfigureAwait(false));
    }

    /// <summary>Reads the index alone: vectors that were to be left out are not expected in the collection.</summary>
    private async Task<long> CountInvalidAsync(CancellationToken cancellationToken)
    {
        bool skipsMissing = payload is IKeyedPayloadSource && scope.Feed.OnMissingPayload == MissingPayload.Skip;
        if (!scope.Feed.SkipInvalid && invalid == 0 && !skipsMissing)
        {
            return 0;
        }

        long there = 0;
        await new IndexRows(NewFeed(skipsMissing ? payload : null, tells: false), scope.Parallelism).VisitAsync(
            scope.Offset,
            scope.Count,
            IndexRows.RowsAtOnce(source.Description.Dimension),
            (batch, _) =>
            {
                Interlocked.Add(ref there, batch.Count);
                return Task.CompletedTask;
            },
            null,
            cancellationToken).ConfigureAwait(false);
        return scope.Count - scope.Ids.Duplicates - there;
    }

    private IndexFeed NewFeed(IPayloadSource? payloads, bool tells = true) => new(
        source,
        payloads,
        scope.Feed with { SkipInvalid = true },
        scope.Offset,
        scope.Count,
        scope.Ids.Superseded,
        tells ? NoteInvalid : null,
        mostPayloadBytes: IndexRows.MostPayloadBytes);

    private void NoteInvalid(SkippedVector vector)
    {
        Interlocked.Increment(ref invalid);
        if (leftOut.Count < MostLeftOut && scope.Feed.Ids.Find(vector.Ordinal, vector.FaissId) is PointId id)
        {
            leftOut.TryAdd(id, true);
        }
    }
}
