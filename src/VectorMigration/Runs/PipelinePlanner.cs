using VectorMigration.Collections;
using VectorMigration.Engine;
using VectorMigration.Errors;
using VectorMigration.Feeds;
using VectorMigration.Journal;
using VectorMigration.Store;
using VectorMigration.Vectors;

namespace VectorMigration.Runs;

/// <summary>
/// Lays down what a run will do whose vectors come through a pipeline, where only the first one is known: a missing collection is created from the index
/// that it comes from, or with the distance asked for; an existing one is checked as for a whole index. A function like <see cref="MigrationPlanner"/>.
/// </summary>
internal static class PipelinePlanner
{
    /// <summary>Plans a run.</summary>
    /// <param name="first">The first vector.</param>
    /// <param name="target">What the server was found to hold.</param>
    /// <param name="journal">What the journal says; null without one.</param>
    /// <param name="options">What was asked for.</param>
    /// <param name="endpoint">The server's endpoint without secrets.</param>
    /// <param name="runId">The run that it is planned for.</param>
    /// <exception cref="MigrationException">The run is refused.</exception>
    public static PlannedRun Plan(in InputVector first, TargetFindings target, JournalFindings? journal, MigrationOptions options, string endpoint, Guid runId)
    {
        if (target.Fault is MigrationException fault)
        {
            throw fault;
        }

        if (options.Creation.MatchQuantization && first.Index is null)
        {
            throw CreationErrors.NothingToMatch(options.Collection);
        }

        QuantizationMatch? match = first.Index is null ? null : QuantizationMatch.Of(first.Index, target.Server);
        bool matches = options.Creation is { MatchQuantization: true, Quantization: null };
        options = options with { Creation = options.Creation.Resolve(match) };
        CollectionSettings settings = Settings(first, target.Existing, options, runId);
        RefuseCollection(first, target, settings, options, endpoint);
        JournalKey? key = options.JournalPath is string path ? options.Mapping(Key(path, first, options, endpoint), !first.Payload.IsEmpty) : null;
        if (key is not null && JournalReason(journal!, key, target, options) is MigrationException reason)
        {
            throw reason;
        }

        bool creates = target.Existing is null;
        MigrationPlan plan = Plan(first, target, settings, options, endpoint);
        plan = plan with
        {
            Match = match,
            Warnings =
            [
                .. plan.Warnings,
                .. creates && matches && match is null ? (string[])[QuantizationMatch.Nothing] : [],
                .. SentWarning(journal?.Content, options.JournalPath),
                .. MigrationPlanner.JournalWarnings(plan.Index, journal?.Content, options, endpoint, JournalTarget.RunOf(target.Existing)),
            ],
        };
        return new PlannedRun(plan, new IdScanResult(), journal?.Content, key, JournalTarget.RunOf(target.Existing))
        {
            RoundTrip = target.RoundTrip,
            Limit = creates ? null : WriteRateLimits.Of(target.Existing),
            Owned = creates || key is null ? null : journal?.Ours(key, JournalTarget.RunOf(target.Existing)),
            Sent = creates || key is null || journal?.Ours(key, JournalTarget.RunOf(target.Existing)) is null ? null : journal.Said?.Header?.Sent,
            Attempted = creates || key is null ? null : journal?.Attempted(key, JournalTarget.RunOf(target.Existing)),
            HidesUnoptimized = !creates && target.Existing?.HidesUnoptimized == true,
            CreatedAt = creates ? null : target.Existing?.CreatedAt,
            KeepsMetadata = target.Server!.KeepsMetadata,
        };
    }

    /// <summary>Why ids cannot be mapped as asked; null where they can.</summary>
    public static MigrationException? IdReason(MigrationOptions options) => options.IdOffset < 0 ? ExistingErrors.IdOffsetTooLarge(options.IdOffset)
        : !string.IsNullOrEmpty(options.IdNamespace) && options.IdMapping == IdMapping.Keep ? ExistingErrors.NamespaceNeedsUuids()
        : null;

    private static CollectionSettings Settings(in InputVector first, CollectionDescription? existing, MigrationOptions options, Guid runId)
    {
        Distance? wanted = options.Distance ?? Known(first.Index, existing, options);
        return options.Creation.Apply(options.Indexing.Apply(first.Index is not null
            // A script may have shortened the vectors of an index.
            ? CollectionFit.Settings(first.Index, wanted, options.VectorName, runId) with { Dimension = first.Components.Length }
            : new CollectionSettings
            {
                Dimension = first.Components.Length,
                Distance = wanted,
                VectorName = options.VectorName,
                Metadata = CollectionFit.Metadata(runId),
            })) with
        {
            HasShardKeys = options.HasShardKeys,
        };
    }

    /// <summary>An existing collection without that vector is refused by its differences, whatever the distance.</summary>
    private static Distance? Known(IndexDescription? index, CollectionDescription? existing, MigrationOptions options) =>
        index is not null ? index.Distance ?? throw PlanErrors.MetricNotSupported(index)
        : existing is null ? throw PlanErrors.DistanceMissing(options.Collection)
        : existing.Vectors.FirstOrDefault(vector => vector.Name == (options.VectorName ?? string.Empty))?.Distance;

