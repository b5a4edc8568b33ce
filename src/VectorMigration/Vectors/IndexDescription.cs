namespace VectorMigration.Vectors;

/// <summary>
/// What an index is, read from its header fields only: the plan a source opens to, and the output of <c>Get-FaissIndex</c>.
/// </summary>
public sealed record IndexDescription
{
    /// <summary>Full path of the index file, or a name for a source that is not a file.</summary>
    public required string Path { get; init; }

    /// <summary>FAISS's class names, nested as in <c>IDMap(Flat)</c>, <c>IVFFlat</c>, <c>HNSWFlat</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>The four characters that open the file.</summary>
    public required string FourCC { get; init; }

    /// <summary>Number of components of a vector.</summary>
    public required int Dimension { get; init; }

    /// <summary>Number of vectors that the file holds.</summary>
    public required long Count { get; init; }

    /// <summary>The metric of the outermost header.</summary>
    public required FaissMetric Metric { get; init; }

    /// <summary>FAISS's metric_arg (the power of Lp); 0 for the metrics that have none.</summary>
    public float MetricArgument { get; init; }

    /// <summary>How truly the vectors come back.</summary>
    public required Fidelity Fidelity { get; init; }

    /// <summary>
    /// The codec of the vectors as users of FAISS know it (<c>SQ8</c>, <c>PQ48x8</c>, <c>RQ8x8</c>, <c>binary</c>); null where float32 vectors are stored.
    /// </summary>
    public string? Codec { get; init; }

    /// <summary>Bits that a vector takes in the file, without its id; null where that is not known.</summary>
    public long? BitsPerVector { get; init; }

    /// <summary>
    /// Greatest difference of a component from the original, if the original lay within the range of the training: half a step of a scalar quantizer.
    /// Null where the codec does not tell it.
    /// </summary>
    public float? ExpectedError { get; init; }

    /// <summary>The codes by which the index searches, also where its vectors are truer or come from another file; null where it searches by float32
    /// vectors.</summary>
    public SearchCodes? SearchCodes { get; init; }

    /// <summary>True for the indexes over bit vectors, which rank by Hamming distance.</summary>
    public bool IsBinary { get; init; }

    /// <summary>True when this version reads the vectors of this kind.</summary>
    public bool IsSupported { get; init; } = true;

    /// <summary>Why the vectors cannot be read, and what to do; null when they can.</summary>
    public string? UnsupportedReason { get; init; }

    /// <summary>Where the ids come from: <c>sequential</c>, <c>id map</c> or <c>inverted lists</c>.</summary>
    public string IdSource { get; init; } = "sequential";

    /// <summary>What tells the order in which the vectors were added, and so which row of a payload file is theirs.</summary>
    public RowOrder RowOrder { get; init; }

    /// <summary>Length of the file in bytes.</summary>
    public long Size { get; init; }

    /// <summary>Bytes after the index record; legal, said as a warning.</summary>
    public long TrailingBytes { get; init; }

    /// <summary>M of the HNSW graph, to become <c>hnsw_config.m</c>; null without a graph.</summary>
    public int? HnswM { get; init; }

    /// <summary>efConstruction of the HNSW graph, to become <c>hnsw_config.ef_construct</c>; null without a graph.</summary>
    public int? HnswEfConstruction { get; init; }

    /// <summary>Number of inverted lists; null without them.</summary>
    public long? ListCount { get; init; }

    /// <summary>The file of inverted lists that was named for it; null where none was.</summary>
    public string? ListPath { get; init; }

    /// <summary>The file that the vectors are taken from in place of the index (<c>-OriginalVectors</c>); null where they come from the index itself.</summary>
    public string? OriginalsPath { get; init; }

    /// <summary>Of a folder of files whose names have two orders, letter by letter and by their numbers: the first names in the order in which they are read.
    /// Null where both are the same.</summary>
    public string? PartOrder { get; init; }

    /// <summary>The distance the vectors would get in Qdrant; null when it has none for the metric.</summary>
    public Distance? Distance { get; init; }

    /// <summary>The datatype of Qdrant that holds the vectors to the last bit in less room than float32; Default where none does.</summary>
    public VectorDatatype Datatype { get; init; }

    /// <summary>
    /// A distance that ranks as the index does and may suit better: Cosine, where the index ranks by inner product and all sampled vectors have length 1. It
    /// is never chosen by itself. Null where there is none, or no vector was looked at.
    /// </summary>
    public Distance? ProposedDistance { get; init; }

    /// <summary>Vectors whose length was looked at for <see cref="ProposedDistance"/>; null where none was.</summary>
    public int? SampledNorms { get; init; }

    /// <summary>The quantization of Qdrant that comes nearest to the codes of the index (<c>-MatchQuantization</c>), such as <c>Product X32</c>; null where
    /// the index has none, or it was not asked for.</summary>
    public string? ProposedQuantization { get; init; }

    /// <summary>Things an operator should know that are not errors (trailing bytes, a header that disagrees with its lists).</summary>
    public IReadOnlyList<string> Warnings { get; init => field = Listed<string>.Of(value); } = Listed<string>.Empty;

    /// <summary>Where the vectors and ids lie, in storage order.</summary>
    internal IReadOnlyList<IndexRegion> Regions { get; init; } = [];

    /// <summary>What reading everything found; null until it was asked for (<c>-Scan</c>, <c>--scan</c>).</summary>
    public IndexScan? Scan { get; init; }

    /// <summary>The store that a framework keeps beside the index; null where there is none, or it was not looked for.</summary>
    public StoreDescription? Store { get; init; }

    /// <summary>Identity of the file for resuming.</summary>
    public SourceIdentity Identity { get; init; } = SourceIdentity.Objects;

    /// <inheritdoc/>
    public override string ToString() => $"{Kind} {Count} × {Dimension} {Metric} ({Path})";
}

/// <summary>What a region of an index file holds.</summary>
public enum RegionContent
{
    /// <summary>float32 components, row-major.</summary>
    Components,

    /// <summary>int64 ids.</summary>
    Ids,

    /// <summary>Codes to be decoded.</summary>
    Codes,
}

/// <summary>A run of bytes of an index file (or of the file its inverted lists lie in).</summary>
/// <param name="Content">What it holds.</param>
/// <param name="File">Full path of the file that holds it.</param>
/// <param name="Offset">Offset of its first byte.</param>
/// <param name="Length">Length in bytes.</param>
/// <param name="FirstOrdinal">Ordinal of its first vector or id.</param>
public readonly record struct IndexRegion(RegionContent Content, string File, long Offset, long Length, long FirstOrdinal);
