using System.Buffers.Binary;
using VectorMigration.SideFiles.Stores;
using VectorMigration.SideFiles.Stores.Json;
using VectorMigration.SideFiles.Stores.Tables;
using VectorMigration.SideFiles.Stores.Tables.Parquet;
using VectorMigration.SideFiles.VectorFiles.Hdf5;

namespace VectorMigration.SideFiles.VectorFiles;

/// <summary>
/// Files of vectors without an index: NumPy arrays of two dimensions (.npy, .npz), fvecs and bvecs, a Parquet column of lists, a dataset of
/// HDF5, or a folder of such files, as autofaiss and clip-retrieval keep them. The id of a vector is its row, over all files of a folder in the order of their
/// names, letter by letter.
/// </summary>
public static class VectorFile
{
    private const string NumpyExtension = ".npy";
    private const string ParquetExtension = ".parquet";
    private const string FloatExtension = ".fvecs";
    private const string ByteExtension = ".bvecs";

    /// <summary>FAISS's largest dimension.</summary>
    internal const int MostComponents = 1 << 20;

    /// <summary>Whether a path is a file of vectors, by its content; fvecs and bvecs have no mark, and are known by their extension and their rows.</summary>
    /// <param name="path">Path of a file or a folder.</param>
    public static bool Is(string path)
    {
        Address.RequirePath(path);
        return Directory.Exists(path) ? PartsOf(path).Count > 0 : File.Exists(path) && FormOf(path) != VectorForm.None;
    }

    /// <summary>Whether a path is one that a table cannot be taken for: a Parquet file may be either.</summary>
    internal static bool IsOnly(string path) => File.Exists(path) && FormOf(path) is not (VectorForm.None or VectorForm.Parquet);

    /// <summary>Whether a file of vectors, or a folder of them, is a table with more than the vectors: they are its payloads.</summary>
    internal static bool HasOtherColumns(string path) => (Directory.Exists(path) ? PartsOf(path) : [path]).Any(static file =>
    {
        if (FormOf(file) != VectorForm.Parquet)
        {
            return false;
        }

        using StorePart part = new(file);
        return new ParquetFile(part).Root.Children.Count > 1;
    });

    /// <summary>Refuses vectors where payloads are expected.</summary>
    /// <param name="path">Path of a file or a folder.</param>
    /// <exception cref="MigrationException">It is a file of vectors, or a folder of them, and nothing else.</exception>
    public static void ThrowIfNoPayload(string path)
    {
        if (Is(path) && !HasOtherColumns(path))
        {
            throw PayloadErrors.OfVectors(path);
        }
    }

    /// <summary>Opens a file of vectors, or a folder of them.</summary>
    /// <param name="path">Path of a file or a folder.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="MigrationException">It is damaged, holds no vectors, or several arrays of them.</exception>
    public static IVectorSource Open(string path, CancellationToken cancellationToken = default)
    {
        Address.RequirePath(path);
        string full = Path.GetFullPath(path);
        List<string> files = Directory.Exists(full) ? PartsOf(full) : [full];
        List<VectorRows> parts = [];
        try
        {
            foreach (string file in files)
            {
                cancellationToken.ThrowIfCancellationRequested();
                VectorRows part = OpenOne(file, cancellationToken);
                parts.Add(part);
                if (part.Dimension != parts[0].Dimension)
                {
                    throw VectorFileErrors.DimensionsDiffer(files[0], parts[0].Dimension, file, part.Dimension);
                }
            }

            return parts.Count > 0 ? new VectorFileSource(full, parts) : throw VectorFileErrors.NoVectors(full, "the folder has no file of vectors");
        }
        catch
        {
            parts.ForEach(static part => part.Dispose());
            throw;
        }
    }

    /// <summary>Describes a file of vectors, or a folder of them.</summary>
    /// <param name="path">Path of a file or a folder.</param>
    /// <exception cref="MigrationException">As for <see cref="Open"/>.</exception>
    public static IndexDescription Describe(string path)
    {
        using IVectorSource source = Open(path);
        return source.Description;
    }

    /// <summary>Opens an index, or a file of vectors: whichever a path is.</summary>
    /// <param name="path">Path of a file, or of a folder with files of vectors.</param>
    /// <param name="listPath">The inverted lists of an index, where they are named.</param>
    /// <exception cref="MigrationException">It is neither, or cannot be read.</exception>
    public static IVectorSource OpenAny(string path, string? listPath = null) => Is(path) ? Open(path)
        : VectorFileRefusal.Of(path) is MigrationException refusal ? throw refusal
        : FaissIndex.Open(path, listPath, allowDecoded: true);

    /// <summary>Describes an index, or a file of vectors: whichever a path is.</summary>
    /// <param name="path">Path of a file, or of a folder with files of vectors.</param>
    /// <param name="listPath">The inverted lists of an index, where they are named.</param>
    /// <exception cref="MigrationException">It is neither, or cannot be read.</exception>
    public static IndexDescription DescribeAny(string path, string? listPath = null) => Is(path) ? Describe(path)
        : VectorFileRefusal.Of(path) is MigrationException refusal ? throw refusal
        : FaissIndex.Describe(path, listPath);

    /// <summary>The type of the components, where an array holds vectors: real numbers, or bytes, in two dimensions.</summary>
    internal static ComponentType? TypeOf(NumpyHeader header) => header.Shape is [>= 0, > 0 and <= MostComponents] ? ComponentType.OfNumpy(header.Type) : null;

