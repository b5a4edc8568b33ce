using VectorMigration.Collections;
using VectorMigration.Engine;
using VectorMigration.Errors;
using VectorMigration.Feeds;
using VectorMigration.Journal;
using VectorMigration.Store;
using VectorMigration.Vectors;

namespace VectorMigration.Runs;

/// <summary>
/// Lays down what a run will do: a function of what index, journal and server were found to be and of what was asked for. Asks nothing, changes nothing.
/// Every reason for which a run can be refused before its first vector is given here.
/// </summary>
internal static class MigrationPlanner
{
    /// <summary>Plans a run.</summary>
    /// <param name="index">What the index was found to be.</param>
    /// <param name="target">What the server was found to hold.</param>
    /// <param name="journal">What the journal says; null without one.</param>
    /// <param name="options">What was asked for.</param>
    /// <param name="endpoint">The server's endpoint without secrets.</param>
    /// <param name="runId">The run that it is planned for.</param>
    /// <exception cref="MigrationException">The run is refused; the first reason. A dry run finds all of them in its plan.</exception>
    public static PlannedRun Plan(
        IndexFindings index, TargetFindings target, JournalFindings? journal, MigrationOptions options, string endpoint, Guid runId)
    {
        QuantizationMatch? match = QuantizationMatch.Of(index.Index, target.Server);
        bool matches = options.Creation is { MatchQuantization: true, Quantization: null };
        options = options with { Creation = options.Creation.Resolve(match) };
        CollectionSettings settings = Settings(index, options, runId);
        JournalKey? key = Key(index, options, endpoint);
        IReadOnlyList<MigrationError> refusals = Refusals.Of(
            IndexFit.Reasons(index, options)
                .Concat(TargetReasons(target, settings, index.Distance is not null, options, endpoint))
                .Concat(IndexFit.NormReasons(index, options))
                .Concat(JournalReasons(journal, key, target, index, options))
                .Concat(target.PlaceFaults)
                .Concat(ExistingReasons(target, options, endpoint))
                .Concat(SyncReasons(index, target, journal, options))
                .Concat(RepeatedIds.Reasons(index, target, journal, options)),
            collects: options.DryRun);
        JournalContent? said = journal?.Content;
        JournalContent? goesOn = GoesOn(said, key, options) ? said : null;
        MigrationPlan plan = Plan(index, target, settings, goesOn, options, endpoint) with
        {
            Match = match,
            Estimate = target.Server is null || (target.Existing is not null && !options.Recreate) ? null
                : StorageEstimate.Of(index.Index, index.Count - index.Ids.Duplicates, settings, index.PayloadBytes),
            Refusals = refusals,
            Warnings = [.. Warnings(index, target, goesOn, options, endpoint), .. MatchWarning(index, target, matches, options.Recreate)],
        };
        return new PlannedRun(plan, index.Ids, said, key, JournalTarget.RunOf(target.Existing))
        {
            RoundTrip = target.RoundTrip,
            IndexingMarked = !plan.CreatesCollection && DeferredIndexing.RememberedBy(target.Existing) is not null,
            Limit = plan.CreatesCollection ? null : WriteRateLimits.Of(target.Existing),
            Existing = target.Taken,
            Owned = plan.CreatesCollection || key is null ? null : journal?.Ours(key, JournalTarget.RunOf(target.Existing)),
            Attempted = plan.CreatesCollection || key is null ? null : journal?.Attempted(key, JournalTarget.RunOf(target.Existing)),
            HidesUnoptimized = !plan.CreatesCollection && target.Existing?.HidesUnoptimized == true,
            StoreIds = index.StoreIds,
            CreatedAt = plan.CreatesCollection ? null : target.Existing?.CreatedAt,
            KeepsMetadata = target.Server?.KeepsMetadata == true,
            Said = journal?.Said,
            BeginsAnew = said is not null && goesOn is null,
        };
    }

