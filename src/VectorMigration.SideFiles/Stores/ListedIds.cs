using System.Text.Json;

namespace VectorMigration.SideFiles.Stores;

/// <summary>Lists of numbers that say of each vector nothing but the id that the index gives it.</summary>
internal static class ListedIds
{
    private const int RowsAtOnce = 4_096;

    /// <summary>Whether row n of a list is the id of the vector that was added n-th, and nothing else, for all of them.</summary>
    /// <param name="list">The list.</param>
    /// <param name="index">The index.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public static bool AreThoseOf(IPayloadSource list, IVectorSource index, CancellationToken cancellationToken)
    {
        if (list is IKeyedPayloadSource || index.Description.Count == 0)
        {
            return false;
        }

        list.Check(scattered: false, cancellationToken);
        long[] ids = new long[RowsAtOnce];
        long[] rows = new long[RowsAtOnce];
        for (long at = 0; at < index.Description.Count;)
        {
            // Most lists that are none end at their first row.
            int read = index.ReadIds(at, at == 0 ? ids.AsSpan(0, 1) : ids, cancellationToken);
            for (int i = 0; i < read; i++)
            {
                rows[i] = at + i;
            }

            PayloadBlock block = list.Read(rows.AsSpan(0, read), cancellationToken);
            for (int i = 0; i < read; i++)
            {
                if (IdOf(block[i].Span) != ids[i])
                {
                    return false;
                }
            }

            at += read;
        }

        return true;
    }

    /// <summary>The whole number that is the only field of a payload; null for any other payload.</summary>
    private static long? IdOf(ReadOnlySpan<byte> payload)
    {
        Utf8JsonReader reader = new(payload);
        return reader.Read() && reader.TokenType == JsonTokenType.StartObject && reader.Read() && reader.TokenType == JsonTokenType.PropertyName
            && reader.Read() && reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out long id)
            && reader.Read() && reader.TokenType == JsonTokenType.EndObject ? id : null;
    }
}
