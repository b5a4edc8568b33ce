using System.Text.Json;

namespace VectorMigration.SideFiles.Stores.Orders;

/// <summary>Tables with no more than two columns: a list of values, or a map of positions.</summary>
internal static class ThinTable
{
    private const int MostFields = 2;

    /// <summary>Reads a table.</summary>
    public static void Read(OrderFile file, IndexOrder index, CancellationToken cancellationToken)
    {
        using IRowPayloadSource? rows = RawRows.Open(file.Path, default, index, cancellationToken);
        if (rows is null || Names(rows.Read([0L], cancellationToken)[0].Span) is not string[] names)
        {
            return;
        }

        OrderColumn[] columns = [.. names.Select(file.Column)];
        RowFields.Each(rows, index.Count, (_, json) =>
        {
            Utf8JsonReader reader = new(json);
            reader.Read();
            foreach (OrderColumn column in columns)
            {
                if (!reader.Read() || reader.TokenType != JsonTokenType.PropertyName || !reader.ValueTextEquals(column.Name))
                {
                    column.Drop();
                    break;
                }

                reader.Read();
                switch (reader.TokenType)
                {
                    case JsonTokenType.Number: column.Add(reader.ValueSpan); break;
                    case JsonTokenType.String when reader.ValueSpan.Length <= 2 * OrderValue.Longest: column.Add(reader.GetString()!); break;
                    default:
                        column.Drop();
                        reader.TrySkip();
                        break;
                }
            }
        }, cancellationToken);
        file.Keep(columns.Length == 1 ? columns[0].Name : null, columns);
    }

    /// <summary>Names of the fields of a row; null where it has more, or something else than values in them.</summary>
    private static string[]? Names(ReadOnlySpan<byte> json)
    {
        List<string> names = [];
        Utf8JsonReader reader = new(json);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName && names.Count <= MostFields)
        {
            names.Add(reader.GetString()!);
            reader.Read();
            if (reader.TokenType is not (JsonTokenType.Number or JsonTokenType.String))
            {
                return null;
            }
        }

        return names.Count is > 0 and <= MostFields ? [.. names] : null;
    }
}
