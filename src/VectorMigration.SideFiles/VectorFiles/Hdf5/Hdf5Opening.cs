using VectorMigration.SideFiles.Stores.Json;
using VectorMigration.SideFiles.Stores.Tables.Columns;

namespace VectorMigration.SideFiles.VectorFiles.Hdf5;

/// <summary>Opens the one dataset of vectors of an HDF5 file.</summary>
internal static class Hdf5Opening
{
    private const string FileName = "HDF5 file";
    private const int Contiguous = 1;
    private const int Chunked = 2;

    // The names of the ANN benchmarks: what is indexed, and the queries with their answers.
    private const string Indexed = "train";

    private static readonly string[] Queries = ["test", "neighbors", "distances"];

    /// <summary>Whether a file may hold vectors: what is wrong with it is told by who opens it.</summary>
    public static bool MayHoldVectors(StorePart part)
    {
        try
        {
            return new Hdf5Groups(new Hdf5File(part)).Vectors.Count > 0;
        }
        catch (Exception error) when (error is TableNotRead or TableDamage or MigrationException)
        {
            return true;
        }
    }

    /// <summary>Opens a file, which belongs to the vectors from here on.</summary>
    /// <exception cref="MigrationException">It is damaged, has no such dataset or several, or one that is stored in a way that is not read.</exception>
    public static VectorRows Open(StorePart part)
    {
        try
        {
            return Guard(part, () => OpenOne(part));
        }
        catch
        {
            part.Dispose();
            throw;
        }
    }

    /// <summary>Reads something of a file, and names the file in what is found wrong.</summary>
    public static T Guard<T>(StorePart part, Func<T> read)
    {
        try
        {
            return part.Guard(read);
        }
        catch (TableDamage damage)
        {
            part.ThrowIfChanged();
            throw VectorFileErrors.Invalid(part.Path, FileName, damage.Message);
        }
        catch (TableNotRead notRead)
        {
            throw VectorFileErrors.NotSupported(part.Path, notRead.Message, notRead.Action);
        }
    }

    private static VectorRows OpenOne(StorePart part)
    {
        Hdf5File file = new(part);
        Hdf5Groups groups = new(file);
        Hdf5Dataset dataset = Choose(groups, part);
        List<string> others = [.. groups.Vectors.Where(other => other != dataset).Select(static other => other.Name), .. groups.Others];
        string form = $"HDF5 dataset '{Pickles.PickleErrors.Clean(dataset.Name)}'";
        string? notRead = others.Count == 0 ? null : string.Join(", ", others.Take(10).Select(static name => $"'{Pickles.PickleErrors.Clean(name)}'"))
            + (others.Count > 10 ? ", …" : string.Empty);
        if (dataset.Messages.All(Hdf5MessageType.ExternalFiles).Any())
        {
            throw Hdf5File.NotRead("data in other files");
        }

        Hdf5Cursor layout = dataset.Messages.Find(Hdf5MessageType.Layout)!;
        int version = layout.Byte();
        if (version is not (3 or 4))
        {
            throw Hdf5File.NotRead($"a data layout of version {version}");
        }

        int kind = layout.Byte();
        if (kind == Chunked)
        {
            IReadOnlyList<Hdf5Filter> filters = Hdf5Filter.All(dataset.Messages.Find(Hdf5MessageType.Filters));
            Hdf5Chunks chunks = version == 3 ? OldChunks(file, dataset, layout, filters) : NewChunks(file, dataset, layout, filters);
            chunks.Check(filters);
            return new Hdf5Rows(part, form, chunks, filters, notRead);
        }

        return kind is 0 or Contiguous ? new DenseRows(part, form, dataset.Type, StartOf(file, dataset, layout, kind == Contiguous), dataset.Rows,
            dataset.Dimension, namesDimension: false)
        { Other = notRead } : throw Hdf5File.NotRead("a virtual dataset");
    }

