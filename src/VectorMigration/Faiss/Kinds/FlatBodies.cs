using VectorMigration.Faiss.Codecs;
using VectorMigration.Faiss.Fields;
using VectorMigration.Faiss.Input;
using VectorMigration.Faiss.Layouts;
using VectorMigration.Vectors;

namespace VectorMigration.Faiss.Kinds;

/// <summary>Indexes that keep vectors or codes in one array; ids are the positions.</summary>
internal static class FlatBodies
{
    public static void Flat(IndexParser parser, IndexNode node)
    {
        parser.Header(node);

        // Counted in units of four bytes (WRITEXBVECTOR), which is one component.
        FileSpan codes = parser.Cursor.Vector("codes", sizeof(float), parser.Product("codes", node.Count, node.Dimension));
        node.HoldsFloats();
        node.Layout = new FlatLayout(parser.Cursor.File, codes.Offset, node.Count, new FloatRows(node.Dimension));
    }

    public static void FlatPanorama(IndexParser parser, IndexNode node)
    {
        FaissCursor cursor = parser.Cursor;
        node.Dimension = parser.Dimension("d");
        int levels = (int)cursor.Size("n_levels", 1, IndexParser.MaximalDimension);
        int batch = (int)cursor.Size("batch_size", 1, int.MaxValue);
        node.Count = cursor.Size("ntotal");
        cursor.Bool("is_trained");
        VectorRows rows = PanoramaRows(parser, node.Dimension, levels, batch);
        FileSpan codes = cursor.Vector("codes", 1);
        long blocks = (node.Count / batch) + (node.Count % batch == 0 ? 0 : 1);
        if (codes.Count < parser.Product("codes", blocks, rows.Length(batch)))
        {
            throw cursor.Invalid("codes", $"{node.Count} vectors in batches of {batch}", $"{codes.Count} bytes");
        }

        cursor.Vector("cum_sums", 4);
        node.HoldsFloats();
        node.Layout = new FlatLayout(cursor.File, codes.Offset, node.Count, rows);
    }

    /// <summary>Vectors in batches, cut into levels.</summary>
    public static VectorRows PanoramaRows(IndexParser parser, int dimension, int levels, int batch) =>
        parser.Made("batch_size", () => new BlockRows(new PanoramaBlocks(dimension, levels, batch), new FlatCodec(dimension)));

    public static void Lsh(IndexParser parser, IndexNode node)
    {
        FaissCursor cursor = parser.Cursor;
        parser.Header(node);
        int bits = cursor.Int32("nbits");
        if (bits is < 1 or > IndexParser.MaximalDimension)
        {
            throw cursor.Invalid("nbits", $"1 to {IndexParser.MaximalDimension}", bits.ToString());
        }

        bool rotates = cursor.Bool("rotate_data");
        bool hasThresholds = cursor.Bool("train_thresholds");
        float[] thresholds = cursor.Array<float>("thresholds");
        long codeSize = cursor.Int32("code_size") * (node.Info.Has(KindFacts.CodeInWords) ? 8L : 1L);
        if (codeSize < (bits + 7) / 8 || codeSize > bits + 8)
        {
            throw cursor.Invalid("code_size", $"the bytes of {bits} bits", codeSize.ToString());
        }

        TransformRecord rotation = TransformFields.Parse(parser, "rrot");
        FileSpan codes = Span(parser, node, codeSize);
        bool trained = !hasThresholds || thresholds.Length > 0;
        VectorTransform? reverse = rotates && trained ? TransformFields.Chain(parser, "rrot", [rotation], node.Dimension, bits) : null;
        if (reverse?.Fidelity == Fidelity.NotRecoverable)
        {
            node.HoldsNothing("its rotation cannot be reversed, so the original vectors cannot be computed");
            return;
        }

        Hold(parser, node, codes, trained
            ? parser.Made("thresholds", () => new LshCodec(node.Dimension, bits, hasThresholds ? thresholds : [], reverse, (int)codeSize))
            : null);
    }

    public static void ProductQuantizer(IndexParser parser, IndexNode node)
    {
        FaissCursor cursor = parser.Cursor;
        parser.Header(node);
        ProductCodec codec = CodecFields.ProductQuantizer(parser, node.Dimension);
        Hold(parser, node, Span(parser, node, codec.CodeSize), codec);
        if (node.Info.Has(KindFacts.SearchSettings))
        {
            cursor.Int32("search_type");
            cursor.Bool("encode_signs");
            cursor.Int32("polysemous_ht");
        }
    }

    public static void ScalarQuantizer(IndexParser parser, IndexNode node)
    {
        parser.Header(node);
        (VectorCodec? codec, long codeSize, node.Fidelity) = CodecFields.ScalarQuantizer(parser, node.Dimension);
        FileSpan codes = Span(parser, node, codeSize);
        if (codec is { CodeSize: 0 })
        {
            node.HoldsNothing("IndexScalarQuantizer of 0 bits stores nothing of a vector");
            return;
        }

        Hold(parser, node, codes, codec);
    }

    public static void ProductQuantizerFastScan(IndexParser parser, IndexNode node)
    {
        FaissCursor cursor = parser.Cursor;
        parser.Header(node);
        ProductCodec codec = CodecFields.ProductQuantizer(parser, node.Dimension, CodecFields.PackedBits);
        cursor.Int32("implem");
        int batch = cursor.Int32("bbs");
        cursor.Int32("qbs");
        cursor.UInt64("ntotal2");
        long fields = cursor.Size("M2");
        HoldPacked(parser, node, PackedRows(parser, fields, batch, codec), codec);
    }

