using System.Text;
using System.Text.Json;

namespace VectorMigration.SideFiles.Stores.Tables.Columns;

/// <summary>Lists.</summary>
internal sealed class ListColumn : TableColumn
{
    private readonly int[] offsets;
    private readonly Validity validity;
    private readonly TableColumn items;

    /// <summary>A column of lists.</summary>
    /// <param name="offsets">Where each begins among the items, and where the last ends: ascending.</param>
    /// <param name="validity">Which rows have one.</param>
    /// <param name="items">All items.</param>
    public ListColumn(int[] offsets, Validity validity, TableColumn items)
        : base(offsets.Length - 1)
    {
        TableDamage.ThrowUnless(offsets[^1] <= items.Count, "a list that ends after the last item");
        this.offsets = offsets;
        this.validity = validity;
        this.items = items;
    }

    /// <summary>Bytes of one of its real numbers; 0 where they are none.</summary>
    public int RealWidth => (items is IndexedColumn { Values: FixedColumn one } ? one : items as FixedColumn) is { IsReal: true } real ? real.Width : 0;

    /// <summary>Whether every row is a list of so many real numbers, and there is one: vectors.</summary>
    public bool AreVectors(int dimension)
    {
        bool isReal = RealWidth > 0;
        for (int row = 0; isReal && row < Count; row++)
        {
            isReal = !IsNull(row) && offsets[row + 1] - offsets[row] == dimension;
        }

        return isReal && Count > 0;
    }

    /// <summary>How many items the list of a row has; null for a row without one.</summary>
    public int? LengthOf(int row) => IsNull(row) ? null : offsets[row + 1] - offsets[row];

    /// <summary>How many real numbers each row has, the same for all of them: the dimension of vectors; null where they are none.</summary>
    public int? VectorDimension => Count > 0 && !IsNull(0) && offsets[1] > offsets[0] && AreVectors(offsets[1] - offsets[0]) ? offsets[1] - offsets[0] : null;

    /// <summary>The real numbers of a row.</summary>
    /// <exception cref="TableDamage">One is missing.</exception>
    public void CopyTo(int row, Span<float> components)
    {
        int first = offsets[row];
        for (int i = 0; i < components.Length; i++)
        {
            TableDamage.ThrowUnless(!items.IsNull(first + i), $"a list without its component {i}");
            components[i] = items switch
            {
                IndexedColumn indexed => ((FixedColumn)indexed.Values).Real(indexed.Place(first + i)),
                _ => ((FixedColumn)items).Real(first + i),
            };
        }
    }

    /// <inheritdoc/>
    public override bool IsNull(int row) => validity.IsNull(row);

    /// <inheritdoc/>
    protected override void WriteValue(TableJson json, int row)
    {
        json.Writer.WriteStartArray();
        for (int item = offsets[row]; item < offsets[row + 1]; item++)
        {
            json.Enter(item - offsets[row]);
            items.Write(json, item);
            json.Leave();
        }

        json.Writer.WriteEndArray();
    }
}

/// <summary>Objects of named fields.</summary>
internal sealed class StructColumn : TableColumn
{
    private readonly Validity validity;
    private readonly string[] names;
    private readonly TableColumn[] fields;

    /// <summary>A column of objects.</summary>
    public StructColumn(int count, Validity validity, string[] names, TableColumn[] fields)
        : base(count)
    {
        TableDamage.ThrowUnless(fields.All(field => field.Count >= count), "a field with fewer rows than its object");
        this.validity = validity;
        this.names = names;
        this.fields = fields;
    }

    /// <inheritdoc/>
    public override bool IsNull(int row) => validity.IsNull(row);

    /// <inheritdoc/>
    protected override void WriteValue(TableJson json, int row)
    {
        json.Writer.WriteStartObject();
        for (int i = 0; i < fields.Length; i++)
        {
            json.Enter(names[i]);
            fields[i].Write(json, row);
            json.Leave();
        }

        json.Writer.WriteEndObject();
    }
}

/// <summary>Maps: lists of keys and values, written as objects.</summary>
internal sealed class MapColumn : TableColumn
{
    private readonly int[] offsets;
    private readonly Validity validity;
    private readonly TableColumn keys;
    private readonly TableColumn values;

    /// <summary>A column of maps.</summary>
    public MapColumn(int[] offsets, Validity validity, TableColumn keys, TableColumn values)
        : base(offsets.Length - 1)
    {
        TableDamage.ThrowUnless(offsets[^1] <= keys.Count && offsets[^1] <= values.Count, "a map that ends after the last item");
        this.offsets = offsets;
        this.validity = validity;
        this.keys = keys;
        this.values = values;
    }

    /// <inheritdoc/>
    public override bool IsNull(int row) => validity.IsNull(row);

    /// <inheritdoc/>
    protected override void WriteValue(TableJson json, int row)
    {
        json.Writer.WriteStartObject();
        for (int item = offsets[row]; item < offsets[row + 1]; item++)
        {
            json.Enter(KeyOf(json, item));
            values.Write(json, item);
            json.Leave();
        }

        json.Writer.WriteEndObject();
    }

    /// <summary>A key as the text that it is, or as that of its JSON.</summary>
    private string KeyOf(TableJson json, int item)
    {
        if (keys.IsNull(item))
        {
            throw json.Refused("a map with a key that is null", "Omit it.");
        }

        using MemoryStream text = new();
        using (Utf8JsonWriter writer = new(text, JsonText.Options))
        {
            keys.Write(json.With(writer), item);
        }

        string key = Encoding.UTF8.GetString(text.GetBuffer(), 0, (int)text.Length);
        return key.StartsWith('"') ? JsonDocument.Parse(key).RootElement.GetString()! : key;
    }
}
