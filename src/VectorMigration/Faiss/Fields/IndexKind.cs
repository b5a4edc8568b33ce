using VectorMigration.Vectors;

namespace VectorMigration.Faiss.Fields;

/// <summary>Reads the fields that follow a class's four characters into its node.</summary>
internal delegate void IndexBody(IndexParser parser, IndexNode node);

/// <summary>Reads the fields of an additive quantizer.</summary>
internal delegate AdditiveFields AdditiveReader(IndexParser parser, int dimension);

/// <summary>What the four characters of a kind decide about the fields behind them.</summary>
[Flags]
internal enum KindFacts
{
    /// <summary>Nothing besides the body.</summary>
    None = 0,

    /// <summary>Settings of the search follow the codes.</summary>
    SearchSettings = 1,

    /// <summary>The length of a code counts words of eight bytes.</summary>
    CodeInWords = 1 << 1,

    /// <summary>RaBitQ tells its bits (nb_bits).</summary>
    TellsBits = 1 << 2,

    /// <summary>Vectors of factors lie beside the codes, in one of two layouts.</summary>
    FactorsApart = 1 << 3,

    /// <summary>EDEN tells how it scales.</summary>
    TellsScale = 1 << 4,

    /// <summary>A field says whether vectors are floats or halves.</summary>
    TellsNumericType = 1 << 5,

    /// <summary>Three settings of CAGRA come before the graph.</summary>
    CagraSettings = 1 << 6,

    /// <summary>Lists of vectors are counted in floats instead of bytes.</summary>
    CountsFloats = 1 << 7,

    /// <summary>Panorama tells the size of its batches.</summary>
    TellsBatch = 1 << 8,

    /// <summary>A field says whether codes are of residuals.</summary>
    TellsResidual = 1 << 9,

    /// <summary>A second quantizer refines what the first leaves over.</summary>
    Refined = 1 << 10,

    /// <summary>Within an IndependentQuantizer, a field about its tables follows.</summary>
    PrecomputedTable = 1 << 11,

    /// <summary>A map of ids over another index, and nothing more.</summary>
    IdMap = 1 << 12,
}

/// <summary>A class of FAISS, by the four characters it is written with; all that these decide.</summary>
/// <param name="FourCC">The four characters.</param>
/// <param name="ClassName">FAISS's class name.</param>
/// <param name="Fidelity">How truly its vectors come back, unless its fields say otherwise.</param>
/// <param name="Body">Parser of its fields.</param>
/// <param name="Facts">What differs from the other kinds with that body.</param>
internal sealed record IndexKind(string FourCC, string ClassName, Fidelity Fidelity, IndexBody Body, KindFacts Facts = KindFacts.None)
{
    /// <summary>The metric that the kind implies; null where its header tells it.</summary>
    public FaissMetric? Metric { get; init; }

    /// <summary>Why its vectors cannot be read; null where they can, or the fields say it.</summary>
    public string? Reason { get; init; }

    /// <summary>Reads the quantizer, where kinds share a body and differ by it.</summary>
    public AdditiveReader? Quantizer { get; init; }

    /// <summary>True for the classes over bit vectors.</summary>
    public bool IsBinary => FourCC.StartsWith("IB", StringComparison.Ordinal);

    /// <summary>The class name as descriptions show it.</summary>
    public string ShortName => ClassName.StartsWith("Index", StringComparison.Ordinal) ? ClassName["Index".Length..] : ClassName;

    /// <summary>True where the kind has all of <paramref name="facts"/>.</summary>
    public bool Has(KindFacts facts) => (Facts & facts) == facts;
}