    /// <summary>Codes of fields of four bits, packed in blocks.</summary>
    public static VectorRows PackedRows(IndexParser parser, long fields, int batch, VectorCodec codec)
    {
        FastScanBlocks blocks = parser.Made("M2", () => new FastScanBlocks(checked((int)fields), batch));
        return blocks.CodeSize == codec.CodeSize ? new BlockRows(blocks, codec)
            : throw parser.Cursor.Invalid("M2", $"the fields of {codec.CodeSize} bytes", fields.ToString());
    }

    /// <summary>Packed codes of ntotal vectors.</summary>
    public static void HoldPacked(IndexParser parser, IndexNode node, VectorRows rows, VectorCodec codec)
    {
        FileSpan codes = parser.Cursor.Vector("codes", 1);
        if (node.Count > codes.Count || codes.Count < rows.Length(node.Count))
        {
            throw parser.Cursor.Invalid("codes", $"blocks of {node.Count} vectors", $"{codes.Count} bytes");
        }

        node.HoldsCodes(codec);
        node.Layout = new FlatLayout(parser.Cursor.File, codes.Offset, node.Count, rows);
    }

    /// <summary>A grid of centroids as a coarse quantizer: nothing is stored but its codebook.</summary>
    public static void MultiIndexQuantizer(IndexParser parser, IndexNode node)
    {
        parser.Header(node);
        HoldGrid(parser, node, CodecFields.ProductQuantizer(parser, node.Dimension));
    }

    /// <summary>Centroids whose codes are their numbers.</summary>
    public static void HoldGrid(IndexParser parser, IndexNode node, VectorCodec? codec)
    {
        if (codec is null)
        {
            return;
        }

        node.Centroids = codec.CodeSize <= sizeof(long) ? new CodedCentroids(codec, node.Count)
            : throw parser.Cursor.Invalid("nbits", "fields of 63 bits in all", $"{codec.CodeSize} bytes");
    }

    public static void TwoLayer(IndexParser parser, IndexNode node)
    {
        FaissCursor cursor = parser.Cursor;
        parser.Header(node);
        IndexNode quantizer = parser.ParseRequired("quantizer");
        cursor.Size("nlist");
        cursor.Byte("quantizer_trains_alone");
        ProductCodec residual = CodecFields.ProductQuantizer(parser, node.Dimension);
        int numberSize = (int)cursor.Size("code_size_1", 0, sizeof(long));
        cursor.Size("code_size_2", residual.CodeSize, residual.CodeSize);
        CodecFields.ExpectCodeSize(cursor, numberSize + residual.CodeSize);
        FileSpan codes = Span(parser, node, numberSize + residual.CodeSize);
        if (CoarseCentroids.Of(parser, node, quantizer, codes.Offset) is Centroids centroids)
        {
            Hold(parser, node, codes, parser.Made("quantizer", () => new TwoLayerCodec(centroids, numberSize, residual)));
        }
    }

    public static void Lattice(IndexParser parser, IndexNode node)
    {
        parser.Cursor.Ignore("lattice", 16);
        parser.Header(node);
        parser.Cursor.Vector("trained", 4);
    }

    public static void RowwiseMinMax(IndexParser parser, IndexNode node)
    {
        parser.Header(node);
        parser.ParseRequired("index");
    }

    /// <summary>Intel SVS writes a stream of its own without a length, so that only the header can be told.</summary>
    public static void Svs(IndexParser parser, IndexNode node)
    {
        parser.Header(node);
        node.EndIsKnown = false;
        node.Limitation = $"{node.Info.ClassName}, which builds of FAISS with Intel's SVS library write since {FaissReleases.Of(node.Info.FourCC)}, keeps its "
            + "vectors in a stream of that library, whose format is not published";
    }

    /// <summary>
    /// An SVS index that keeps the vectors themselves behind the stream of the library. How long that is, is written nowhere: the vectors are the end of the
    /// file, behind their count, if the index is not a part of another.
    /// </summary>
    public static void SvsWithVectors(IndexParser parser, IndexNode node)
    {
        Svs(parser, node);
        FaissCursor cursor = parser.Cursor;
        long behind = cursor.Position;
        long components = parser.Product("stored_vectors", node.Count, node.Dimension);
        long start = components > cursor.Remaining / sizeof(float) ? -1 : cursor.File.Length - (components * sizeof(float)) - sizeof(ulong);
        if (parser.IsNested || components == 0 || start < behind)
        {
            return;
        }

        cursor.Return(start);
        if (cursor.UInt64("stored_vectors") != (ulong)components)
        {
            cursor.Return(behind);
            return;
        }

        FileSpan vectors = cursor.Skip("stored_vectors", components, sizeof(float));
        node.Limitation = null;
        node.HoldsFloats();
        node.Layout = new FlatLayout(cursor.File, vectors.Offset, node.Count, new FloatRows(node.Dimension));
    }

    /// <summary>Codes of ntotal vectors.</summary>
    public static FileSpan Span(IndexParser parser, IndexNode node, long codeSize) =>
        parser.Cursor.Vector("codes", 1, parser.Product("codes", node.Count, codeSize));

    /// <summary>The codes become the vectors of a node; an untrained quantizer has none.</summary>
    public static void Hold(IndexParser parser, IndexNode node, FileSpan codes, VectorCodec? codec)
    {
        if (codec is not null)
        {
            node.HoldsCodes(codec);
        }
        else if (node.Count > 0)
        {
            throw parser.Cursor.Invalid("codes", "no codes, because the quantizer is not trained", $"those of {node.Count} vectors");
        }

        VectorRows rows = codec is null ? new FloatRows(node.Dimension) : new CodedRows(codec);
        node.Layout = new FlatLayout(parser.Cursor.File, codes.Offset, node.Count, rows);
    }
}
