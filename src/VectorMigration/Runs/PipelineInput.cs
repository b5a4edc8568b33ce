using VectorMigration.Engine;
using VectorMigration.Errors;
using VectorMigration.Feeds;
using VectorMigration.Journal;
using VectorMigration.Store;
using VectorMigration.Vectors;
using VectorMigration.Verification;

namespace VectorMigration.Runs;

/// <summary>
/// A pipeline as the input of a run: one thread hands vectors over, the run takes them as batches. Of the index that they come from it knows what the first
/// vector tells.
/// </summary>
/// <param name="store">The server.</param>
/// <param name="options">What was asked for.</param>
/// <param name="runId">The run.</param>
internal sealed class PipelineInput(IVectorStore store, MigrationOptions options, Guid runId) : IRunInput, IDisposable
{
    private readonly TaskCompletionSource opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private InputVector first;
    private CollectionSettings? settings;
    private OrdinalSet? before;
    private PipelineFeed? feed;
    private long came;
    private long passedOver;
    private long next;
    private IndexDescription? previous;
    private bool changed;
    private SentPoints? sent;
    private JournalHeader? journal;
    private AcknowledgedCheck? check;
    private readonly OrdinalSet ownIds = new();

    /// <summary>Complete when vectors are taken.</summary>
    public Task Opened => opened.Task;

    /// <inheritdoc/>
    public string Path => first.Index?.Path ?? "pipeline";

    /// <inheritdoc/>
    public bool IsChanged => Volatile.Read(ref changed);

    /// <inheritdoc/>
    public long Expected => 0;

    /// <summary>How much will come is not known: the connections that the questions before have opened are enough to begin with.</summary>
    public int Lanes => TargetSurvey.Calls;

    /// <inheritdoc/>
    public CollectionSettings? SettingsAtOnce => null;

    /// <inheritdoc/>
    public string? WaitAdvice => $"To keep waiting, use Wait-QdrantCollection '{options.Collection}'.";

    /// <summary>The vector by which the run is planned.</summary>
    public void Begin(in InputVector vector) => first = vector;

    /// <inheritdoc/>
    public void Survey(CancellationToken cancellationToken) =>
        // Only the first vector is known, and it is valid.
        Require(CollectionNames.Refusal(options.Collection) ?? IndexFit.MergeReason(options) ?? PipelinePlanner.IdReason(options));

    /// <summary>Which ids will come is not known.</summary>
    public RunMark? Mark(DateTimeOffset now) => RunMark.For(options, runId, Path, now);

    /// <summary>Nothing: each batch is looked up before it is sent, because no more than one vector is known.</summary>
    public Task<ExistingFindings?> LookAsync(TargetFindings target, JournalFindings? journal, CancellationToken cancellationToken) =>
        Task.FromResult<ExistingFindings?>(null);

    /// <inheritdoc/>
    public PlannedRun Plan(TargetFindings target, JournalFindings? journal, CancellationToken cancellationToken) =>
        PipelinePlanner.Plan(first, target, journal, options, store.Endpoint, runId);

    /// <inheritdoc/>
    public JournalHeader HeaderOf(PlannedRun planned, string? collectionRun, DateTimeOffset at) =>
        new(planned.Key!, collectionRun, at, first.Index!.Path, first.Index.Identity.LastWriteTimeUtc);

    /// <inheritdoc/>
    public void UseRecord(SentPoints? sent, JournalHeader? journal) => (this.sent, this.journal) = (sent, journal);

    /// <inheritdoc/>
    public bool HasOwnId(long ordinal)
    {
        lock (ownIds)
        {
            return ownIds.Contains(ordinal);
        }
    }

    /// <inheritdoc/>
    public IRunFeed OpenFeed(PlannedRun planned, IFlowControl flow, OrdinalSet? acknowledged, Action<SkippedVector> leftOut)
    {
        settings = planned.Plan.Settings;
        before = acknowledged;
        check = options.VerifySent && !planned.HidesUnoptimized && acknowledged is { Count: > 0 }
            ? new AcknowledgedCheck(store, options, planned, first.Index?.Identity ?? SourceIdentity.Objects) : null;
        feed = new PipelineFeed(flow, settings.Dimension, settings.VectorName, first.Index?.Identity ?? SourceIdentity.Objects);
        opened.TrySetResult();
        return feed;
    }

    /// <inheritdoc/>
    public PlannedRun Finished(PlannedRun planned)
    {
        long all = Interlocked.Read(ref came);
        long passed = Interlocked.Read(ref passedOver);
        var sizes = PlannedBatches.Of(all - passed, planned.Plan.Settings.Dimension, planned.RoundTrip, options.Upload);
        return planned with
        {
            Plan = planned.Plan with { Count = all, Acknowledged = passed, ToSend = all - passed, Batches = sizes.Batches, Bytes = sizes.Bytes },
        };
    }

