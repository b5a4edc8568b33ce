using VectorMigration.Faiss.Input;
using VectorMigration.Vectors;

namespace VectorMigration.Faiss.Fields;

/// <summary>Parses an index and those nested in it into a tree; no vector is read.</summary>
/// <param name="cursor">Where the fields are read.</param>
/// <param name="find">Finds a kind by its code in the table of all kinds, which stands above this floor.</param>
internal sealed class IndexParser(FaissCursor cursor, Func<uint, IndexKind?> find) : IDisposable
{
    /// <summary>FAISS's own limit (kMaxIndexNestingDepth).</summary>
    public const int MaximalDepth = 50;

    /// <summary>FAISS's largest dimension.</summary>
    public const int MaximalDimension = 1 << 20;

    private readonly List<FaissFile> dataFiles = [];
    private int depth;

    public FaissCursor Cursor { get; } = cursor;

    /// <summary>The file of inverted lists that was named; null where the one beside the index is meant.</summary>
    public string? ListPath { get; init; }

    /// <summary>The files beside the index that hold its inverted lists.</summary>
    public IReadOnlyList<FaissFile> DataFiles => dataFiles;

    /// <summary>The index that is parsed is a part of another.</summary>
    public bool IsNested => depth > 0;

    /// <summary>Parses the index that the file is.</summary>
    public IndexNode ParseFile()
    {
        IndexKind kind = ReadKind(out _) ?? throw FaissErrors.NotAnIndex(
            Cursor.File.Path, "'null', FAISS's mark for no index at all", "Write the index itself: a null pointer was written in its place.");
        return ParseBody(kind);
    }

    /// <summary>Parses a nested index; null where FAISS wrote that there is none.</summary>
    public IndexNode? ParseNested(string field, bool binary)
    {
        Enter(field);
        IndexKind? kind = ReadKind(out long offset);
        if (kind is not null && kind.IsBinary != binary)
        {
            throw FaissErrors.Invalid(Cursor.File.Path, Cursor.Owner, field, offset, binary ? "a binary index" : "an index over floats", kind.ClassName);
        }

        IndexNode? node = kind is null ? null : ParseBody(kind);
        Leave();
        return node;
    }

    /// <summary>Parses a nested index that has to be there.</summary>
    public IndexNode ParseRequired(string field, bool binary = false)
    {
        long offset = Cursor.Position;
        return ParseNested(field, binary)
            ?? throw FaissErrors.Invalid(Cursor.File.Path, Cursor.Owner, field, offset, "an index", "'null', no index");
    }

    /// <summary>Counts a level of nesting.</summary>
    public void Enter(string field)
    {
        if (++depth > MaximalDepth)
        {
            throw FaissErrors.Invalid(Cursor.File.Path, Cursor.Owner, field, Cursor.Position, $"at most {MaximalDepth} levels of nesting", "one more");
        }
    }

    /// <summary>Ends a level of nesting.</summary>
    public void Leave() => depth--;

    /// <summary>The header that all indexes over floats share (write_index_header).</summary>
    public void Header(IndexNode node)
    {
        node.Dimension = Dimension("d");
        node.Count = Cursor.Int64("ntotal");
        if (node.Count < 0)
        {
            throw Cursor.Invalid("ntotal", "0 or more", node.Count.ToString());
        }

        // Two dummies of 1 << 20, whose value FAISS does not look at.
        Cursor.Ignore("dummies", 16);
        Cursor.Bool("is_trained");
        FaissMetric told = (FaissMetric)Cursor.Int32("metric_type");
        node.Metric = node.Info.Metric ?? told;
        node.MetricArgument = (int)told > 1 ? Cursor.Single("metric_arg") : 0f;
    }

    /// <summary>The header of the binary indexes; returns the bytes of a vector. FAISS 1.7 leaves code_size 0 in wrappers.</summary>
    public int BinaryHeader(IndexNode node, bool wrapper = false)
    {
        node.Dimension = Dimension("d");
        int codeSize = Cursor.Int32("code_size");
        if (node.Dimension % 8 != 0 || (codeSize != node.Dimension / 8 && !(wrapper && codeSize == 0)))
        {
            throw Cursor.Invalid("code_size", $"one byte for 8 of the {node.Dimension} bits", codeSize.ToString());
        }

        node.Count = Cursor.Int64("ntotal");
        if (node.Count < 0)
        {
            throw Cursor.Invalid("ntotal", "0 or more", node.Count.ToString());
        }

        Cursor.Bool("is_trained");
        node.Metric = (FaissMetric)Cursor.Int32("metric_type");
        return node.Dimension / 8;
    }

    /// <summary>A dimension within FAISS's bounds.</summary>
    public int Dimension(string field)
    {
        int dimension = Cursor.Int32(field);
        return dimension is > 0 and <= MaximalDimension ? dimension : throw Cursor.Invalid(
            field, $"a dimension of 1 to {MaximalDimension}", dimension.ToString());
    }

    /// <summary>The product of two lengths, neither negative.</summary>
    public long Product(string field, long left, long right)
    {
        if (right != 0 && left > long.MaxValue / right)
        {
            throw Cursor.Invalid(field, "a length within the file", $"{left} × {right}");
        }

        return left * right;
    }

    /// <summary>Makes a codec of fields, which have to fit each other.</summary>
    public T Made<T>(string field, Func<T> make)
    {
        try
        {
            return make();
        }
        catch (Exception error) when (error is ArgumentException or OverflowException)
        {
            throw Cursor.Invalid(field, "numbers that fit each other", "numbers that do not");
        }
    }

    /// <summary>Opens a file of inverted lists, which closes with the index.</summary>
    public FaissFile OpenDataFile(string path)
    {
        FaissFile file = FaissFile.Open(path);
        dataFiles.Add(file);
        return file;
    }

    /// <inheritdoc/>
    public void Dispose() => dataFiles.ForEach(file => file.Dispose());

    private IndexKind? ReadKind(out long offset)
    {
        uint code = Cursor.Code("fourcc");
        offset = Cursor.FieldOffset;
        if (code == FourCharacters.Null)
        {
            return null;
        }

        return find(code) ?? throw FaissErrors.UnknownKind(Cursor.File.Path, Cursor.Owner, offset, code);
    }

    private IndexNode ParseBody(IndexKind kind)
    {
        string outer = Cursor.Owner;
        Cursor.Owner = kind.ClassName;
        IndexNode node = new(kind);
        kind.Body(this, node);
        Cursor.Owner = outer;
        return node;
    }
}
