using System.Text.Json;

namespace VectorMigration.SideFiles.Stores.Orders;

/// <summary>A field of rows that are JSON objects, with the sums of the hashes of its values.</summary>
/// <param name="name">Its name.</param>
/// <param name="path">The same with those of the objects around it.</param>
internal sealed class RowField(string name, string path)
{
    private readonly List<RowField> children = [];
    private int next;

    /// <summary>Its name with those of the objects around it.</summary>
    public string Path => path;

    /// <summary>Fields in it.</summary>
    public IReadOnlyList<RowField> Children => children;

    /// <summary>Rows in which it has a value.</summary>
    public long Rows { get; private set; }

    /// <summary>Sum of the hashes of the values.</summary>
    public ulong Numbers { get; private set; }

    /// <summary>The same with their rows.</summary>
    public ulong Order { get; private set; }

    /// <summary>The value of the last row that had one.</summary>
    public long Value { get; private set; }

    /// <summary>The last row that had a value.</summary>
    public long LastRow { get; private set; } = -1;

    /// <summary>The field that a reader stands at the name of; null where there are too many.</summary>
    public RowField? Child(ref Utf8JsonReader reader, int most)
    {
        // Rows have their fields in the same order.
        for (int i = 0; i < children.Count; i++)
        {
            RowField child = children[(next + i) % children.Count];
            if (reader.ValueTextEquals(child.Name))
            {
                next = (next + i + 1) % children.Count;
                return child;
            }
        }

        if (children.Count >= most)
        {
            return null;
        }

        string own = reader.GetString()!;
        RowField added = new(own, path.Length == 0 ? own : $"{path}.{own}");
        children.Add(added);
        next = 0;
        return added;
    }

    /// <summary>Takes the value of a row.</summary>
    public void Take(long row, long value)
    {
        (Value, LastRow) = (value, row);
        Rows++;
        unchecked
        {
            Numbers += RowNumbers.Hash(value);
            Order += RowNumbers.Hash(row, value);
        }
    }

    private string Name => name;
}

/// <summary>Passes through the rows of a payload and sums up the values of their fields.</summary>
internal sealed class RowFields
{
    private const int MostFields = 64;
    private const int MostDepth = 3;
    private const int RowsAtOnce = 1_024;
    private const long BytesAtOnce = 8 << 20;

    private readonly RowField root = new(string.Empty, string.Empty);
    private readonly byte[] text = new byte[OrderValue.Longest * 6];

    private RowFields()
    {
    }

    /// <summary>Passes through all rows.</summary>
    /// <param name="rows">The rows, which have been judged.</param>
    /// <param name="count">How many.</param>
    /// <param name="placeOf">The place of a row in the sums; null for its own.</param>
    /// <param name="visit">Told each row when its fields have their values.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public static IReadOnlyList<RowField> Of(
        IPayloadSource rows, long count, Func<RowField, long, long>? placeOf, Action<RowFields, long>? visit, CancellationToken cancellationToken)
    {
        RowFields fields = new();
        Each(rows, count, (row, json) =>
        {
            Utf8JsonReader reader = new(json, new JsonReaderOptions { MaxDepth = Json.JsonFileReader.MostNested });
            reader.Read();
            fields.Take(ref reader, fields.root, row, 1, placeOf);
            visit?.Invoke(fields, row);
        }, cancellationToken);
        return fields.All();
    }

    /// <summary>All fields.</summary>
    public IReadOnlyList<RowField> All() => [.. Under(root)];

    /// <summary>Says each row.</summary>
    public static void Each(IPayloadSource rows, long count, VisitRow visit, CancellationToken cancellationToken)
    {
        long[] places = new long[RowsAtOnce];
        for (long at = 0; at < count;)
        {
            cancellationToken.ThrowIfCancellationRequested();
            int asked = (int)Math.Min(RowsAtOnce, count - at);
            for (int i = 0; i < asked; i++)
            {
                places[i] = at + i;
            }

            PayloadBlock block = rows.ReadWithin(places.AsSpan(0, asked), BytesAtOnce, cancellationToken);
            for (int i = 0; i < block.Count; i++)
            {
                visit(at + i, block[i].Span);
            }

            at += Math.Max(1, block.Count);
        }
    }

    /// <summary>Takes a row.</summary>
    public delegate void VisitRow(long row, ReadOnlySpan<byte> json);

    private static IEnumerable<RowField> Under(RowField field) => field.Children.SelectMany(static child => Under(child).Prepend(child));

    private void Take(ref Utf8JsonReader reader, RowField parent, long row, int depth, Func<RowField, long, long>? placeOf)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            RowField? field = parent.Child(ref reader, MostFields);
            reader.Read();
            if (reader.TokenType == JsonTokenType.StartObject && field is not null && depth < MostDepth)
            {
                Take(ref reader, field, row, depth + 1, placeOf);
            }
            else if (field is not null && ValueOf(ref reader) is long value)
            {
                field.Take(placeOf is null ? row : placeOf(field, row), value);
            }
            else
            {
                reader.TrySkip();
            }
        }
    }

    private long? ValueOf(ref Utf8JsonReader reader) => reader.TokenType switch
    {
        JsonTokenType.Number => OrderValue.Of(reader.ValueSpan),
        JsonTokenType.String when reader.ValueSpan.Length <= text.Length => OrderValue.Of(text.AsSpan(0, reader.CopyString(text))),
        _ => null,
    };
}
