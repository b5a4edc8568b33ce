using VectorMigration.Faiss.Codecs;
using VectorMigration.Faiss.Layouts;
using VectorMigration.Vectors;

namespace VectorMigration.Faiss.Fields;

/// <summary>One index of a file, with those that lie in it.</summary>
internal sealed class IndexNode(IndexKind info)
{
    public IndexKind Info { get; } = info;

    /// <summary>Name with the nested ones, as in <c>IDMap(Flat)</c>.</summary>
    public string Kind { get; set; } = info.ShortName;

    public int Dimension { get; set; }

    /// <summary>ntotal of the header, replaced by what the storage holds where that is known better.</summary>
    public long Count { get; set; }

    public FaissMetric Metric { get; set; } = info.Metric ?? FaissMetric.L2;

    public float MetricArgument { get; set; }

    public Fidelity Fidelity { get; set; } = info.Fidelity;

    public string IdSource { get; set; } = VectorLayout.SequentialIds;

    /// <summary>What tells the order of adding.</summary>
    public RowOrder RowOrder { get; set; }

    /// <summary>Where vectors and ids lie, when this version can read them.</summary>
    public VectorLayout? Layout { get; set; }

    /// <summary>The codec of its vectors, as users of FAISS know it; null where the vectors themselves are stored.</summary>
    public string? Codec { get; private set; }

    /// <summary>Bits that a vector takes, without its id.</summary>
    public long? BitsPerVector { get; private set; }

    /// <summary>The codes that searches compare; null where they compare the vectors themselves.</summary>
    public SearchCodes? SearchCodes { get; set; }

    /// <summary>Greatest difference of a component from the original, where the codec's own numbers tell it.</summary>
    public float? ExpectedError { get; set; }

    /// <summary>The centroids of a coarse quantizer that stores no vectors, but computes them; null elsewhere.</summary>
    public Centroids? Centroids { get; set; }

    /// <summary>Why the vectors cannot be read, where the class alone does not say it.</summary>
    public string? Limitation { get; set; } = info.Reason;

    /// <summary>The index whose vectors these are: storage of a graph, inner of a wrapper.</summary>
    public IndexNode? Inner { get; private set; }

    public int? HnswM { get; set; }

    public int? HnswEfConstruction { get; set; }

    public long? ListCount { get; set; }

    /// <summary>False where FAISS wrote no length, so that the end of the record is not known.</summary>
    public bool EndIsKnown { get; set; } = true;

    public List<string> Warnings { get; } = [];

    /// <summary>The ids lie in inverted lists, which keep neither an order of ids nor that of adding.</summary>
    public void IdsLieInLists()
    {
        IdSource = VectorLayout.IdsInLists;
        RowOrder = RowOrder.Id;
    }

    /// <summary>The ids lie in a map over the index that this node took its vectors from: what that one calls its vectors is their row.</summary>
    public void IdsLieInMap()
    {
        IdSource = VectorLayout.IdsInMap;
        RowOrder = RowOrder == RowOrder.Position ? RowOrder.Position : RowOrder.InnerId;
    }

    /// <summary>The vectors are stored as codes.</summary>
    public void HoldsCodes(VectorCodec codec)
    {
        Codec = codec.Name;
        BitsPerVector = 8L * codec.CodeSize;
        SearchCodes = codec.Family is CodecFamily family ? new SearchCodes(codec.Name, family, codec.ComponentBits) : null;
        ExpectedError = codec.ExpectedError;
    }

    /// <summary>The vectors themselves are stored.</summary>
    public void HoldsFloats() => BitsPerVector = 32L * Dimension;

    /// <summary>A second quantizer refines the first.</summary>
    public void RefinedBy(VectorCodec codec)
    {
        Codec = $"{Codec}+{codec.Name}";
        BitsPerVector += 8L * codec.CodeSize;
        ExpectedError = null;
    }

    /// <summary>The file does not hold the vectors in any form that they could be computed from.</summary>
    public void HoldsNothing(string why)
    {
        Fidelity = Fidelity.NotRecoverable;
        Limitation = why;
        Layout = null;
    }

    /// <summary>Makes <paramref name="inner"/> the index that this one's vectors, ids and count come from.</summary>
    public void TakeFrom(IndexNode inner)
    {
        Inner = inner;
        Count = inner.Count;
        Fidelity = inner.Fidelity;
        IdSource = inner.IdSource;
        RowOrder = inner.RowOrder;
        Limitation = inner.Limitation;
        Layout = inner.Layout;
        Centroids = inner.Centroids;
        Codec = inner.Codec;
        SearchCodes = inner.SearchCodes;
        BitsPerVector = inner.BitsPerVector;
        ExpectedError = inner.ExpectedError;
        HnswM ??= inner.HnswM;
        HnswEfConstruction ??= inner.HnswEfConstruction;
        ListCount ??= inner.ListCount;
        EndIsKnown &= inner.EndIsKnown;
        Warnings.AddRange(inner.Warnings);
    }
}