    /// <summary>The vectors of an array of NumPy, which belongs to them from here on.</summary>
    internal static DenseRows OpenArray(StorePart part, string form, PrivateFolder? folder, string? other)
    {
        try
        {
            NumpyHeader header = part.Guard(() => NumpyHeader.Of(part));
            ComponentType type = TypeOf(header)
                ?? throw VectorFileErrors.NoVectors(part.Path, $"its array has the shape ({string.Join(", ", header.Shape)}) and the type '{header.Type}'");
            (long count, int dimension) = (header.Shape[0], (int)header.Shape[1]);
            if (header.IsFortranOrder && count > 1 && dimension > 1)
            {
                throw VectorFileErrors.NotSupported(part.Path, "an array in Fortran order",
                    "Write it again: numpy.save(path, numpy.ascontiguousarray(array)).");
            }

            Int128 bytes = (Int128)count * dimension * type.Width;
            if (part.Bytes.Length - header.DataStart != bytes)
            {
                throw VectorFileErrors.Invalid(part.Path, NumpyHeader.Form,
                    $"an array of {count} × {dimension} takes {Grouped.Of(bytes)} bytes, and the file has "
                        + $"{Grouped.Of(Math.Max(0, part.Bytes.Length - header.DataStart))}");
            }

            return new DenseRows(part, form, type, header.DataStart, count, dimension, namesDimension: false) { Folder = folder, Other = other };
        }
        catch
        {
            part.Dispose();
            throw;
        }
    }

    private static VectorRows OpenOne(string path, CancellationToken cancellationToken) => FormOf(path) switch
    {
        VectorForm.NumPy => OpenArray(new StorePart(path), NumpyHeader.Form, folder: null, other: null),
        VectorForm.Archive => NumpyArchive.Open(new StorePart(path), cancellationToken),
        VectorForm.Parquet => ParquetRows.Open(new StorePart(path)),
        VectorForm.Hdf5 => Hdf5Opening.Open(new StorePart(path)),
        VectorForm.Floats => Rows(path, "fvecs", ComponentType.Float32),
        VectorForm.Bytes => Rows(path, "bvecs", ComponentType.Byte),
        _ => throw VectorFileErrors.NoVectors(path, "it is no file of vectors"),
    };

    private static DenseRows Rows(string path, string form, ComponentType type)
    {
        StorePart part = new(path);
        int dimension = BinaryPrimitives.ReadInt32LittleEndian(part.Read(0, sizeof(int)));
        return new DenseRows(part, form, type, 0, part.Bytes.Length / (sizeof(int) + ((long)dimension * type.Width)), dimension, namesDimension: true);
    }

    /// <summary>The files of vectors in a folder that are arrays, or else its Parquet files, in the order of their names, letter by letter.</summary>
    private static List<string> PartsOf(string folder)
    {
        try
        {
            string[] files = [.. Directory.EnumerateFiles(folder).Take(StoreFinder.MostFiles).Order(StringComparer.Ordinal)];
            List<string> arrays = [.. files.Where(static file => HasExtension(file, NumpyExtension) && FormOf(file) == VectorForm.NumPy)];
            if (arrays.Count > 0)
            {
                return arrays;
            }

            List<string> tables = [.. files.Where(static file => HasExtension(file, ParquetExtension) && FormOf(file) == VectorForm.Parquet)];
            return tables.Count > 0 ? tables : files.Where(IsOnly).ToList() is { Count: 1 } one ? one : [];
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    private static VectorForm FormOf(string path)
    {
        try
        {
            using DiskBytes bytes = new(path, FileShare.ReadWrite | FileShare.Delete);
            byte[] head = new byte[(int)Math.Min(FileForms.Sample, bytes.Length)];
            int read = head.Length == 0 ? 0 : bytes.Read(0, head);
            ReadOnlySpan<byte> start = head.AsSpan(0, read);
            if (NumpyHeader.Begins(start))
            {
                using StorePart part = new(path);
                return TypeOf(NumpyHeader.Of(part)) is null ? VectorForm.None : VectorForm.NumPy;
            }

            if (ParquetFile.Begins(start))
            {
                using StorePart part = new(path);
                return ParquetRows.MayHoldVectors(part) ? VectorForm.Parquet : VectorForm.None;
            }

            if (FileForms.Of(start) == FileForm.Hdf5)
            {
                using StorePart part = new(path);
                return Hdf5Opening.MayHoldVectors(part) ? VectorForm.Hdf5 : VectorForm.None;
            }

            return FileForms.Of(start) == FileForm.Zip && NumpyArchive.Is(bytes) ? VectorForm.Archive
                : HasExtension(path, FloatExtension) && HasRows(bytes, start, sizeof(float)) ? VectorForm.Floats
                : HasExtension(path, ByteExtension) && HasRows(bytes, start, 1) ? VectorForm.Bytes
                : VectorForm.None;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or NotSupportedException or MigrationException)
        {
            // What is wrong with it is told by whoever opens it as an index.
            return VectorForm.None;
        }
    }

    /// <summary>Whether a file is rows that begin with one dimension, by its length, its first row and its last.</summary>
    private static bool HasRows(DiskBytes bytes, ReadOnlySpan<byte> head, int width)
    {
        int dimension = head.Length >= sizeof(int) ? BinaryPrimitives.ReadInt32LittleEndian(head) : 0;
        if (dimension is < 1 or > MostComponents)
        {
            return false;
        }

        long row = sizeof(int) + ((long)dimension * width);
        Span<byte> last = stackalloc byte[sizeof(int)];
        return bytes.Length % row == 0 && bytes.Read(bytes.Length - row, last) == last.Length && BinaryPrimitives.ReadInt32LittleEndian(last) == dimension;
    }

    private static bool HasExtension(string path, string extension) => Path.GetExtension(path).Equals(extension, StringComparison.OrdinalIgnoreCase);

    private enum VectorForm
    {
        None,
        NumPy,
        Archive,
        Parquet,
        Hdf5,
        Floats,
        Bytes,
    }
}