    /// <summary>Whether a run goes on with what its journal says; places in another index say nothing, and a sync takes nobody's word for anything.</summary>
    private static bool GoesOn(JournalContent? said, JournalKey? key, MigrationOptions options) => options.OnChanged switch
    {
        ChangedSource.Sync => false,
        ChangedSource.Restart => said?.Header is not { } begun || key?.HasOtherSource(begun.Key) != true,
        _ => true,
    };

    /// <summary>The settings of a collection that is made for an index.</summary>
    /// <remarks>What matches the codes of the index has to be found out before, because that depends on the server.</remarks>
    public static CollectionSettings Settings(IndexFindings index, MigrationOptions options, Guid runId) =>
        options.Creation.Apply(options.Indexing.Apply(CollectionFit.Settings(index.Index, index.Distance, options.VectorName, runId))) with
        {
            HasShardKeys = options.HasShardKeys,
        };

    /// <summary>What is worth saying of a journal that a run goes on with.</summary>
    /// <param name="index">The index.</param>
    /// <param name="journal">The journal; null for none.</param>
    /// <param name="options">What was asked for.</param>
    /// <param name="endpoint">The server.</param>
    /// <param name="collectionRun">The run id in the metadata of the collection; null where it has none, and where the server did not answer.</param>
    /// <param name="payloadPath">Full path of the payload file; null without one.</param>
    public static IEnumerable<string> JournalWarnings(
        IndexDescription index, JournalContent? journal, MigrationOptions options, string endpoint, string? collectionRun, string? payloadPath = null)
    {
        if (journal is { Acknowledged.Count: > 0, Header: { Key.Endpoint: string begunAt, CollectionRun: var run } } && begunAt != endpoint
            && collectionRun is not null && run == collectionRun)
        {
            yield return $"The journal {options.JournalPath} was begun with {begunAt}. This server is {endpoint}, and its collection is the same.";
        }

        if (options.JournalMovedFrom is string before && journal is { Acknowledged.Count: > 0 })
        {
            yield return $"The index was at {before} when the journal {options.JournalPath} was begun. Its content and the collection are the same, so the run "
                + (options.Restart ? "replaces what that journal recorded." : "resumes from that journal.");
        }

        if (journal is { Acknowledged.Count: > 0, Header: { } header } && header.IndexWrittenAt != index.Identity.LastWriteTimeUtc)
        {
            yield return $"{index.Path} was last written at {index.Identity.LastWriteTimeUtc:u}. When its journal was begun, it was {header.IndexWrittenAt:u}. "
                + "Length and samples are the same. Only a full verification compares every vector.";
        }

        if (journal is { Acknowledged.Count: > 0, Header.PayloadWrittenAt: DateTime payloadWas } && !options.Restart
            && IndexFindings.WrittenAt(payloadPath) is DateTime payloadIs && payloadIs != payloadWas)
        {
            yield return $"{payloadPath} was last written at {payloadIs:u}. When its journal was begun, it was {payloadWas:u}. "
                + "If length and samples are the same, a change is not noticed. Only a full verification compares every payload.";
        }

        if (journal is { TornBytes: > 0 })
        {
            yield return $"The last {Units.Of(journal.TornBytes, "byte", "bytes")} of the journal {options.JournalPath} are incomplete because the previous "
                + "run was killed. They are ignored. Vectors that they recorded are sent again, unless an equal point is already in the collection.";
        }
    }

