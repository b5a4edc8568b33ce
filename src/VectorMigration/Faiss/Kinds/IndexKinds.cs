using System.Collections.Frozen;
using VectorMigration.Faiss.Fields;
using VectorMigration.Faiss.Input;
using VectorMigration.Vectors;

namespace VectorMigration.Faiss.Kinds;

/// <summary>All classes of FAISS that can be in a file, from v1.2.1 to 1.15.0, each with its parser (index_write.cpp, index_read.cpp).</summary>
internal static class IndexKinds
{
    private const string Codec = "it is a codec for vectors that are kept elsewhere, and stores none";
    private const string Grid = "it is a coarse quantizer, which stores a codebook and no vectors";
    private const string Hash = "it stores bits of sines of the vectors, from which no vector can be computed";
    private const string OldRaBitQ = "it keeps factors apart from its codes, as only FAISS 1.13 wrote it, which is not supported";

    private static readonly FrozenDictionary<uint, IndexKind> Kinds = Table().ToFrozenDictionary(kind => FourCharacters.Of(kind.FourCC));

    /// <summary>All of them.</summary>
    public static IEnumerable<IndexKind> All => Kinds.Values;

    /// <summary>Finds a class by its code, or null.</summary>
    public static IndexKind? Find(uint code) => Kinds.GetValueOrDefault(code);

    private static IEnumerable<IndexKind> Table() =>
        [.. Plain(), .. AdditiveAndFastScan(), .. Graphs(), .. Lists(), .. PackedLists(), .. Wrappers(), .. Binary(), .. Svs()];

    private static IndexKind[] Plain() =>
    [
        new("IxF2", "IndexFlat", Fidelity.Exact, FlatBodies.Flat),
        new("IxFI", "IndexFlat", Fidelity.Exact, FlatBodies.Flat),
        new("IxFl", "IndexFlat", Fidelity.Exact, FlatBodies.Flat),
        new("IxFP", "IndexFlatL2Panorama", Fidelity.Exact, FlatBodies.FlatPanorama) { Metric = FaissMetric.L2 },
        new("IxFp", "IndexFlatIPPanorama", Fidelity.Exact, FlatBodies.FlatPanorama) { Metric = FaissMetric.InnerProduct },
        new("IxHe", "IndexLSH", Fidelity.Approximate, FlatBodies.Lsh),
        new("IxHE", "IndexLSH", Fidelity.Approximate, FlatBodies.Lsh, KindFacts.CodeInWords),
        new("IxPq", "IndexPQ", Fidelity.Approximate, FlatBodies.ProductQuantizer, KindFacts.SearchSettings),
        new("IxPo", "IndexPQ", Fidelity.Approximate, FlatBodies.ProductQuantizer, KindFacts.SearchSettings) { Metric = FaissMetric.L2 },
        new("IxPQ", "IndexPQ", Fidelity.Approximate, FlatBodies.ProductQuantizer) { Metric = FaissMetric.L2 },
        new("IxSQ", "IndexScalarQuantizer", Fidelity.Approximate, FlatBodies.ScalarQuantizer),
        new("Imiq", "MultiIndexQuantizer", Fidelity.NotRecoverable, FlatBodies.MultiIndexQuantizer) { Reason = Grid },
        new("Ix2L", "Index2Layer", Fidelity.Approximate, FlatBodies.TwoLayer),
        new("IxLa", "IndexLattice", Fidelity.NotRecoverable, FlatBodies.Lattice) { Reason = Codec },
        new("IRMf", "IndexRowwiseMinMax", Fidelity.NotRecoverable, FlatBodies.RowwiseMinMax) { Reason = Codec },
        new("IRMh", "IndexRowwiseMinMaxFP16", Fidelity.NotRecoverable, FlatBodies.RowwiseMinMax) { Reason = Codec },
        new("Ixrq", "IndexRaBitQ", Fidelity.Approximate, RotatedBodies.RaBitQ),
        new("Ixrr", "IndexRaBitQ", Fidelity.Approximate, RotatedBodies.RaBitQ, KindFacts.TellsBits),
        new("Irfn", "IndexRaBitQFastScan", Fidelity.Approximate, RotatedBodies.RaBitQFastScan, KindFacts.TellsBits),
        new("Irfs", "IndexRaBitQFastScan", Fidelity.Approximate, RotatedBodies.RaBitQFastScan, KindFacts.FactorsApart) { Reason = OldRaBitQ },
        new("IxEe", "IndexEDEN", Fidelity.Approximate, RotatedBodies.Eden, KindFacts.TellsScale),
        new("IxEd", "IndexEDEN", Fidelity.Approximate, RotatedBodies.Eden),
    ];

