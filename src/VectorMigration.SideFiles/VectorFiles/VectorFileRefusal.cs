using System.Buffers.Binary;
using VectorMigration.SideFiles.Stores.Json;
using VectorMigration.SideFiles.Stores.Tables;

namespace VectorMigration.SideFiles.VectorFiles;

/// <summary>Says of a file that is meant to hold vectors, and from which they cannot be taken, what it is and how to write it: it is no index either.</summary>
internal static class VectorFileRefusal
{
    private const string Types = "float16, float32, float64, int8 or uint8";

    /// <summary>The refusal; null for a file that is nothing of the kind, and for what cannot be read: that is told by its opening as an index.</summary>
    public static MigrationException? Of(string path)
    {
        try
        {
            if (!File.Exists(path))
            {
                return null;
            }

            using StorePart part = new(Path.GetFullPath(path));
            Span<byte> head = stackalloc byte[8];
            if (NumpyHeader.Begins(head[..(part.Bytes.Length == 0 ? 0 : part.Bytes.Read(0, head))]))
            {
                return OfArray(part);
            }

            return Path.GetExtension(path).ToUpperInvariant() switch
            {
                ".IVECS" when Rows(part, sizeof(int)) is { Fault: null, Dimension: int dimension } => VectorFileErrors.NoVectors(
                    part.Path, $"it is a file of int32 rows (.ivecs), {Grouped.Of(dimension)} in each, which benchmarks use for the ids of the "
                        + "nearest neighbours"),
                ".IVECS" or ".FVECS" when Rows(part, sizeof(int)).Fault is string fault => VectorFileErrors.Invalid(part.Path, Form(path), fault),
                ".BVECS" when Rows(part, 1).Fault is string fault => VectorFileErrors.Invalid(part.Path, Form(path), fault),
                _ => null,
            };
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or NotSupportedException or MigrationException)
        {
            return null;
        }
    }

    private static string Form(string path) => $"file of vectors ({Path.GetExtension(path).ToLowerInvariant()})";

    private static MigrationException? OfArray(StorePart part)
    {
        NumpyHeader header;
        try
        {
            header = NumpyHeader.Of(part);
        }
        catch (MigrationException)
        {
            return VectorFileErrors.NotSupported(part.Path, "a NumPy array (.npy) of records or objects, or a damaged header",
                $"Write the vectors as one array of {Types} with two dimensions: numpy.save('vectors.npy', vectors).");
        }

        if (VectorFile.TypeOf(header) is not null || header is { Shape: [_], Type: "|u1" })
        {
            // Bytes in a row are what faiss.serialize_index makes: that is told by the opening as an index.
            return null;
        }

        string array = $"a NumPy array (.npy) of {NameOf(header.Type)} with the shape ({string.Join(", ", header.Shape)})";
        bool isOfNumbers = ComponentType.OfNumpy(header.Type) is not null;
        string action = header.Shape is [_, _] && !isOfNumbers
                ? header.Type.TrimStart('<', '>', '|', '=') is ['i' or 'u' or 'b', ..]
                    ? "Write it as float32, which holds whole numbers to 16,777,216: numpy.save('vectors.npy', array.astype('float32'))."
                    : "Name the file with the vectors."
            : header.Shape is [_] ? "If its numbers are the vectors one after the other, write it with two dimensions: "
                + "numpy.save('vectors.npy', array.reshape(-1, dimension))."
            : header.Shape is [_, var width] ? width == 0 ? "Its rows are empty. Name the file with the vectors."
                : $"A vector has at most {Grouped.Of(VectorFile.MostComponents)} components."
            : "Write it with two dimensions: numpy.save('vectors.npy', array.reshape(-1, dimension)).";
        return VectorFileErrors.ArrayUnsuitable(part.Path, array, Types, action);
    }

    /// <summary>NumPy's name of a type that is written as <c>&lt;i4</c>.</summary>
    private static string NameOf(string type)
    {
        string name = type.TrimStart('<', '>', '|', '=');
        string kind = name switch
        {
            ['b', ..] => "bool",
            ['i', ..] => "int",
            ['u', ..] => "uint",
            ['f', ..] => "float",
            ['c', ..] => "complex",
            ['M', ..] => "dates",
            ['S' or 'U', ..] => "strings",
            ['O', ..] => "objects",
            _ => $"the type '{type}'",
        };
        return kind is "int" or "uint" or "float" or "complex" && int.TryParse(name.AsSpan(1), out int bytes)
            ? $"{kind}{8 * bytes}{(type[0] == '>' ? ", big-endian," : string.Empty)}" : kind;
    }

    /// <summary>Walks through rows that begin with their dimension.</summary>
    /// <returns>The dimension of the first row, and what is wrong; null where all rows have that dimension.</returns>
    private static (int Dimension, string? Fault) Rows(StorePart part, int width)
    {
        Span<byte> bytes = stackalloc byte[sizeof(int)];
        int dimension = 0;
        long row = 0;
        for (long at = 0; at < part.Bytes.Length; row++)
        {
            if (part.Bytes.Length - at < sizeof(int) || part.Bytes.Read(at, bytes) < sizeof(int))
            {
                return (dimension, $"it ends within row {row}");
            }

            int found = BinaryPrimitives.ReadInt32LittleEndian(bytes);
            dimension = row == 0 ? found : dimension;
            if (found is < 1 or > VectorFile.MostComponents)
            {
                return (dimension, $"row {row} says that it has {Grouped.Of(found)} components");
            }

            if (found != dimension)
            {
                return (dimension, $"row {row} has {Grouped.Of(found)} components, and the first row has {Grouped.Of(dimension)}");
            }

            at += sizeof(int) + ((long)found * width);
            if (at > part.Bytes.Length)
            {
                return (dimension, $"it ends within row {row}, which has {Grouped.Of(found)} components");
            }
        }

        return (dimension, dimension == 0 ? "it is empty" : null);
    }
}