    private static IEnumerable<MigrationException> TargetReasons(
        TargetFindings target, CollectionSettings wanted, bool distanceIsKnown, MigrationOptions options, string endpoint)
    {
        if (options is { ShardKey: not null, ShardKeyField: not null })
        {
            yield return CollectionErrors.TwoShardKeys(options.Collection);
        }

        if (target.RightsFault is MigrationException rights)
        {
            yield return rights;
        }

        if (target.Fault is MigrationException fault)
        {
            yield return fault;
        }
        else if (options.SliceCollection is string kept && target.Server is not null && JournalTarget.RunOf(target.Existing) != kept)
        {
            yield return PlanErrors.LeftOutIsGone(options.Collection, endpoint, target.Existing is null);
        }
        else if (options.Recreate && target.Aliases.TryGetValue(options.Collection, out string? behind))
        {
            yield return CollectionErrors.AliasIsNotDeleted(options.Collection, behind, endpoint);
        }
        else if (target.Existing is CollectionDescription existing && !options.Recreate)
        {
            // If the distance is refused already, do not report it a second time as a difference.
            CollectionVector? vector = existing.Vectors.FirstOrDefault(candidate => candidate.Name == (wanted.VectorName ?? string.Empty));
            CollectionSettings comparable = distanceIsKnown || vector is null ? wanted : wanted with { Distance = vector.Distance };

            // What is only compared is compared as the collection keeps it; nobody loses bits by that.
            comparable = options.ComparesRounded && vector?.Datatype == VectorDatatype.Float16 ? comparable with { Datatype = vector.Datatype } : comparable;
            IReadOnlyList<string> differences = AddsVector(target, wanted, options) ? [] : CollectionFit.Differences(existing, comparable);
            if (differences.Count > 0)
            {
                yield return CollectionErrors.Differs(
                    options.Collection, endpoint, differences, CollectionFit.Fitting(existing, comparable), wanted.VectorName);
            }

            foreach (MigrationException reason in options.ReadsOnly ? [] : CollectionFit.WriteRefusals(existing, endpoint, options.HasShardKeys))
            {
                yield return options.ComparesRounded ? CollectionErrors.RepairNamesNoShardKey(existing.Name, endpoint) : reason;
            }

            if (existing.HidesUnoptimized && options.Verification is (VerificationMode.Count or VerificationMode.Sample))
            {
                yield return CollectionErrors.HidesUnoptimized(options.Collection, endpoint);
            }
        }
    }

    /// <summary>A merge adds its vector to a collection that lacks it, where the server can do that.</summary>
    internal static bool AddsVector(TargetFindings target, CollectionSettings wanted, MigrationOptions options) =>
        options is { OnExisting: ExistingPoints.Merge, Recreate: false, ReadsOnly: false } && target is { Server.AddsVectors: true, Existing: not null }
            && !string.IsNullOrEmpty(wanted.VectorName) && target.Existing.Vectors.All(vector => vector.Name != wanted.VectorName);

    /// <summary>Settings that were asked for and that a collection which is there has otherwise.</summary>
    internal static IEnumerable<string> KeptWarning(TargetFindings target, MigrationOptions options) =>
        target.Existing is not null && !options.Recreate
            && KeptSettings.Warning(target.Existing, options.VectorName, options.Indexing, options.Creation) is string kept ? [kept] : [];

    private static IEnumerable<MigrationException> JournalReasons(
        JournalFindings? journal, JournalKey? key, TargetFindings target, IndexFindings index, MigrationOptions options)
    {
        ChangedIndex changedIndex = new(options.OnChanged, index.Index.Path, options.ForcePrune)
        {
            FoundPayload = index.PayloadIsFound ? index.PayloadPath : null,
            InsteadOfSync = SyncErrors.InsteadFor(options),
        };
        if (journal?.Fault is MigrationException fault)
        {
            yield return fault;
        }
        else if (journal?.ChangedPipelineReason(options, ChangedMark.IsIn(target.Existing)) is MigrationException changed)
        {
            yield return changed;
        }
        else if (journal?.Content is JournalContent content && key is not null
            && JournalCheck.Reason(options.JournalPath!, content, key, target.AsJournalTarget(), index.Ids.Superseded, changedIndex)
                is MigrationException reason)
        {
            yield return reason.ErrorId == ErrorIds.JournalDiffers && content.Header is { } other
                && target.Aliases.TryGetValue(options.Collection, out string? behind) && other.Key.Collection == behind
                    ? JournalErrors.OfAlias(options.JournalPath!, other, options.Collection, behind) : reason;
        }
        else if (journal?.PipelineReason(options) is MigrationException pipeline)
        {
            yield return pipeline;
        }
        else if (key is not null && journal?.PayloadReason(key, JournalTarget.RunOf(target.Existing), options, fromPipeline: false) is MigrationException loss)
        {
            yield return loss;
        }
        else if (key is not null && options is { Restart: true, Recreate: false, OnExisting: not ExistingPoints.Merge }
            && journal?.Begun(key, JournalTarget.RunOf(target.Existing)) is { PayloadFile: not null } begun && changedIndex.MayBeOtherPayload(begun, key))
        {
            yield return JournalErrors.OtherPayloadFound(options.JournalPath!, begun, journal.Content?.Acknowledged.Count ?? 0, changedIndex.FoundPayload!);
        }
    }

