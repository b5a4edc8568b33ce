namespace VectorMigration.Cli.Output;

/// <summary>An index for people.</summary>
internal static class IndexSheet
{
    /// <summary>The sheet of <c>inspect</c>.</summary>
    public static Sheet Of(IndexDescription index)
    {
        Sheet sheet = Header(index);
        if (index.Store is StoreDescription store)
        {
            AddStore(sheet, store);
        }

        if (index.Scan is IndexScan scan)
        {
            AddScan(sheet, scan);
        }

        return sheet;
    }

    private static Sheet Header(IndexDescription index) => new Sheet(index.Path)
        .Add("kind", index.FourCC.Length == 0 ? index.Kind : $"{index.Kind}  ({index.FourCC})")
        .Add("vectors", $"{Units.Count(index.Count)} × {index.Dimension}")
        .Add("metric", MetricText(index))
        .Add("ids", index.IdSource)
        .Add("lists", index.ListCount is long lists ? Units.Count(lists) : null)
        .Add("graph", index.HnswM is int m ? $"HNSW, M {m}, efConstruction {index.HnswEfConstruction}" : null)
        .Add("search codes", index.SearchCodes is { } codes && codes.Codec != index.Codec ? codes.ToString() : null)
        .Add("fidelity", FidelityText(index.Fidelity), index.Fidelity is Fidelity.Exact ? Tone.Good : Tone.Notice)
        .Add("codec", index.Codec is null ? null : $"{index.Codec}, {Units.Of(index.BitsPerVector ?? 0, "bit", "bits")} per vector"
            + (index.ExpectedError is float error ? $", error of a component at most {error:G3}" : string.Empty))
        .Add("file", Units.Bytes(index.Size))
        .Add("in Qdrant", Target(index), index.IsSupported && index.Distance is not null ? Tone.Good : Tone.Notice)
        .Add("quantization", index.ProposedQuantization is string match ? $"nearest in Qdrant: {match}; migrate --match-quantization creates it" : null,
            Tone.Notice)
        .Add("distance", PlanText.ProposedDistance(index), Tone.Notice)
        .Add("not readable", index.IsSupported ? null : index.UnsupportedReason ?? "not supported", Tone.Bad);

    private static void AddStore(Sheet sheet, StoreDescription store)
    {
        string generation = store.Generation is { Length: > 0 } made ? $" ({made})" : string.Empty;
        sheet.Add("store", $"{store.Framework}{generation}, {Units.Of(store.Documents, "document", "documents")}: {store.Path}")
            .Add("matched", $"{Units.Of(store.Matched, "document belongs", "documents belong")} to a vector",
                store.VectorsWithoutDocument + store.DocumentsWithoutVector == 0 ? Tone.Good : Tone.Notice)
            .Add("no document", store.VectorsWithoutDocument == 0 ? null : Units.Of(store.VectorsWithoutDocument, "vector", "vectors"), Tone.Bad)
            .Add("no vector", store.DocumentsWithoutVector == 0 ? null : Units.Of(store.DocumentsWithoutVector, "document", "documents"), Tone.Notice)
            .Add("metadata", store.Fields.Count == 0 ? "none" : string.Join(", ", store.Fields.Select(static field =>
                $"{field.Name} ({string.Join(" or ", field.Types)}, {Units.Count(field.Documents)})")))
            .Add("indexes", store.ProposedIndexes.Count == 0 ? null
                : string.Join(' ', store.ProposedIndexes.Select(static index => $"--payload-index {index}")), Tone.Notice);
    }

    private static string? MetricText(IndexDescription index) => index.Metric switch
    {
        FaissMetric.None => null,
        FaissMetric.Lp => $"Lp, p = {index.MetricArgument:0.###}",
        var metric => metric.ToString(),
    };

    private static string FidelityText(Fidelity fidelity) => fidelity switch
    {
        Fidelity.Exact => "exact: the original bits",
        Fidelity.RoundingOnly => "rounding only",
        Fidelity.Approximate => "approximate: the index does not hold the original vectors",
        _ => "the file does not contain the vectors",
    };

    private static string Target(IndexDescription index) => index.Distance is Distance distance
        ? $"{Units.Count(index.Dimension)} components, distance "
            + $"{distance}{(index.HnswM is int m ? $", hnsw m {m}, ef_construct {index.HnswEfConstruction}" : string.Empty)}"
        : index.Metric == FaissMetric.None ? $"{Units.Count(index.Dimension)} components; choose the distance with migrate --distance"
        : $"Qdrant has no distance for {index.Metric} ({Metrics.Reason(index.Metric)}); the nearest is migrate --distance "
            + Metrics.Nearest(index).ToString().ToLowerInvariant();

    private static void AddScan(Sheet sheet, IndexScan scan) => sheet
        .Add("id range", scan.LeastId is long least ? $"{least} to {scan.GreatestId}" : null)
        .Add("negative ids", Found(scan.NegativeIds, scan.FirstNegativeIds.Select(o => $"{o.Id} at position {o.Ordinal}")), Mark(scan.NegativeIds))
        .Add("repeated ids", Found(scan.DuplicateIds, scan.FirstDuplicateIds.Select(o => $"{o.Id} at position {o.Ordinal}")), Mark(scan.DuplicateIds))
        .Add("not finite", Found(scan.NonFinite, scan.FirstNonFinite.Select(o => $"{o.Value} at position {o.Ordinal} (id {o.FaissId})")), Mark(scan.NonFinite))
        .Add("zero vectors", Found(scan.ZeroNorms, scan.FirstZeroNorms.Select(o => $"position {o.Ordinal} (id {o.FaissId})")), Mark(scan.ZeroNorms))
        .Add("norms", scan.LeastNorm is double norm ? $"{norm:G6} to {scan.GreatestNorm:G6}, mean {scan.MeanNorm:G6}; {Unit(scan)}"
            : null)
        .Add(string.Empty, scan.UnitNorms == 0 && scan.Count > 0 ? "The vectors are not normalized: the distances Dot and Cosine rank them differently." : null)
        .Add("read in", Units.Time(scan.Duration));

    private static string Unit(IndexScan scan) => scan.UnitNorms == 0 ? "no vector has length 1"
        : scan.UnitNorms == scan.Count ? "all vectors have length 1" : $"{Units.Of(scan.UnitNorms, "vector has", "vectors have")} length 1";

    private static string Found(long count, IEnumerable<string> first) =>
        count == 0 ? "none" : $"{Units.Count(count)}: {string.Join(", ", first.Take(3))}{(count > 3 ? ", …" : string.Empty)}";

    private static Tone Mark(long count) => count == 0 ? Tone.Good : Tone.Bad;
}
