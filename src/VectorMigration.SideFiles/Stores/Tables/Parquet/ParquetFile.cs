using System.Buffers.Binary;
using VectorMigration.SideFiles.Stores.Json;
using VectorMigration.SideFiles.Stores.Tables.Columns;

namespace VectorMigration.SideFiles.Stores.Tables.Parquet;

/// <summary>Where the values of a column lie in a row group.</summary>
/// <param name="Codec">How its pages are compressed.</param>
/// <param name="Values">Values, those that are missing included.</param>
/// <param name="Start">Where its first page begins.</param>
/// <param name="Length">Bytes of all pages.</param>
internal readonly record struct ParquetChunk(int Codec, long Values, long Start, long Length);

/// <summary>Some rows of a Parquet file.</summary>
/// <param name="Rows">How many.</param>
/// <param name="Chunks">Its columns, in the order of the schema.</param>
internal sealed record ParquetGroup(long Rows, IReadOnlyList<ParquetChunk> Chunks);

/// <summary>A Parquet file: its schema, and where its row groups lie. Row groups are read when they are asked for.</summary>
internal sealed class ParquetFile
{
    private const int MostFooter = 512 << 20;
    private const int MostColumns = 10_000;
    private const int Ends = 8;

    private static readonly byte[] Magic = [.. "PAR1"u8];

    private readonly List<(ParquetNode Node, int Children)> elements = [];
    private readonly List<ParquetGroup> groups = [];
    private long rows = -1;

    /// <summary>Reads what the file says about itself.</summary>
    /// <exception cref="TableDamage">It is damaged or cut short.</exception>
    public ParquetFile(StorePart part)
    {
        Part = part;
        long length = part.Bytes.Length;
        TableDamage.ThrowUnless(length >= Ends + 4 && Begins(part.Read(0, 4)), "its first bytes are not those of such a file");
        byte[] tail = part.Read(length - Ends, Ends);
        int footer = BinaryPrimitives.ReadInt32LittleEndian(tail);
        if (tail.AsSpan(4).SequenceEqual("PARE"u8))
        {
            throw new TableNotRead("an encrypted footer", "Write the file without encryption.");
        }

        TableDamage.ThrowUnless(tail.AsSpan(4).SequenceEqual(Magic), "no end marker: it is cut short");
        TableDamage.ThrowUnless(footer is > 0 and <= MostFooter && footer <= length - Ends - 4, "a footer longer than the file");
        new ThriftReader(part.Read(length - Ends - footer, footer)).Struct(ReadFile);
        (Root, Leaves) = ParquetNode.Tree(elements);
        TableDamage.ThrowUnless(rows >= 0 && groups.Sum(static group => group.Rows) == rows, "row groups whose rows do not add up to those of the file");
        TableDamage.ThrowUnless(groups.All(group => group.Chunks.Count == Leaves.Count), "a row group whose columns differ from the schema");
        HashSet<string> names = new(StringComparer.Ordinal);
        if (Root.Children.FirstOrDefault(child => !names.Add(child.Name)) is ParquetNode repeated)
        {
            throw TableErrors.ColumnRepeated(part.Path, repeated.Name);
        }
    }

    /// <summary>The file.</summary>
    public StorePart Part { get; }

    /// <summary>The schema.</summary>
    public ParquetNode Root { get; }

    /// <summary>Its columns.</summary>
    public IReadOnlyList<ParquetNode> Leaves { get; }

    /// <summary>Its row groups.</summary>
    public IReadOnlyList<ParquetGroup> Groups => groups;

    /// <summary>Whether a file begins with Parquet's mark.</summary>
    public static bool Begins(ReadOnlySpan<byte> head) => head.StartsWith(Magic);

    private void ReadFile(ThriftReader reader)
    {
        switch (reader.Field)
        {
            case 2: reader.List(ReadElement); break;
            case 3: rows = reader.Number(); break;
            case 4: reader.List(ReadGroup); break;
            case 8: throw new TableNotRead("encryption", "Write the file without encryption.");
            default: reader.Skip(); break;
        }
    }

    private void ReadElement(ThriftReader reader)
    {
        TableDamage.ThrowUnless(reader.Type == ThriftType.Struct && elements.Count < MostColumns, "too many columns");
        ParquetElement element = new();
        reader.Struct(element.Read);
        elements.Add(element.Make());
    }

    private void ReadGroup(ThriftReader reader)
    {
        TableDamage.ThrowUnless(reader.Type == ThriftType.Struct, "metadata of an unexpected type");
        List<ParquetChunk> chunks = [];
        long count = -1;
        reader.Struct(inner =>
        {
            switch (inner.Field)
            {
                case 1: inner.List(column => chunks.Add(ReadChunk(column))); break;
                case 3: count = inner.Number(); break;
                default: inner.Skip(); break;
            }
        });
        TableDamage.ThrowUnless(count is >= 0 and <= StoreLimits.MostEntries, "a row group with too many rows");
        groups.Add(new ParquetGroup(count, chunks));
    }

    private ParquetChunk ReadChunk(ThriftReader reader)
    {
        TableDamage.ThrowUnless(reader.Type == ThriftType.Struct, "metadata of an unexpected type");
        ParquetChunk? chunk = null;
        reader.Struct(inner =>
        {
            switch (inner.Field)
            {
                case 1: throw new TableNotRead("columns in other files", "Write the table as one file, or as a folder of whole files.");
                case 3: chunk = ReadMetadata(inner); break;
                default: inner.Skip(); break;
            }
        });
        return chunk ?? throw new TableDamage("a column without a position");
    }

    private ParquetChunk ReadMetadata(ThriftReader reader)
    {
        TableDamage.ThrowUnless(reader.Type == ThriftType.Struct, "metadata of an unexpected type");
        int codec = 0;
        long values = -1;
        long length = -1;
        long data = -1;
        long dictionary = 0;
        reader.Struct(inner =>
        {
            switch (inner.Field)
            {
                case 4: codec = inner.Int(); break;
                case 5: values = inner.Number(); break;
                case 7: length = inner.Number(); break;
                case 9: data = inner.Number(); break;
                case 11: dictionary = inner.Number(); break;
                default: inner.Skip(); break;
            }
        });
        long start = dictionary > 0 && dictionary < data ? dictionary : data;
        bool isWithin = start >= 4 && length >= 0 && start <= Part.Bytes.Length && length <= Part.Bytes.Length - start;
        TableDamage.ThrowUnless(isWithin && values is >= 0 and <= int.MaxValue, "a column outside the file");
        return new ParquetChunk(codec, values, start, length);
    }
}