    /// <summary>What a journal belongs to; null without one.</summary>
    public static JournalKey? Key(IndexFindings index, MigrationOptions options, string endpoint) =>
        options.JournalPath is null || (index.PayloadPath is not null && index.PayloadIdentity is null) ? null
            : options.Mapping(
                JournalKey.Of(index.Index, index.PayloadIdentity, options.IdMapping, endpoint, options.Collection, options.VectorName),
                    index.PayloadPath is not null);

    private static IEnumerable<MigrationException> ExistingReasons(TargetFindings target, MigrationOptions options, string endpoint)
    {
        if (target.Rival is RunMark rival)
        {
            yield return ExistingErrors.ConcurrentRun(options.Collection, endpoint, rival);
        }

        if (target.Taken is { Plan: { Conflicts: > 0 } found } && options.OnExisting != ExistingPoints.Skip)
        {
            yield return target.Taken is { Sync: { Plan.Recorded: null, Ours: null } }
                ? SyncErrors.TakenWithoutRecord(options.Collection, endpoint, found, options.JournalPath)
                : ExistingErrors.Taken(options.Collection, endpoint, found);
        }
    }

    private static IEnumerable<MigrationException> SyncReasons(
        IndexFindings index, TargetFindings target, JournalFindings? journal, MigrationOptions options)
    {
        bool sharesPoints = target.Existing is { } there && there.Vectors.Count + there.SparseVectors.Count > 1;
        if (options.OnChanged != ChangedSource.Sync)
        {
            yield break;
        }

        if (sharesPoints && index.PayloadPath is not null)
        {
            yield return SyncErrors.SharesPayloads(options.Collection);
        }

        if (!options.Prune)
        {
            yield break;
        }

        if (sharesPoints)
        {
            yield return SyncErrors.PruneSharesPoints(options.Collection);
        }

        if (target.Taken?.Sync is not { Plan: { } found })
        {
            yield break;
        }

        if (found.Recorded is not long recorded)
        {
            // A journal that is new, or that records nothing, knows of no point that could be deleted.
            if (journal?.Said is { Acknowledged.Count: 0, Owned.Count: 0 })
            {
                yield break;
            }

            yield return SyncErrors.PruneNeedsRecord(options.Collection, options.JournalPath);
        }
        else if (!options.ForcePrune && index.Index.Count < recorded - index.Index.Count)
        {
            yield return SyncErrors.PruneSourceTooSmall(index.Index.Path, index.Index.Count, recorded, found.Vanished);
        }
    }

    private static IEnumerable<string> Warnings(
        IndexFindings index, TargetFindings target, JournalContent? journal, MigrationOptions options, string endpoint) =>
    [
        .. IndexFit.Warnings(index, options),
        .. SharedDocuments(index),
        .. target.Server?.Warnings ?? [],
        .. target.Existing is not null && !options.Recreate ? IndexingAdvice.ForMigration(target.Existing, target.Present, options.Indexing) : [],
        .. KeptWarning(target, options),
        .. IndexFit.NormWarnings(index),
        .. JournalWarnings(index.Index, journal, options, endpoint, JournalTarget.RunOf(target.Existing), index.PayloadPath),
        .. ExistingWarnings.Of(target, journal, options),
    ];

