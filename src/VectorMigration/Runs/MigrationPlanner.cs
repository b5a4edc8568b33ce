using VectorMigration.Collections;
using VectorMigration.Engine;
using VectorMigration.Errors;
using VectorMigration.Faiss;
using VectorMigration.Feeds;
using VectorMigration.Journal;
using VectorMigration.Store;
using VectorMigration.Vectors;

namespace VectorMigration.Runs;

/// <summary>
/// Checks index, options and target against each other and lays down what the run will do. Changes nothing, unless it may create the collection.
/// Every reason for which a run can be refused before its first vector is found here; a dry run is told all of them.
/// </summary>
/// <param name="source">The index.</param>
/// <param name="payload">Its payloads, or null.</param>
/// <param name="store">The server.</param>
/// <param name="options">What was asked for.</param>
/// <param name="runId">The run that it is planned for.</param>
/// <param name="beforeCreating">
/// Called before a missing collection is created while the server is asked for it, as may be done where the run follows at once: whatever the run still
/// needs is made sure of here. Null where nothing is created.
/// </param>
/// <param name="history">Earlier runs, by which the plan tells how long this one will take; null for none.</param>
internal sealed class MigrationPlanner(IVectorSource source, IPayloadSource? payload, IVectorStore store, MigrationOptions options, Guid runId, Action? beforeCreating = null, IRunHistory? history = null)
{
    private readonly IndexDescription index = source.Description;
    private readonly List<string> warnings = [];
    private readonly Refusals refusals = new(collects: options.DryRun);

    /// <summary>Plans a run.</summary>
    /// <exception cref="MigrationException">The run is refused; the first reason. A dry run finds all of them in its plan.</exception>
    public async Task<PlannedRun> PlanAsync(CancellationToken cancellationToken)
    {
        CheckIndex();
        CheckPace();
        Distance? distance = ChooseDistance();
        (long offset, long count) = Range();
        IdScanResult ids = CheckIds(offset, count, cancellationToken);
        PayloadFindings payloads = CheckPayload(offset, count, cancellationToken);
        CollectionSettings settings = options.Indexing.Apply(CollectionFit.Settings(index, distance ?? Distance.Unknown, options.VectorName, runId));
        TargetState target = await CheckTargetAsync(settings, distance is not null, PrepareCreation(distance), count, cancellationToken).ConfigureAwait(false);
        if (distance == Distance.Cosine)
        {
            refusals.Check(() => CheckNorms(offset, count, cancellationToken));
        }

        JournalKey? key = options.JournalPath is null ? null
            : options.Mapping(JournalKey.Of(index, PayloadIdentity(), options.IdMapping, store.Endpoint, options.Collection, options.VectorName), payload is not null);
        JournalContent? journal = key is null ? null : CheckJournal(options.JournalPath!, key, target, ids);
        MigrationPlan plan = Plan(target, settings, offset, count, ids, journal) with
        {
            PayloadJoin = payload is null ? null : PayloadJoin.Describe(index.RowOrder, options.PayloadKey),
            WithoutPayload = payloads.Missing,
            FirstWithoutPayload = payloads.FirstMissing,
        };
        return new PlannedRun(plan with { Expectation = history?.Expect(plan) }, ids, journal, key, target.Run)
        {
            RoundTrip = target.RoundTrip,
            IndexingMarked = target.IndexingMarked && !plan.CreatesCollection,
            Limit = plan.CreatesCollection ? null : target.Limit,
            Created = target.Created,
            KeepsMetadata = target.KeepsMetadata,
        };
    }

