using System.Collections;
using System.Runtime.InteropServices;
using VectorMigration.Faiss.Input;
using VectorMigration.Vectors;

namespace VectorMigration.Faiss.Fields;

/// <summary>What a VectorTransform is and how truly it can be undone.</summary>
internal readonly record struct TransformSummary(string Name, Fidelity Fidelity);

/// <summary>The fields of vector transforms (read_VectorTransform).</summary>
internal static class TransformFields
{
    private static readonly string[] Codes = ["rrot", "LTra", "Pcam", "PcAm", "PCAm", "Viqm", "Viqt", "RmDT", "VNrm", "VCnt", "HRot"];

    /// <summary>True for the code of a transform, which FAISS can also write to a file of its own.</summary>
    public static bool IsTransform(uint code) => Codes.Any(text => FourCharacters.Of(text) == code);

    /// <summary>Parses one transform.</summary>
    public static TransformSummary Parse(IndexParser parser, string field)
    {
        FaissCursor cursor = parser.Cursor;
        parser.Enter(field);
        uint code = cursor.Code(field);
        string text = FourCharacters.Text(code);
        TransformSummary summary = text switch
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
        return summary;
    }

    private static TransformSummary Linear(FaissCursor cursor, string code)
    {
        float eigenPower = 0f;
        if (code is "Pcam" or "PcAm" or "PCAm")
        {
            eigenPower = cursor.Single("eigen_power");
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

        cursor.Bool("have_bias");
        FileSpan matrix = cursor.Vector("A", 4);
        cursor.Vector("b", 4);
        (int input, int output) = Dimensions(cursor);
        string name = code switch { "rrot" => "RandomRotation", "LTra" => "Linear", "Viqm" => "ITQ", _ => "PCA" };
        bool orthonormal = eigenPower == 0f && (code != "LTra" || (input == output && LooksOrthonormal(cursor.File, matrix, input)));
        return new TransformSummary(name, orthonormal && output >= input ? Fidelity.RoundingOnly : Fidelity.Approximate);
    }

    /// <summary>
    /// OPQ is written as a plain LinearTransform, and so is any other matrix: FAISS's reader takes all of them for rotations.
    /// A rotation shows in any of its rows, so sixteen are looked at.
    /// </summary>
    private static bool LooksOrthonormal(FaissFile file, FileSpan matrix, int dimension)
    {
        if (dimension == 0 || matrix.Count != (long)dimension * dimension)
        {
            return false;
        }

        int sampled = Math.Min(16, dimension);
        float[] rows = new float[sampled * dimension];
        for (int i = 0; i < sampled; i++)
        {
            long row = (long)i * dimension / sampled;
            file.ReadExactly(matrix.Offset + (row * dimension * 4), MemoryMarshal.AsBytes(rows.AsSpan(i * dimension, dimension)));
        }

        for (int i = 0; i < sampled; i++)
        {
            for (int j = 0; j <= i; j++)
            {
                double dot = 0;
                for (int k = 0; k < dimension; k++)
                {
                    dot += (double)rows[(i * dimension) + k] * rows[(j * dimension) + k];
                }

                if (!(Math.Abs(dot - (i == j ? 1 : 0)) < 1e-3))
                {
                    return false;
                }
            }
        }

        return true;
    }

    private static TransformSummary Remap(FaissCursor cursor)
    {
        FileSpan map = cursor.Vector("map", 4);
        (int input, int output) = Dimensions(cursor);
        if (map.Count != output)
        {
            throw cursor.Invalid("map", $"{output} elements", map.Count.ToString());
        }

        long end = cursor.Position;
        BitArray kept = new(input);
        int keptCount = 0;
        cursor.Return(map.Offset);
        for (int i = 0; i < output; i++)
        {
            int from = cursor.Int32("map");
            if (from < -1 || from >= input)
            {
                throw cursor.Invalid("map", $"-1 to {input - 1}", from.ToString());
            }

            if (from >= 0 && !kept[from])
            {
                kept[from] = true;
                keptCount++;
            }
        }

        cursor.Return(end);
        return new TransformSummary("RemapDimensions", keptCount == input ? Fidelity.Exact : Fidelity.Approximate);
    }

    /// <summary>The norm of the original is lost; the direction is kept.</summary>
    private static TransformSummary Normalization(FaissCursor cursor)
    {
        cursor.Single("norm");
        Dimensions(cursor);
        return new TransformSummary("Normalization", Fidelity.Approximate);
    }

    private static TransformSummary Centering(FaissCursor cursor)
    {
        cursor.Vector("mean", 4);
        Dimensions(cursor);
        return new TransformSummary("Centering", Fidelity.RoundingOnly);
    }

    private static TransformSummary Hadamard(FaissCursor cursor)
    {
        cursor.Ignore("seed", 4);
        (int input, int output) = Dimensions(cursor);
        return new TransformSummary("HadamardRotation", output >= input ? Fidelity.RoundingOnly : Fidelity.Approximate);
    }

    /// <summary>ITQTransform normalises and takes signs: nothing of it can be undone.</summary>
    private static TransformSummary Itq(IndexParser parser)
    {
        FaissCursor cursor = parser.Cursor;
        cursor.Vector("mean", 4);
        cursor.Bool("do_pca");
        Parse(parser, "itq");
        Parse(parser, "pca_then_itq");
        Dimensions(cursor);
        return new TransformSummary("ITQTransform", Fidelity.NotRecoverable);
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