    private static IndexKind[] AdditiveAndFastScan() =>
    [
        new("IxRq", "IndexResidualQuantizer", Fidelity.Approximate, AdditiveBodies.Plain) { Quantizer = AdditiveFields.Residual },
        new("IxLS", "IndexLocalSearchQuantizer", Fidelity.Approximate, AdditiveBodies.Plain) { Quantizer = AdditiveFields.LocalSearch },
        new("IxPR", "IndexProductResidualQuantizer", Fidelity.Approximate, AdditiveBodies.Plain) { Quantizer = AdditiveFields.ProductResidual },
        new("IxPL", "IndexProductLocalSearchQuantizer", Fidelity.Approximate, AdditiveBodies.Plain) { Quantizer = AdditiveFields.ProductLocalSearch },
        new("IxRQ", "IndexResidualQuantizer", Fidelity.Approximate, AdditiveBodies.Plain) { Quantizer = AdditiveFields.OldResidual },
        new("ImRQ", "ResidualCoarseQuantizer", Fidelity.NotRecoverable, AdditiveBodies.ResidualCoarse) { Quantizer = AdditiveFields.Residual, Reason = Grid },
        new("IPfs", "IndexPQFastScan", Fidelity.Approximate, FlatBodies.ProductQuantizerFastScan),
        new("IRfs", "IndexResidualQuantizerFastScan", Fidelity.Approximate, AdditiveBodies.FastScan) { Quantizer = AdditiveFields.Residual },
        new("ILfs", "IndexLocalSearchQuantizerFastScan", Fidelity.Approximate, AdditiveBodies.FastScan) { Quantizer = AdditiveFields.LocalSearch },
        new("IPRf", "IndexProductResidualQuantizerFastScan", Fidelity.Approximate, AdditiveBodies.FastScan) { Quantizer = AdditiveFields.ProductResidual },
        new("IPLf", "IndexProductLocalSearchQuantizerFastScan", Fidelity.Approximate, AdditiveBodies.FastScan)
        {
            Quantizer = AdditiveFields.ProductLocalSearch,
        },
    ];

    private static IndexKind[] Graphs() =>
    [
        new("IHNf", "IndexHNSWFlat", Fidelity.Exact, GraphBodies.Hnsw),
        new("IHNp", "IndexHNSWPQ", Fidelity.Approximate, GraphBodies.Hnsw),
        new("IHNs", "IndexHNSWSQ", Fidelity.Approximate, GraphBodies.Hnsw),
        new("IHN2", "IndexHNSW2Level", Fidelity.Approximate, GraphBodies.Hnsw),
        new("IH00", "IndexHNSW", Fidelity.Approximate, GraphBodies.HnswOver),
        new("IHfP", "IndexHNSWFlatPanorama", Fidelity.Exact, GraphBodies.HnswPanorama),
        new("IHNc", "IndexHNSWCagra", Fidelity.Exact, GraphBodies.Cagra),
        new("IHc2", "IndexHNSWCagra", Fidelity.Exact, GraphBodies.Cagra, KindFacts.TellsNumericType),
        new("INSf", "IndexNSGFlat", Fidelity.Exact, GraphBodies.Nsg),
        new("INSp", "IndexNSGPQ", Fidelity.Approximate, GraphBodies.Nsg),
        new("INSs", "IndexNSGSQ", Fidelity.Approximate, GraphBodies.Nsg),
        new("INNf", "IndexNNDescentFlat", Fidelity.Exact, GraphBodies.NNDescent),
    ];