    private void CheckIndex()
    {
        if (!index.IsSupported)
        {
            refusals.Add(FaissErrors.Unsupported(index));
        }

        if (index.Fidelity == Fidelity.NotRecoverable || (index.Fidelity == Fidelity.Approximate && !options.AllowDecoded))
        {
            RefuseFidelity();
        }

        if (index.Dimension > QdrantLimits.MaxDimension)
        {
            refusals.Add(PlanErrors.DimensionTooLarge(index));
        }

        warnings.AddRange(index.Warnings);
        if (index.Fidelity != Fidelity.Exact)
        {
            warnings.Add($"The vectors of {index.Kind} come back {(index.Fidelity == Fidelity.RoundingOnly ? "with rounding differences" : "decoded from codes, near the originals")}.");
        }
    }

    /// <summary>Of an index that cannot be read, its codes are no further reason.</summary>
    private void RefuseFidelity()
    {
        if (index.IsSupported)
        {
            refusals.Add(PlanErrors.NotExact(index));
        }
    }

    private void CheckPace() => refusals.Check(() => FlowControls.Check(options.Upload));

    private Distance? ChooseDistance()
    {
        if (options.Distance is null or Distance.Unknown)
        {
            if (index.Distance is null)
            {
                refusals.Add(PlanErrors.MetricNotSupported(index));
            }

            return index.Distance;
        }

        if (options.Distance != index.Distance)
        {
            warnings.Add($"The index ranks by {index.Metric}, the collection will rank by {options.Distance}, as asked.");
        }

        return options.Distance.Value;
    }

    private (long Offset, long Count) Range()
    {
        if (options.Offset < 0 || options.Offset > index.Count)
        {
            refusals.Add(PlanErrors.OffsetBeyondEnd(index, options.Offset));
            return (0, 0);
        }

        return refusals.Check(() => CommonErrors.RequireRange("First (--limit)", options.Limit ?? 0, 0, long.MaxValue))
            && index.IsSupported
            ? (options.Offset, Math.Min(options.Limit ?? long.MaxValue, index.Count - options.Offset))
            : (options.Offset, 0);
    }

    private IdScanResult CheckIds(long offset, long count, CancellationToken cancellationToken)
    {
        if (index.IdSource == "sequential" || count == 0)
        {
            return new IdScanResult { Count = count, Least = offset, Greatest = offset + count - 1 };
        }

        var ids = new IdScanResult { Count = count };
        refusals.Check(() => ids = new IdScan(source).Run(offset, count, cancellationToken));
        if (ids.Negatives > 0 && options.IdMapping == IdMapping.Keep)
        {
            refusals.Add(PlanErrors.NegativeIds(index, ids));
        }

        if (ids.Duplicates > 0 && !options.AllowDuplicateIds)
        {
            refusals.Add(PlanErrors.DuplicateIds(index, ids));
        }
        else if (ids.Duplicates > 0)
        {
            warnings.Add($"{ids.Duplicates} vectors are left out because a later one has the same id.");
        }

        return ids;
    }

    /// <summary>Holds the payloads against the whole index; a warning tells of vectors that go without one.</summary>
    private PayloadFindings CheckPayload(long offset, long count, CancellationToken cancellationToken)
    {
        if (index is { Count: 0, IsSupported: true })
        {
            warnings.Add($"{index.Path} is empty: it holds no vectors{(index.ListCount is null ? string.Empty : " (trained, but not filled)")}.");
        }

        refusals.Check(() => PayloadCheck.RefuseOptions(options.PayloadRules, options.OnMissingPayload, payload is not null));
        PayloadFindings found = payload is null
            ? PayloadFindings.None
            : new PayloadCheck(source, payload, options.OnMissingPayload, refusals, options.SpillFolder).Run(offset, count, cancellationToken);
        if (found.Missing > 0)
        {
            string becomes = options.OnMissingPayload == MissingPayload.Skip ? "left out" : "sent without a payload";
            string first = string.Join(", ", found.FirstMissing.Take(10).Select(static missing => missing.Id));
            warnings.Add($"{payload!.Path} has nothing for {found.Missing} vectors, which are {becomes}: id {first}{(found.Missing > 10 ? ", …" : string.Empty)}.");
        }

        return found;
    }

