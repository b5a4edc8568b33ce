using VectorMigration.Faiss.Codecs;
using VectorMigration.Faiss.Input;

namespace VectorMigration.Faiss.Fields;

/// <summary>A VectorTransform as its fields say it. Its inverse is made when the dimensions around it are known to fit: that may cost much memory.</summary>
/// <param name="Name">As users of FAISS know it.</param>
/// <param name="InputDimension">Components before it.</param>
/// <param name="OutputDimension">Components after it.</param>
/// <param name="Make">Makes the inverse.</param>
internal sealed record TransformRecord(string Name, int InputDimension, int OutputDimension, Func<VectorTransform> Make);

/// <summary>The fields of vector transforms (read_VectorTransform).</summary>
internal static class TransformFields
{
    private static readonly string[] Codes = ["rrot", "LTra", "Pcam", "PcAm", "PCAm", "Viqm", "Viqt", "RmDT", "VNrm", "VCnt", "HRot"];

    /// <summary>True for the code of a transform, which FAISS can also write to a file of its own.</summary>
    public static bool IsTransform(uint code) => Codes.Any(text => FourCharacters.Of(text) == code);

    /// <summary>Parses one transform.</summary>
    public static TransformRecord Parse(IndexParser parser, string field)
    {
        FaissCursor cursor = parser.Cursor;
        parser.Enter(field);
        uint code = cursor.Code(field);
        string text = FourCharacters.Text(code);
        TransformRecord transform = text switch
        {
            "rrot" or "LTra" or "Pcam" or "PcAm" or "PCAm" or "Viqm" => Linear(cursor, text),
            "RmDT" => Remap(cursor),
            "VNrm" => Normalization(cursor),
            "VCnt" => Centering(cursor),
            "HRot" => Hadamard(cursor),
            "Viqt" => Itq(parser),
            _ => throw cursor.Invalid(field, "the four-character code of a VectorTransform", $"'{text}'"),
        };
        parser.Leave();
        return transform;
    }

    /// <summary>The inverse of transforms that follow each other and lead from <paramref name="input"/> to <paramref name="output"/> components.</summary>
    public static VectorTransform Chain(IndexParser parser, string field, IReadOnlyList<TransformRecord> transforms, int input, int output)
    {
        int dimension = input;
        foreach (TransformRecord transform in transforms)
        {
            if (transform.InputDimension != dimension)
            {
                throw parser.Cursor.Invalid(field, $"a transform of {dimension} components", $"one of {transform.InputDimension}");
            }

            dimension = transform.OutputDimension;
        }

        return dimension == output
            ? parser.Made(field, () => new TransformChain([.. transforms.Select(static transform => transform.Make())]))
            : throw parser.Cursor.Invalid(field, $"transforms to {output} components", $"to {dimension}");
    }

    private static TransformRecord Linear(FaissCursor cursor, string code)
    {
        if (code is "Pcam" or "PcAm" or "PCAm")
        {
            cursor.Single("eigen_power");
            cursor.Ignore("epsilon", code == "Pcam" ? 4 : 0);
            cursor.Bool("random_rotation");
            cursor.Ignore("balanced_bins", code == "PCAm" ? 0 : 4);
            cursor.Vector("mean", 4);
            cursor.Vector("eigenvalues", 4);
            cursor.Vector("PCAMat", 4);
        }
        else if (code == "Viqm")
        {
            cursor.Ignore("max_iter", 8);
        }

        bool hasBias = cursor.Bool("have_bias");
        float[] matrix = cursor.Array<float>("A");
        float[] bias = cursor.Array<float>("b");
        (int input, int output) = Dimensions(cursor);
        string name = code switch { "rrot" => "RandomRotation", "LTra" => "Linear", "Viqm" => "ITQ", _ => "PCA" };
        if (matrix.Length == 0)
        {
            // Not trained, so nothing was transformed by it.
            return new TransformRecord(name, input, output, () => new IrreversibleTransform(name, input, output));
        }

        return matrix.Length == (long)input * output && (!hasBias || bias.Length == output)
            ? new TransformRecord(name, input, output, () => new LinearReverse(name, input, output, matrix, hasBias ? bias : []))
            : throw cursor.Invalid("A", $"{output} × {input} elements, and {output} in b", $"{matrix.Length} and {bias.Length}");
    }

    private static TransformRecord Remap(FaissCursor cursor)
    {
        int[] map = cursor.Array<int>("map");
        (int input, int output) = Dimensions(cursor);
        if (map.Length != output)
        {
            throw cursor.Invalid("map", $"{output} elements", map.Length.ToString());
        }

        int outside = System.Array.FindIndex(map, from => from < -1 || from >= input);
        return outside < 0
            ? new TransformRecord("RemapDimensions", input, output, () => new RemapTransform(input, map))
            : throw cursor.Invalid("map", $"-1 to {input - 1}", map[outside].ToString());
    }

    private static TransformRecord Normalization(FaissCursor cursor)
    {
        cursor.Single("norm");
        int dimension = SameDimension(cursor);
        return new TransformRecord("Normalization", dimension, dimension, () => new NormalizationTransform(dimension));
    }

    private static TransformRecord Centering(FaissCursor cursor)
    {
        float[] mean = cursor.Array<float>("mean");
        int dimension = SameDimension(cursor);
        return mean.Length == 0 ? new TransformRecord("Centering", dimension, dimension, () => new IrreversibleTransform("Centering", dimension, dimension))
            : mean.Length == dimension ? new TransformRecord("Centering", dimension, dimension, () => new CenteringTransform(mean))
            : throw cursor.Invalid("mean", $"{dimension} elements", mean.Length.ToString());
    }

    private static TransformRecord Hadamard(FaissCursor cursor)
    {
        uint seed = cursor.Code("seed");
        (int input, int output) = Dimensions(cursor);
        return new TransformRecord("HadamardRotation", input, output, () => new HadamardReverse(input, output, seed));
    }

    /// <summary>ITQTransform normalises and takes signs: nothing of it can be undone.</summary>
    private static TransformRecord Itq(IndexParser parser)
    {
        FaissCursor cursor = parser.Cursor;
        cursor.Vector("mean", 4);
        cursor.Bool("do_pca");
        Parse(parser, "itq");
        Parse(parser, "pca_then_itq");
        (int input, int output) = Dimensions(cursor);
        return new TransformRecord("ITQTransform", input, output, () => new IrreversibleTransform("ITQTransform", input, output));
    }

    private static int SameDimension(FaissCursor cursor)
    {
        (int input, int output) = Dimensions(cursor);
        return input == output ? input : throw cursor.Invalid("d_out", input.ToString(), output.ToString());
    }

    private static (int Input, int Output) Dimensions(FaissCursor cursor)
    {
        int input = Dimension(cursor, "d_in");
        int output = Dimension(cursor, "d_out");
        cursor.Bool("is_trained");
        return (input, output);
    }

    private static int Dimension(FaissCursor cursor, string field)
    {
        int value = cursor.Int32(field);
        return value is >= 0 and <= IndexParser.MaximalDimension ? value
            : throw cursor.Invalid(field, $"0 to {IndexParser.MaximalDimension}", value.ToString());
    }
}
