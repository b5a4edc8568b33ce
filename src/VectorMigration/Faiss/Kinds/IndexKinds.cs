using System.Collections.Frozen;
using VectorMigration.Faiss.Fields;
using VectorMigration.Faiss.Input;
using VectorMigration.Vectors;

namespace VectorMigration.Faiss.Kinds;

/// <summary>All classes of FAISS that can be in a file, from v1.2.1 to 1.15.0, each with its parser (index_write.cpp, index_read.cpp).</summary>
internal static class IndexKinds
{
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
        new("Imiq", "MultiIndexQuantizer", Fidelity.NotRecoverable, FlatBodies.MultiIndexQuantizer),
        new("Ix2L", "Index2Layer", Fidelity.Approximate, FlatBodies.TwoLayer),
        new("IxLa", "IndexLattice", Fidelity.NotRecoverable, FlatBodies.Lattice),
        new("IRMf", "IndexRowwiseMinMax", Fidelity.NotRecoverable, FlatBodies.RowwiseMinMax),
        new("IRMh", "IndexRowwiseMinMaxFP16", Fidelity.NotRecoverable, FlatBodies.RowwiseMinMax),
        new("Ixrq", "IndexRaBitQ", Fidelity.Approximate, FlatBodies.RaBitQ),
        new("Ixrr", "IndexRaBitQ", Fidelity.Approximate, FlatBodies.RaBitQ, KindFacts.TellsBits),
        new("Irfn", "IndexRaBitQFastScan", Fidelity.Approximate, FlatBodies.RaBitQFastScan, KindFacts.TellsBits),
        new("Irfs", "IndexRaBitQFastScan", Fidelity.Approximate, FlatBodies.RaBitQFastScan, KindFacts.FactorsApart),
        new("IxEe", "IndexEDEN", Fidelity.Approximate, FlatBodies.Eden, KindFacts.TellsScale),
        new("IxEd", "IndexEDEN", Fidelity.Approximate, FlatBodies.Eden),
    ];

    private static IndexKind[] AdditiveAndFastScan() =>
    [
        new("IxRq", "IndexResidualQuantizer", Fidelity.Approximate, AdditiveBodies.Plain) { Quantizer = CodecFields.Residual },
        new("IxLS", "IndexLocalSearchQuantizer", Fidelity.Approximate, AdditiveBodies.Plain) { Quantizer = CodecFields.LocalSearch },
        new("IxPR", "IndexProductResidualQuantizer", Fidelity.Approximate, AdditiveBodies.Plain) { Quantizer = CodecFields.ProductResidual },
        new("IxPL", "IndexProductLocalSearchQuantizer", Fidelity.Approximate, AdditiveBodies.Plain) { Quantizer = CodecFields.ProductLocalSearch },
        new("IxRQ", "IndexResidualQuantizer", Fidelity.Approximate, AdditiveBodies.OldResidual),
        new("ImRQ", "ResidualCoarseQuantizer", Fidelity.NotRecoverable, AdditiveBodies.ResidualCoarse),
        new("IPfs", "IndexPQFastScan", Fidelity.Approximate, FlatBodies.ProductQuantizerFastScan),
        new("IRfs", "IndexResidualQuantizerFastScan", Fidelity.Approximate, AdditiveBodies.FastScan) { Quantizer = CodecFields.Residual },
        new("ILfs", "IndexLocalSearchQuantizerFastScan", Fidelity.Approximate, AdditiveBodies.FastScan) { Quantizer = CodecFields.LocalSearch },
        new("IPRf", "IndexProductResidualQuantizerFastScan", Fidelity.Approximate, AdditiveBodies.FastScan) { Quantizer = CodecFields.ProductResidual },
        new("IPLf", "IndexProductLocalSearchQuantizerFastScan", Fidelity.Approximate, AdditiveBodies.FastScan) { Quantizer = CodecFields.ProductLocalSearch },
    ];

    private static IndexKind[] Graphs() =>
    [
        new("IHNf", "IndexHNSWFlat", Fidelity.Exact, GraphBodies.HnswFlat),
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
        new("IvFl", "IndexIVFFlat", Fidelity.Exact, ListBodies.OldIvfFlat, KindFacts.CountsFloats),
        new("IvFL", "IndexIVFFlat", Fidelity.Exact, ListBodies.OldIvfFlat),
        new("IwFd", "IndexIVFFlatDedup", Fidelity.Exact, ListBodies.IvfFlatDedup),
        new("IwPn", "IndexIVFFlatPanorama", Fidelity.Exact, ListBodies.IvfFlatPanorama),
        new("IwP2", "IndexIVFFlatPanorama", Fidelity.Exact, ListBodies.IvfFlatPanorama, KindFacts.TellsBatch),
        new("IwSq", "IndexIVFScalarQuantizer", Fidelity.Approximate, ListBodies.IvfScalarQuantizer, KindFacts.TellsResidual),
        new("IwSQ", "IndexIVFScalarQuantizer", Fidelity.Approximate, ListBodies.IvfScalarQuantizer),
        new("IvSQ", "IndexIVFScalarQuantizer", Fidelity.Approximate, ListBodies.OldIvfScalarQuantizer),
        new("IwPQ", "IndexIVFPQ", Fidelity.Approximate, ListBodies.IvfProductQuantizer, KindFacts.PrecomputedTable),
        new("IwQR", "IndexIVFPQR", Fidelity.Approximate, ListBodies.IvfProductQuantizer, KindFacts.Refined | KindFacts.PrecomputedTable),
        new("IvPQ", "IndexIVFPQ", Fidelity.Approximate, ListBodies.OldIvfProductQuantizer, KindFacts.PrecomputedTable),
        new("IvQR", "IndexIVFPQR", Fidelity.Approximate, ListBodies.OldIvfProductQuantizer, KindFacts.Refined | KindFacts.PrecomputedTable),
        new("IwRQ", "IndexIVFResidualQuantizer", Fidelity.Approximate, AdditiveBodies.Inverted) { Quantizer = CodecFields.Residual },
        new("IwLS", "IndexIVFLocalSearchQuantizer", Fidelity.Approximate, AdditiveBodies.Inverted) { Quantizer = CodecFields.LocalSearch },
        new("IwPR", "IndexIVFProductResidualQuantizer", Fidelity.Approximate, AdditiveBodies.Inverted) { Quantizer = CodecFields.ProductResidual },
        new("IwPL", "IndexIVFProductLocalSearchQuantizer", Fidelity.Approximate, AdditiveBodies.Inverted) { Quantizer = CodecFields.ProductLocalSearch },
        new("IwSh", "IndexIVFSpectralHash", Fidelity.NotRecoverable, ListBodies.IvfSpectralHash),
        new("Iwrq", "IndexIVFRaBitQ", Fidelity.Approximate, ListBodies.IvfRaBitQ),
        new("Iwrr", "IndexIVFRaBitQ", Fidelity.Approximate, ListBodies.IvfRaBitQ, KindFacts.TellsBits),
        new("IwEe", "IndexIVFEDEN", Fidelity.Approximate, ListBodies.IvfEden, KindFacts.TellsScale),
        new("IwEd", "IndexIVFEDEN", Fidelity.Approximate, ListBodies.IvfEden),
    ];

    private static IndexKind[] PackedLists() =>
    [
        new("IwPf", "IndexIVFPQFastScan", Fidelity.Approximate, ListBodies.IvfProductQuantizerFastScan),
        new("IVRf", "IndexIVFResidualQuantizerFastScan", Fidelity.Approximate, AdditiveBodies.InvertedFastScan) { Quantizer = CodecFields.Residual },
        new("IVLf", "IndexIVFLocalSearchQuantizerFastScan", Fidelity.Approximate, AdditiveBodies.InvertedFastScan) { Quantizer = CodecFields.LocalSearch },
        new("NPRf", "IndexIVFProductResidualQuantizerFastScan", Fidelity.Approximate, AdditiveBodies.InvertedFastScan)
        {
            Quantizer = CodecFields.ProductResidual,
        },
        new("NPLf", "IndexIVFProductLocalSearchQuantizerFastScan", Fidelity.Approximate, AdditiveBodies.InvertedFastScan)
        {
            Quantizer = CodecFields.ProductLocalSearch,
        },
        new("Iwrn", "IndexIVFRaBitQFastScan", Fidelity.Approximate, ListBodies.IvfRaBitQFastScan, KindFacts.TellsBits),
        new("Iwrf", "IndexIVFRaBitQFastScan", Fidelity.Approximate, ListBodies.IvfRaBitQFastScan, KindFacts.FactorsApart),
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
        new("ISV2", "IndexSVSVamana", Fidelity.Exact, FlatBodies.Svs),
        new("ILVQ", "IndexSVSVamanaLVQ", Fidelity.NotRecoverable, FlatBodies.Svs),
        new("ISVL", "IndexSVSVamanaLeanVec", Fidelity.NotRecoverable, FlatBodies.Svs),
        new("ISVF", "IndexSVSFlat", Fidelity.NotRecoverable, FlatBodies.Svs),
        new("ISID", "IndexSVSIVF", Fidelity.NotRecoverable, FlatBodies.Svs),
        new("ISIL", "IndexSVSIVF", Fidelity.NotRecoverable, FlatBodies.Svs),
        new("ISIQ", "IndexSVSIVF", Fidelity.NotRecoverable, FlatBodies.Svs),
    ];
}
