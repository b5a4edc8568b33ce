using VectorMigration.Engine;
using VectorMigration.Errors;
using VectorMigration.Faiss.Input;
using VectorMigration.Feeds;
using VectorMigration.Store;
using VectorMigration.Vectors;

namespace VectorMigration.Runs;

/// <summary>
/// What follows from what an index was found to be: for which reasons a run is refused, and what is worth a warning. Asks nothing, changes nothing.
/// </summary>
internal static class IndexFit
{
    /// <summary>Ids that a warning names.</summary>
    private const int MostNamed = 10;

    /// <summary>The reasons, in the order in which they are told; none where the index can be migrated as asked.</summary>
    public static IEnumerable<MigrationException> Reasons(IndexFindings found, MigrationOptions options) =>
        OfHeader(found, options).Concat(OfRange(found, options)).Concat(OfIds(found, options)).Concat(OfPayload(found, options));

    /// <summary>The reasons that only the norms of the vectors tell.</summary>
    public static IEnumerable<MigrationException> NormReasons(IndexFindings found, MigrationOptions options)
    {
        if (found.NormsFault is MigrationException fault)
        {
            yield return fault;
        }
        else if (found is { NonUnitNorm: NonUnitNorm odd, Index.Metric: FaissMetric.InnerProduct })
        {
            yield return PlanErrors.NormsNotUnit(found.Index, odd.Ordinal, odd.FaissId, odd.Norm);
        }
        else if (found.NonUnitNorm is NonUnitNorm lost && CosineNorm.IsLost(lost.Norm) && !options.SkipInvalid)
        {
            // The first vector that is not of unit length is known. Others are found with their batches.
            yield return FeedErrors.NormLost(found.Index, new VectorOccurrence(lost.Ordinal, lost.FaissId, lost.Norm), others: 0, wasBatch: false);
        }
    }

    /// <summary>What is worth saying of index, ids and payloads.</summary>
    public static IEnumerable<string> Warnings(IndexFindings found, MigrationOptions options)
    {
        IndexDescription index = found.Index;
        foreach (string warning in index.Warnings)
        {
            yield return warning;
        }

        if (index.Fidelity != Fidelity.Exact)
        {
            string how = index.Fidelity == Fidelity.RoundingOnly ? "have rounding differences"
                : index.Codec is null ? "are what a transform left of the originals" : "are decoded and only close to the originals";
            yield return $"Vectors read from {index.OriginalsPath ?? index.Kind} {how}.";
        }

        if (DistanceWarning(index, options.Distance) is string other)
        {
            yield return other;
        }

        if (found.Ids.Duplicates > 0 && options.AllowDuplicateIds)
        {
            yield return $"{Units.Of(found.Ids.Duplicates, "vector is", "vectors are")} skipped because a later vector has the same id.";
        }

        if (index is { Count: 0, IsSupported: true })
        {
            yield return $"{index.Path} is empty: it contains no vectors{(index.ListCount is null ? string.Empty : " (trained, but nothing was added)")}.";
        }

        if (found is { PayloadPath: string path, PayloadFaults.Count: 0, Index.Count: > 0 }
            && options.PayloadMapping?.Unseen.ToArray() is { Length: > 0 } unseen)
        {
            yield return $"No payload of {path} has {(unseen.Length == 1 ? "the field" : "the fields")} {string.Join(", ", unseen.Take(MostNamed))}"
                + $"{(unseen.Length > MostNamed ? ", …" : string.Empty)}, which the mapping names.";
        }

        if (found.Store?.Framework == "Haystack" && options.IdMapping == IdMapping.Uuid5)
        {
            yield return OptionNames.Here("-IdMapping Uuid5 adds a field to each payload, and Haystack does not read documents with a field that it does not "
                + "know. If Haystack reads the collection, use -IdMapping Keep.");
        }

        if (index.PartOrder is string order)
        {
            yield return PayloadJoinErrors.PartOrderNote(index, order);
        }

        foreach (string note in options.SourceNotes)
        {
            yield return note;
        }

        if (found.Payloads.Doubt is string doubt)
        {
            yield return doubt;
        }

        if (found.Payloads is { Missing: > 0 } payloads)
        {
            string becomes = options.OnMissingPayload == MissingPayload.Skip ? "skipped" : "sent without a payload";
            string first = string.Join(", ", payloads.FirstMissing.Take(MostNamed).Select(static missing => missing.Id));
            string more = payloads.Missing > MostNamed ? ", …" : string.Empty;
            yield return $"{found.PayloadPath} has no entry for {Units.Of(payloads.Missing, "vector", "vectors")}, {becomes}: id {first}{more}.";
        }

        if (found.Payloads is { Surplus: > 0 } ignored)
        {
            yield return PayloadJoinErrors.SurplusNote(found.PayloadPath!, found.PayloadRow, ignored);
        }
    }

    /// <summary>Bits rank alike by Euclid and Manhattan in both forms, and as 1 and -1 by Dot and Cosine too.</summary>
    private static string? DistanceWarning(IndexDescription index, Distance? distance) => distance is not Distance asked || asked == index.Distance
        || index.Metric == FaissMetric.None ? null
        : !index.IsBinary ? $"The index ranks by {index.Metric}. The collection will rank by {asked}, as requested."
        : index.Datatype == VectorDatatype.Uint8 && asked is Distance.Dot or Distance.Cosine
            ? $"The index ranks by Hamming distance. The collection will rank by {asked}, as requested." : null;