    private static Hdf5Dataset Choose(Hdf5Groups groups, StorePart part)
    {
        if (groups.Vectors is [Hdf5Dataset only])
        {
            return only;
        }

        HashSet<string> names = [.. groups.Vectors.Select(static vectors => vectors.Name), .. groups.Others];
        Hdf5Dataset? indexed = groups.Vectors.Find(static vectors => vectors.Name == Indexed);
        if (indexed is not null && Array.TrueForAll(Queries, names.Contains))
        {
            return indexed;
        }

        throw groups.Vectors.Count == 0
            ? VectorFileErrors.NoVectors(part.Path, "none of its datasets has two dimensions and real numbers")
            : VectorFileErrors.SeveralArrays(
                part.Path, "datasets", [.. groups.Vectors.Select(static vectors => $"'{Pickles.PickleErrors.Clean(vectors.Name)}'")],
                $"Write one of them as .npy. {Hdf5File.Example}");
    }

    private static long StartOf(Hdf5File file, Hdf5Dataset dataset, Hdf5Cursor layout, bool isContiguous)
    {
        long start = isContiguous ? layout.Address() : 0;
        long length = isContiguous ? layout.Length() : layout.UInt16();
        start = isContiguous ? start : layout.Position;
        if (start == Hdf5Cursor.Undefined)
        {
            return dataset.Rows == 0 ? 0 : throw Hdf5File.NotRead($"rows of '{Pickles.PickleErrors.Clean(dataset.Name)}' that were never written");
        }

        TableDamage.ThrowUnless(
            dataset.Bytes <= length && dataset.Bytes <= file.Length - start,
            $"'{Pickles.PickleErrors.Clean(dataset.Name)}' of {dataset.Rows} × {dataset.Dimension} takes {dataset.Bytes} bytes, and {length} are there at "
                + $"offset {start} of {file.Length}");
        return start;
    }

    private static Hdf5Chunks OldChunks(Hdf5File file, Hdf5Dataset dataset, Hdf5Cursor layout, IReadOnlyList<Hdf5Filter> filters)
    {
        int sizes = layout.Byte();
        long tree = layout.Address();
        Hdf5Chunks chunks = new(file, Hdf5Grid.Of(dataset, [.. Enumerable.Range(0, sizes).Select(_ => (long)layout.UInt32())]));
        new Hdf5ChunkIndexes(file, chunks, filters.Count > 0, leavesEdges: false).ReadTree(tree);
        return chunks;
    }

    private static Hdf5Chunks NewChunks(Hdf5File file, Hdf5Dataset dataset, Hdf5Cursor layout, IReadOnlyList<Hdf5Filter> filters)
    {
        int flags = layout.Byte();
        int sizes = layout.Byte();
        int width = layout.Byte();
        TableDamage.ThrowUnless(width is >= 1 and <= 8, $"the sizes of chunks take {width} bytes each");
        Hdf5Chunks chunks = new(file, Hdf5Grid.Of(dataset, [.. Enumerable.Range(0, sizes).Select(_ => layout.Number(width))]));
        Hdf5ChunkIndexes index = new(file, chunks, filters.Count > 0, leavesEdges: (flags & 1) != 0);
        int type = layout.Byte();
        if (type is >= 2 and <= 4 && dataset.MostColumns < dataset.Dimension)
        {
            throw Hdf5File.NotRead("chunks whose columns can grow");
        }

        switch (type)
        {
            case 1:
                index.ReadSingle(layout, (flags & 2) != 0);
                break;
            case 2:
                index.ReadImplicit(layout.Address());
                break;
            case 3:
                layout.Take(1);
                index.ReadFixedArray(layout.Address());
                break;
            case 4:
                layout.Take(5);
                new Hdf5GrowingArray(file, chunks, index).Read(layout.Address());
                break;
            case 5:
                throw Hdf5File.NotRead("a version 2 B-tree as index of its chunks");
            default:
                throw Hdf5File.NotRead($"an index of chunks of type {type}");
        }

        return chunks;
    }
}