    /// <summary>Asks the server and compares the collection; a server that does not answer leaves nothing to compare.</summary>
    private async Task<TargetState> CheckTargetAsync(CollectionSettings wanted, bool distanceIsKnown, bool creates, long count, CancellationToken cancellationToken)
    {
        var state = new TargetState(string.Empty, Exists: false, 0);
        await refusals.CheckAsync(async () =>
        {
            TargetFindings found = await new TargetSurvey(store, options.Collection, FlowOpening.Lanes(options.Upload, index.Dimension, count))
                .AskAsync(creates ? wanted : null, runId.ToString(), cancellationToken).ConfigureAwait(false);
            if (found.Server.VersionWarning is string warning)
            {
                warnings.Add(warning);
            }

            CollectionDescription? existing = found.Existing;
            state = new TargetState(found.Server.Version, Exists: existing is not null, found.Present, Reached: true, JournalTarget.RunOf(existing))
            {
                RoundTrip = found.RoundTrip,
                Limit = WriteRateLimits.Of(existing),
                Created = found.Created,
                KeepsMetadata = found.Server.KeepsMetadata,
                IndexingMarked = DeferredIndexing.RememberedBy(existing) is not null,
            };
            if (existing is not null && !options.Recreate)
            {
                CheckCollection(existing, wanted, distanceIsKnown);
                warnings.AddRange(IndexingAdvice.ForMigration(existing, found.Present, options.Indexing));
            }
        }).ConfigureAwait(false);
        return state;
    }

    /// <summary>
    /// Makes ready for creating a missing collection while the server is asked for it. True when nothing else is left that the run could be refused for:
    /// a journal that tells of progress is, for its collection must be there, and one that is in use or cannot be written.
    /// </summary>
    private bool PrepareCreation(Distance? distance)
    {
        if (beforeCreating is null || options.DryRun || options.Recreate || distance is null or Distance.Cosine)
        {
            return false;
        }

        try
        {
            if (options is { JournalPath: string journal, Restart: false } && JournalContent.Read(journal).Acknowledged.Count > 0)
            {
                return false;
            }

            beforeCreating();
            return true;
        }
        catch (MigrationException)
        {
            // It is told with the rest of the plan, or when the run comes to it.
            return false;
        }
    }

    /// <summary>Where the distance is a reason of its own already, the collection's cannot be another one.</summary>
    private void CheckCollection(CollectionDescription existing, CollectionSettings wanted, bool distanceIsKnown)
    {
        CollectionVector? vector = existing.Vectors.FirstOrDefault(candidate => candidate.Name == (wanted.VectorName ?? string.Empty));
        CollectionSettings comparable = distanceIsKnown || vector is null ? wanted : wanted with { Distance = vector.Distance };
        IReadOnlyList<string> differences = CollectionFit.Differences(existing, comparable);
        if (differences.Count > 0)
        {
            refusals.Add(CollectionErrors.Differs(options.Collection, store.Endpoint, differences));
        }
    }

    /// <summary>Qdrant's Cosine normalises what it stores: harmless for unit vectors, a change of ranking for an inner-product index of others.</summary>
    private void CheckNorms(long offset, long count, CancellationToken cancellationToken)
    {
        for (long next = offset; next < offset + count;)
        {
            cancellationToken.ThrowIfCancellationRequested();
            using VectorBatch batch = source.Read(next, (int)Math.Min(1_024, offset + count - next), cancellationToken);
            for (int row = 0; row < batch.Count; row++)
            {
                double norm = Norms.Of(batch.Vector(row));
                if (double.IsNaN(norm) || Norms.IsUnit(norm))
                {
                    continue;
                }

                if (index.Metric == FaissMetric.InnerProduct)
                {
                    throw PlanErrors.NormsNotUnit(index, batch.Ordinal(row), batch.FaissIds.Span[row], norm);
                }

                warnings.Add($"Cosine normalises the vectors as Qdrant stores them; vector {batch.Ordinal(row)} has norm {norm:G6}, so the originals cannot be read back.");
                return;
            }

            next += Math.Max(1, batch.Count);
        }
    }