    private static void RefuseCollection(
        in InputVector first, TargetFindings target, CollectionSettings settings, MigrationOptions options, string endpoint)
    {
        if (options is { ShardKey: not null, ShardKeyField: not null })
        {
            throw CollectionErrors.TwoShardKeys(options.Collection);
        }

        CollectionDescription? existing = target.Existing;
        if (existing is null)
        {
            if (first.Components.Length > QdrantLimits.MaxDimension)
            {
                throw PlanErrors.DimensionTooLarge(first.Components.Length, options.Collection);
            }

            return;
        }

        if (CollectionFit.WriteRefusals(existing, endpoint, options.HasShardKeys).FirstOrDefault() is MigrationException refused)
        {
            throw refused;
        }

        IReadOnlyList<string> differences = MigrationPlanner.AddsVector(target, settings, options) ? [] : CollectionFit.Differences(existing, settings);
        if (differences.Count > 0)
        {
            throw CollectionErrors.Differs(options.Collection, endpoint, differences, CollectionFit.Fitting(existing, settings), settings.VectorName);
        }
    }

    /// <summary>The key for the index of a vector; payloads come with the vectors, or not at all.</summary>
    private static JournalKey Key(string path, in InputVector first, MigrationOptions options, string endpoint)
    {
        string payload = first.Payload.IsEmpty ? JournalKey.NoPayload : JournalKey.PipelinePayload;
        return first.Index is { } index
            ? JournalKey.Of(index, payload, options.IdMapping, endpoint, options.Collection, options.VectorName)
            : throw JournalErrors.NeedsIndex(path);
    }

    private static MigrationException? JournalReason(JournalFindings journal, JournalKey key, TargetFindings target, MigrationOptions options) =>
        journal.Fault ?? SentReason(journal.Content!, options.JournalPath!)
            ?? JournalCheck.Reason(options.JournalPath!, journal.Content!, key, target.AsJournalTarget(), new HashSet<long>())
            ?? journal.PayloadReason(key, JournalTarget.RunOf(target.Existing), options, fromPipeline: true);

    /// <summary>A journal that names a record of what was sent, and has none, cannot be compared with anything.</summary>
    private static MigrationException? SentReason(JournalContent journal, string path)
    {
        if (journal is not { Acknowledged.Count: > 0, Header.Sent: Guid record })
        {
            return null;
        }

        try
        {
            using SentPoints? sent = SentPoints.Find(path, record);
            return sent is null ? JournalErrors.SentMissing(path, path + SentPoints.Suffix) : null;
        }
        catch (MigrationException fault)
        {
            return fault;
        }
    }

    private static IEnumerable<string> SentWarning(JournalContent? journal, string? path) =>
        journal is { Acknowledged.Count: > 0, Header: { Record: null } header } && (header.Sent is null || header.SentIsPartial)
            ? [$"An earlier version wrote to the journal {path} and did not record what it sent. Vectors that are acknowledged there are skipped if their ids "
                + "are those of the index. They are not compared. -Restart sends everything again."]
            : [];

    private static MigrationPlan Plan(
        in InputVector first, TargetFindings target, CollectionSettings settings, MigrationOptions options, string endpoint) => new()
        {
            Index = first.Index ?? Objects(settings),
            FromPipeline = true,
            BringsPayload = !first.Payload.IsEmpty,
            Endpoint = endpoint,
            ServerVersion = target.Server!.Version,
            Protocol = target.Server.ProtocolName,
            Collection = options.Collection,
            CreatesCollection = target.Existing is null,
            AddsVector = MigrationPlanner.AddsVector(target, settings, options),
            Settings = settings,
            PresentVectors = target.Existing?.Vectors ?? [],
            PresentBefore = target.Present,
            Offset = first.Ordinal,
            JournalPath = options.JournalPath,
            IdMapping = options.IdMapping,
            IdOffset = options.IdOffset,
            IdNamespace = options.IdNamespace,
            BatchSize = PlannedBatches.Of(0, settings.Dimension, target.RoundTrip, options.Upload).BatchSize,
            Flow = FlowControls.Describe(options.Upload),
            Indexing = options.Indexing.Mode,
            Verification = options.Verification,
            Warnings =
        [
            .. target.Server.Warnings,
            .. target.Existing is null ? [] : IndexingAdvice.ForPipeline(target.Existing, options.Indexing),
            .. MigrationPlanner.KeptWarning(target, options),
        ],
        };

    /// <summary>Objects that know no index, described as one: the metric is the one by which their collection ranks.</summary>
    private static IndexDescription Objects(CollectionSettings settings) => new()
    {
        Path = "pipeline",
        Kind = "objects",
        FourCC = string.Empty,
        Dimension = settings.Dimension,
        Count = 0,
        Metric = settings.Distance switch { Distance.Euclid => FaissMetric.L2, Distance.Manhattan => FaissMetric.L1, _ => FaissMetric.InnerProduct },
        Distance = settings.Distance,
        Fidelity = Fidelity.Exact,
        IdSource = "given",
    };
}