    private static IndexKind[] Lists() =>
    [
        new("IwFl", "IndexIVFFlat", Fidelity.Exact, ListBodies.IvfFlat),
        new("IvFl", "IndexIVFFlat", Fidelity.Exact, OldListBodies.IvfFlat, KindFacts.CountsFloats),
        new("IvFL", "IndexIVFFlat", Fidelity.Exact, OldListBodies.IvfFlat),
        new("IwFd", "IndexIVFFlatDedup", Fidelity.Exact, ListBodies.IvfFlatDedup),
        new("IwPn", "IndexIVFFlatPanorama", Fidelity.Exact, ListBodies.IvfFlatPanorama),
        new("IwP2", "IndexIVFFlatPanorama", Fidelity.Exact, ListBodies.IvfFlatPanorama, KindFacts.TellsBatch),
        new("IwSq", "IndexIVFScalarQuantizer", Fidelity.Approximate, ListBodies.IvfScalarQuantizer, KindFacts.TellsResidual),
        new("IwSQ", "IndexIVFScalarQuantizer", Fidelity.Approximate, ListBodies.IvfScalarQuantizer),
        new("IvSQ", "IndexIVFScalarQuantizer", Fidelity.Approximate, OldListBodies.IvfScalarQuantizer),
        new("IwPQ", "IndexIVFPQ", Fidelity.Approximate, ListBodies.IvfProductQuantizer, KindFacts.PrecomputedTable),
        new("IwQR", "IndexIVFPQR", Fidelity.Approximate, ListBodies.IvfProductQuantizer, KindFacts.Refined | KindFacts.PrecomputedTable),
        new("IvPQ", "IndexIVFPQ", Fidelity.Approximate, OldListBodies.IvfProductQuantizer, KindFacts.PrecomputedTable),
        new("IvQR", "IndexIVFPQR", Fidelity.Approximate, OldListBodies.IvfProductQuantizer, KindFacts.Refined | KindFacts.PrecomputedTable),
        new("IwRQ", "IndexIVFResidualQuantizer", Fidelity.Approximate, AdditiveBodies.Inverted) { Quantizer = AdditiveFields.Residual },
        new("IwLS", "IndexIVFLocalSearchQuantizer", Fidelity.Approximate, AdditiveBodies.Inverted) { Quantizer = AdditiveFields.LocalSearch },
        new("IwPR", "IndexIVFProductResidualQuantizer", Fidelity.Approximate, AdditiveBodies.Inverted) { Quantizer = AdditiveFields.ProductResidual },
        new("IwPL", "IndexIVFProductLocalSearchQuantizer", Fidelity.Approximate, AdditiveBodies.Inverted) { Quantizer = AdditiveFields.ProductLocalSearch },
        new("IwSh", "IndexIVFSpectralHash", Fidelity.NotRecoverable, ListBodies.IvfSpectralHash) { Reason = Hash },
        new("Iwrq", "IndexIVFRaBitQ", Fidelity.Approximate, RotatedBodies.IvfRaBitQ),
        new("Iwrr", "IndexIVFRaBitQ", Fidelity.Approximate, RotatedBodies.IvfRaBitQ, KindFacts.TellsBits),
        new("IwEe", "IndexIVFEDEN", Fidelity.Approximate, RotatedBodies.IvfEden, KindFacts.TellsScale),
        new("IwEd", "IndexIVFEDEN", Fidelity.Approximate, RotatedBodies.IvfEden),
    ];