    /// <summary>Two positions of a store with one document are a fault of the store, unless its application added the document twice.</summary>
    private static IEnumerable<string> SharedDocuments(IndexFindings index) => index.Store is not { SharedVectors: > 0 and long shared } store ? [] :
    [
        $"{index.PayloadPath} names the same document for several vectors: {Units.Of(shared, "vector has", "vectors have")} the document of another vector."
            + (store.LeftOut > 0 ? $" {Units.Of(store.LeftOut, "document of the store has", "documents of the store have")} no vector and "
                + $"{(store.LeftOut == 1 ? "is" : "are")} not sent. Check that index and store were saved together." : string.Empty),
    ];

    /// <summary>An index without codes has nothing to match.</summary>
    private static IEnumerable<string> MatchWarning(IndexFindings index, TargetFindings target, bool matches, bool recreates) =>
        matches && index.Index.SearchCodes is null && (target.Existing is null || recreates)
            ? [QuantizationMatch.Nothing] : [];

    private static string[] AliasesOf(TargetFindings target, string collection) =>
        [.. target.Aliases.Where(alias => alias.Value == collection).Select(static alias => alias.Key).Order(StringComparer.Ordinal)];

    private static MigrationPlan Plan(
        IndexFindings index, TargetFindings target, CollectionSettings settings, JournalContent? journal, MigrationOptions options, string endpoint)
    {
        OrdinalSet? acknowledged = journal?.Acknowledged;
        long before = acknowledged?.CountWithin(index.Offset, index.Count) ?? 0;
        long replaced = acknowledged is null || index.Ids.Duplicates == 0 ? 0 : index.Ids.Superseded.Count(acknowledged.Contains);
        long toSend = index.Count - index.Ids.Duplicates - (before - replaced) - (target.Taken?.Held ?? 0);
        var sizes = PlannedBatches.Of(toSend, index.Index.Dimension, target.RoundTrip, options.Upload);
        bool exists = target.Existing is not null;
        return new MigrationPlan
        {
            Index = index.Index,
            Endpoint = endpoint,
            ServerVersion = target.Server?.Version ?? string.Empty,
            Protocol = target.Server?.ProtocolName ?? string.Empty,
            Collection = options.Collection,
            CreatesCollection = !exists || options.Recreate,
            RecreatesCollection = exists && options.Recreate,
            AddsVector = AddsVector(target, settings, options),
            Settings = exists && !options.Recreate ? CollectionFit.Present(target.Existing!, settings) : settings,
            PresentVectors = exists && !options.Recreate ? target.Existing!.Vectors : [],
            Lost = exists && options.Recreate
                ? RecreationLoss.Of(target.Existing!, settings, AliasesOf(target, options.Collection))
                : [],
            PresentBefore = target.Present,
            Offset = index.Offset,
            Count = index.Count,
            JournalPath = options.JournalPath,
            Acknowledged = before - replaced,
            IdMapping = options.IdMapping,
            IdOffset = options.IdOffset,
            IdNamespace = options.IdNamespace,
            Existing = target.Taken?.Plan,
            Left = target.Left,
            Sync = options.OnChanged != ChangedSource.Sync ? null
                : target.Taken?.Sync?.Plan ?? new SyncPlan { Created = toSend, Prunes = options.Prune },
            ToSend = toSend,
            BatchSize = sizes.BatchSize,
            Batches = sizes.Batches,
            Bytes = sizes.Bytes,
            Flow = FlowControls.Describe(options.Upload),
            PayloadPath = index.PayloadPath,
            PayloadIsFound = index.PayloadIsFound,
            PayloadJoin = index.PayloadPath is null || index.StoreIsUnread ? null : index.PayloadJoin ?? PayloadJoin.Describe(
                index.Index.RowOrder, index.PayloadField ?? options.PayloadKey, index.PayloadRow),
            PayloadForm = index.PayloadForm,
            PayloadMapping = index.PayloadPath is null ? null : PlanText.Mapping(options),
            Store = index.Store,
            WithoutPayload = index.Payloads.Missing,
            FirstWithoutPayload = index.Payloads.FirstMissing,
            SurplusPayload = index.Payloads.Surplus,
            IdFrom = options.IdFrom,
            IdField = options.KeptIdField,
            Indexing = options.Indexing.Mode,
            Verification = options.Verification,
        };
    }
}