    /// <summary>Of a file that could not be opened, which is a reason of its own, nothing is known.</summary>
    private string? PayloadIdentity()
    {
        string? identity = null;
        refusals.Check(() => identity = payload?.Identity);
        return identity;
    }

    private JournalContent? CheckJournal(string path, JournalKey key, TargetState target, IdScanResult ids)
    {
        JournalContent? content = null;
        refusals.Check(() => content = JournalCheck.Read(
            path,
            options.Restart || options.Recreate,
            key,
            target.Reached ? new JournalTarget(target.Exists, target.Run, target.Present) : null,
            ids.Superseded));
        if (content is { Acknowledged.Count: > 0, Header: { } header } && header.IndexWrittenAt != index.Identity.LastWriteTimeUtc)
        {
            warnings.Add($"{index.Path} was last written at {index.Identity.LastWriteTimeUtc:u}, at {header.IndexWrittenAt:u} when its journal was begun; length and samples are the same. Only a full verification compares every vector.");
        }

        if (content is { TornBytes: > 0 })
        {
            warnings.Add($"The last {content.TornBytes} bytes of the journal {path} were being written when the run before this one was cut off; they are left out, and what they said is sent again.");
        }

        return content;
    }

    private MigrationPlan Plan(TargetState target, CollectionSettings settings, long offset, long count, IdScanResult ids, JournalContent? journal)
    {
        OrdinalSet? acknowledged = journal?.Acknowledged;
        long before = acknowledged?.CountWithin(offset, count) ?? 0;
        long replaced = acknowledged is null || ids.Duplicates == 0 ? 0 : ids.Superseded.Count(acknowledged.Contains);
        long sending = count - ids.Duplicates - (before - replaced);
        bool sized = !FlowControls.IsAdaptive(options.Upload) || !options.Upload.AdaptsBatchSize;
        var start = new FlowStart { Dimension = Math.Max(1, index.Dimension), RoundTrip = target.RoundTrip };
        int batchSize = sized ? Math.Max(1, options.Upload.BatchSize) : FlowOpening.Point(options.Upload, start).BatchSize;
        return new MigrationPlan
        {
            Index = index,
            Endpoint = store.Endpoint,
            ServerVersion = target.ServerVersion,
            Collection = options.Collection,
            CreatesCollection = !target.Exists || options.Recreate,
            RecreatesCollection = target.Exists && options.Recreate,
            Settings = settings,
            PresentBefore = target.Present,
            Offset = offset,
            Count = count,
            JournalPath = options.JournalPath,
            Acknowledged = before - replaced,
            IdMapping = options.IdMapping,
            BatchSize = sized ? batchSize : 0,
            Batches = (sending + batchSize - 1) / batchSize,
            Bytes = checked(sending * ((sizeof(float) * (long)index.Dimension) + sizeof(long))),
            Flow = FlowControls.Describe(options.Upload),
            PayloadPath = payload?.Path,
            IdField = options.IdMapping == IdMapping.Uuid5 ? options.IdField ?? IdField.Default : null,
            Indexing = options.Indexing.Mode,
            Verification = options.Verification,
            Refusals = refusals.All,
            Warnings = [.. warnings],
        };
    }

    /// <summary>What the server was found to hold.</summary>
    private readonly record struct TargetState(string ServerVersion, bool Exists, long Present, bool Reached = false, string? Run = null)
    {
        public TimeSpan? RoundTrip { get; init; }

        public bool IndexingMarked { get; init; }

        public WriteRateLimit? Limit { get; init; }

        public bool Created { get; init; }

        public bool KeepsMetadata { get; init; }
    }
}