    /// <summary>What is worth saying of norms that Qdrant will change.</summary>
    public static IEnumerable<string> NormWarnings(IndexFindings found)
    {
        if (found.NonUnitNorm is NonUnitNorm odd && found.Index.Metric != FaissMetric.InnerProduct)
        {
            yield return $"With Cosine, Qdrant stores normalised vectors. Vector {odd.Ordinal} has norm {odd.Norm:G6}, "
                + "so the original values cannot be read back.";
        }
    }

    private static IEnumerable<MigrationException> OfHeader(IndexFindings found, MigrationOptions options)
    {
        IndexDescription index = found.Index;
        if (CollectionNames.Refusal(options.Collection) is MigrationException name)
        {
            yield return name;
        }

        if (!index.IsSupported)
        {
            // If the index cannot be read at all, its codes are not reported as a second reason.
            yield return FaissErrors.Unsupported(index);
        }
        else if (index.Fidelity == Fidelity.Approximate && !options.AllowDecoded)
        {
            yield return FaissErrors.NotExact(index);
        }

        if (index.Dimension > QdrantLimits.MaxDimension)
        {
            yield return PlanErrors.DimensionTooLarge(index);
        }

        if (FaultOf(() => FlowControls.Check(options.Upload)) is MigrationException pace)
        {
            yield return pace;
        }

        if (found.Distance is null)
        {
            yield return PlanErrors.MetricNotSupported(index);
        }
    }

    private static IEnumerable<MigrationException> OfRange(IndexFindings found, MigrationOptions options)
    {
        if (MergeReason(options) is MigrationException merge)
        {
            yield return merge;
        }

        if (SyncReason(options) is MigrationException sync)
        {
            yield return sync;
        }

        if (options.Offset < 0 || (options.Offset > 0 && options.Offset >= found.Index.Count))
        {
            yield return PlanErrors.OffsetBeyondEnd(found.Index, options.Offset);
        }
        else if (FaultOf(() => CommonErrors.RequireRange("-First", options.Limit ?? 0, 0, long.MaxValue)) is MigrationException limit)
        {
            yield return limit;
        }
    }

    private static IEnumerable<MigrationException> OfIds(IndexFindings found, MigrationOptions options)
    {
        if (found.IdsFault is MigrationException fault)
        {
            yield return fault;
        }

        if (options is { IdFrom: IdOrigin.StoreId, IdOffset: not 0 })
        {
            yield return StoreIdErrors.TakesNoOffset();
        }
        else if (options.IdOffset < 0 || (Int128)found.Ids.Greatest + options.IdOffset > long.MaxValue)
        {
            yield return ExistingErrors.IdOffsetTooLarge(options.IdOffset);
        }

        if (!string.IsNullOrEmpty(options.IdNamespace) && options.IdMapping == IdMapping.Keep)
        {
            yield return ExistingErrors.NamespaceNeedsUuids();
        }

        if (found.Ids.Negatives > 0 && options is { IdFrom: IdOrigin.FaissId, IdMapping: IdMapping.Keep } && (Int128)found.Ids.Least + options.IdOffset < 0)
        {
            yield return PlanErrors.NegativeIds(found.Index, found.Ids);
        }

        if (found.Ids.Duplicates > 0 && !options.AllowDuplicateIds)
        {
            yield return PlanErrors.DuplicateIds(found.Index, found.Ids);
        }
    }

    private static IEnumerable<MigrationException> OfPayload(IndexFindings found, MigrationOptions options)
    {
        if (options is { OnExisting: ExistingPoints.Merge, MergePayload: false, IdFrom: IdOrigin.FaissId } && found.PayloadPath is string merged)
        {
            yield return ExistingErrors.MergeTakesNoPayload(merged);
        }

        foreach (MigrationException fault in found.PayloadFaults)
        {
            yield return fault;
        }
    }

    /// <summary>Why a merge is none, as far as the options tell; null where they do not.</summary>
    public static MigrationException? MergeReason(MigrationOptions options) => options.OnExisting != ExistingPoints.Merge
        ? options.AddAbsent ? ExistingErrors.AddAbsentNeedsMerge() : options.MergePayload ? ExistingErrors.MergePayloadNeedsMerge() : null
        : string.IsNullOrEmpty(options.VectorName) ? ExistingErrors.MergeNeedsName() : null;

    /// <summary>Why a sync is none, as far as the options tell; null where they do not.</summary>
    private static MigrationException? SyncReason(MigrationOptions options) => options switch
    {
        { OnChanged: not ChangedSource.Sync } => options.Prune ? SyncErrors.PruneNeedsSync() : null,
        { Recreate: true } => SyncErrors.Unsupported("compares the index with a collection, but -Recreate deletes it first", "Omit one of them."),
        { Restart: true } => SyncErrors.Unsupported("sends only what differs, but -Restart sends everything again", "Omit one of them."),
        { OnExisting: ExistingPoints.Merge } => SyncErrors.Unsupported(
            "updates points that this migration wrote, but -OnExisting Merge adds a vector to other points",
            $"Omit one of them. {SyncErrors.InsteadFor(options)}"),
        { ShardKeyField: not null } => SyncErrors.Unsupported(
            "does not apply with -ShardKeyField: a point whose field changed belongs to another shard, and its old copy would stay",
            SyncErrors.InsteadFor(options)!),
        { IdFrom: IdOrigin.StoreId } => SyncErrors.Unsupported(
            "compares by the ids of the index, but -IdFrom StoreId uses the ids of the store",
            "Use -OnChanged Refuse. If the store changes later, migrate it to a new collection, verify that one, and use it instead. To keep one collection "
                + "up to date, migrate to a new collection without -IdFrom, and sync that one."),
        _ => null,
    };

    private static MigrationException? FaultOf(Action check)
    {
        try
        {
            check();
            return null;
        }
        catch (MigrationException fault)
        {
            return fault;
        }
    }
}