    /// <inheritdoc/>
    public void ThrowIfChanged()
    {
        // Whoever reads the vectors looks after their file.
    }

    /// <summary>None: vectors that went by cannot be read again.</summary>
    public Verifier? NewVerifier(PlannedRun planned) => null;

    /// <summary>A vector came that is left out.</summary>
    public void LeaveOut(SkippedVector vector)
    {
        Interlocked.Increment(ref came);
        next = vector.Ordinal + 1;
    }

    /// <summary>Hands a vector over, unless an earlier run was acknowledged for it. Only once the feed is open.</summary>
    /// <exception cref="MigrationException">It is of another index than the journal, or would be ranked differently in the collection.</exception>
    public ValueTask AddAsync(in InputVector vector, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref came);
        Note(vector);
        if (before is not null && IsAcknowledged(vector, before))
        {
            Interlocked.Increment(ref passedOver);
            return check?.AddAsync(vector, cancellationToken) ?? ValueTask.CompletedTask;
        }

        if (vector.HasOwnId)
        {
            NoteOwnId(vector.Ordinal);
        }

        CheckNorm(vector);
        return feed!.AddAsync(vector, cancellationToken);
    }

    /// <summary>No more vectors come.</summary>
    /// <exception cref="MigrationException">What an earlier run was acknowledged for is not in the collection as it came.</exception>
    public async Task CompleteAsync(CancellationToken cancellationToken)
    {
        if (check is not null)
        {
            await check.FinishAsync(cancellationToken).ConfigureAwait(false);
        }

        await feed!.CompleteAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Gives the memory back of what was not taken.</summary>
    public void Dispose() => feed?.Release();

    /// <summary>Vectors of an index come in their order; where one is missing between two, somebody has taken it out.</summary>
    private void Note(in InputVector vector)
    {
        if (vector.Index is null)
        {
            return;
        }

        bool gap = ReferenceEquals(vector.Index, previous) && vector.Ordinal != next;
        previous = vector.Index;
        next = vector.Ordinal + 1;
        if ((vector.IsChanged || gap) && !changed)
        {
            Volatile.Write(ref changed, true);
            sent?.NoteChanged();
        }
    }

    private static void Require(MigrationException? refusal)
    {
        if (refusal is not null)
        {
            throw refusal;
        }
    }

    private bool IsAcknowledged(in InputVector vector, OrdinalSet acknowledged)
    {
        IndexDescription index = first.Index!;
        if (!ReferenceEquals(vector.Index, index) && vector.Index?.Identity.Fingerprint != index.Identity.Fingerprint)
        {
            string path = options.JournalPath!;
            throw vector.Index is null ? JournalErrors.NeedsIndex(path) : JournalErrors.OtherIndex(path, index.Path, vector.Index.Path);
        }

        return acknowledged.Contains(vector.Ordinal) && IsAsSent(vector);
    }

    /// <summary>
    /// Whether a vector is what an earlier run was acknowledged for at its position. What a power cut took out of the record is sent again. Of what was written
    /// without a record, the one command sent what the index holds; an earlier version sent nobody knows what, under the ids of the index or others.
    /// </summary>
    /// <exception cref="MigrationException">It is not, or nobody knows.</exception>
    private bool IsAsSent(in InputVector vector)
    {
        if (sent?.Of(vector.Ordinal) is { } known)
        {
            PointDigest now = PointDigest.Of(vector.Id, vector.Components, vector.Payload.Span);
            return known == now ? true : throw JournalErrors.SentDiffers(options.JournalPath!, vector.Ordinal, vector.Id, known.Id != now.Id);
        }

        if (journal is not { SentIsPartial: true })
        {
            return false;
        }

        return (journal.Record is null ? vector.HasOwnId : vector.IsChanged)
            ? throw JournalErrors.SentUnknown(options.JournalPath!, vector.Ordinal, vector.Id) : true;
    }

    private void NoteOwnId(long ordinal)
    {
        sent?.NoteOwnIds();
        lock (ownIds)
        {
            ownIds.Add(new OrdinalRange(ordinal, ordinal));
        }
    }

    /// <summary>Cosine normalises: an inner-product index whose vectors are not of unit length would rank differently.</summary>
    private void CheckNorm(in InputVector vector)
    {
        if (settings!.Distance == Distance.Cosine && vector.Index is { Metric: FaissMetric.InnerProduct } index)
        {
            double norm = Norms.Of(vector.Components);
            if (!double.IsNaN(norm) && !Norms.IsUnit(norm))
            {
                throw PlanErrors.NormsNotUnit(index, vector.Ordinal, vector.FaissId, norm);
            }
        }
    }
}