    private static IndexKind[] PackedLists() =>
    [
        new("IwPf", "IndexIVFPQFastScan", Fidelity.Approximate, ListBodies.IvfProductQuantizerFastScan),
        new("IVRf", "IndexIVFResidualQuantizerFastScan", Fidelity.Approximate, AdditiveBodies.InvertedFastScan) { Quantizer = AdditiveFields.Residual },
        new("IVLf", "IndexIVFLocalSearchQuantizerFastScan", Fidelity.Approximate, AdditiveBodies.InvertedFastScan) { Quantizer = AdditiveFields.LocalSearch },
        new("NPRf", "IndexIVFProductResidualQuantizerFastScan", Fidelity.Approximate, AdditiveBodies.InvertedFastScan)
        {
            Quantizer = AdditiveFields.ProductResidual,
        },
        new("NPLf", "IndexIVFProductLocalSearchQuantizerFastScan", Fidelity.Approximate, AdditiveBodies.InvertedFastScan)
        {
            Quantizer = AdditiveFields.ProductLocalSearch,
        },
        new("Iwrn", "IndexIVFRaBitQFastScan", Fidelity.Approximate, RotatedBodies.IvfRaBitQFastScan, KindFacts.TellsBits),
        new("Iwrf", "IndexIVFRaBitQFastScan", Fidelity.Approximate, RotatedBodies.IvfRaBitQFastScan, KindFacts.FactorsApart) { Reason = OldRaBitQ },
    ];

    private static IndexKind[] Wrappers() =>
    [
        new("IxMp", "IndexIDMap", Fidelity.Exact, WrapperBodies.IdMap, KindFacts.IdMap),
        new("IxM2", "IndexIDMap2", Fidelity.Exact, WrapperBodies.IdMap, KindFacts.IdMap),
        new("IxPT", "IndexPreTransform", Fidelity.Exact, WrapperBodies.PreTransform),
        new("IxRF", "IndexRefine", Fidelity.Exact, WrapperBodies.Refine),
        new("IxRP", "IndexRefinePanorama", Fidelity.Exact, WrapperBodies.Refine),
        new("IwIQ", "IndexIVFIndependentQuantizer", Fidelity.Exact, WrapperBodies.IndependentQuantizer),
    ];

    private static IndexKind[] Binary() =>
    [
        new("IBxF", "IndexBinaryFlat", Fidelity.Exact, BinaryBodies.Flat),
        new("IBwF", "IndexBinaryIVF", Fidelity.Exact, BinaryBodies.Ivf),
        new("IBFf", "IndexBinaryFromFloat", Fidelity.Exact, BinaryBodies.FromFloat),
        new("IBHf", "IndexBinaryHNSW", Fidelity.Exact, BinaryBodies.Hnsw),
        new("IBHc", "IndexBinaryHNSWCagra", Fidelity.Exact, BinaryBodies.Hnsw, KindFacts.CagraSettings),
        new("IBMp", "IndexBinaryIDMap", Fidelity.Exact, BinaryBodies.IdMap),
        new("IBM2", "IndexBinaryIDMap2", Fidelity.Exact, BinaryBodies.IdMap),
        new("IBHh", "IndexBinaryHash", Fidelity.Exact, BinaryBodies.Hash),
        new("IBHm", "IndexBinaryMultiHash", Fidelity.Exact, BinaryBodies.MultiHash),
    ];

    /// <summary>ISIL and ISIQ are subclasses of IndexSVSIVF; which is which is not known here, so both bear its name.</summary>
    private static IndexKind[] Svs() =>
    [
        new("ISVD", "IndexSVSVamana", Fidelity.NotRecoverable, FlatBodies.Svs),
        new("ISV2", "IndexSVSVamana", Fidelity.Exact, FlatBodies.SvsWithVectors),
        new("ILVQ", "IndexSVSVamanaLVQ", Fidelity.NotRecoverable, FlatBodies.Svs),
        new("ISVL", "IndexSVSVamanaLeanVec", Fidelity.NotRecoverable, FlatBodies.Svs),
        new("ISVF", "IndexSVSFlat", Fidelity.NotRecoverable, FlatBodies.Svs),
        new("ISID", "IndexSVSIVF", Fidelity.NotRecoverable, FlatBodies.Svs),
        new("ISIL", "IndexSVSIVF", Fidelity.NotRecoverable, FlatBodies.Svs),
        new("ISIQ", "IndexSVSIVF", Fidelity.NotRecoverable, FlatBodies.Svs),
    ];
}
