namespace VectorMigration.Cli.Output;

/// <summary>An index for people.</summary>
internal static class IndexSheet
{
    /// <summary>The sheet of <c>inspect</c>.</summary>
    public static Sheet Of(IndexDescription index) => new Sheet(index.Path)
        .Add("kind", $"{index.Kind}  ({index.FourCC})")
        .Add("vectors", $"{Units.Count(index.Count)} × {index.Dimension}")
        .Add("metric", index.Metric == FaissMetric.Lp ? $"Lp, p = {index.MetricArgument:0.###}" : index.Metric.ToString())
        .Add("ids", index.IdSource)
        .Add("lists", index.ListCount is long lists ? Units.Count(lists) : null)
        .Add("graph", index.HnswM is int m ? $"HNSW, M {m}, efConstruction {index.HnswEfConstruction}" : null)
        .Add("fidelity", FidelityText(index.Fidelity), index.Fidelity is Fidelity.Exact ? Tone.Good : Tone.Notice)
        .Add("file", Units.Bytes(index.Size))
        .Add("in Qdrant", Target(index), index.IsSupported && index.Distance is not null ? Tone.Good : Tone.Notice)
        .Add("not readable", index.IsSupported ? null : index.UnsupportedReason ?? "not in this version", Tone.Bad);

    private static string FidelityText(Fidelity fidelity) => fidelity switch
    {
        Fidelity.Exact => "exact: the very bits that were added",
        Fidelity.RoundingOnly => "rounding only",
        Fidelity.Approximate => "approximate: decoded from codes",
        _ => "the file does not hold the vectors",
    };

    private static string Target(IndexDescription index) => index.Distance is Distance distance
        ? $"{index.Dimension} components, distance {distance}{(index.HnswM is int m ? $", hnsw m {m}, ef_construct {index.HnswEfConstruction}" : string.Empty)}"
        : $"Qdrant has no distance for {index.Metric}; --distance names another";
}
