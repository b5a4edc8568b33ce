using System.Buffers;
using VectorMigration.Vectors;

namespace VectorMigration.Feeds;

/// <summary>Brings vectors and payloads together: by the id in the payload where it has one, otherwise by the order in which the vectors were added.</summary>
internal sealed class PayloadJoin(IVectorSource source, IPayloadSource payload)
{
    /// <summary>The payloads of vectors that lie behind each other, or of the first of them where they weigh more than so many bytes.</summary>
    public PayloadBlock ReadWithin(long ordinal, ReadOnlySpan<long> faissIds, long mostBytes, CancellationToken cancellationToken)
    {
        // For inverted lists the row is the id, which has been read already.
        if (payload is IKeyedPayloadSource || source.Description.RowOrder == RowOrder.Id)
        {
            return payload.ReadWithin(faissIds, mostBytes, cancellationToken);
        }

        long[] rented = ArrayPool<long>.Shared.Rent(faissIds.Length);
        try
        {
            Span<long> rows = rented.AsSpan(0, faissIds.Length);
            if (source.ReadRows(ordinal, rows, cancellationToken) < rows.Length)
            {
                throw FeedErrors.EndedEarly(source.Description, ordinal, source.Description.Count);
            }

            return payload.ReadWithin(rows, mostBytes, cancellationToken);
        }
        finally
        {
            ArrayPool<long>.Shared.Return(rented);
        }
    }

    /// <summary>How payloads find their vectors, in words: by the key, or in the order of adding.</summary>
    /// <param name="order">What tells the order of adding.</param>
    /// <param name="key">The field that holds the FAISS id; null for the order of adding.</param>
    /// <param name="row">What one of the payloads is called.</param>
    public static string Describe(RowOrder order, string? key, string row) => key is not null ? $"field '{key}' to FAISS id" : order switch
    {
        RowOrder.Id => $"{row} n to id n, both counted from 0",
        RowOrder.InnerId => $"{row} n to the vector that was added n-th, which is the inner id n under the id map, both counted from 0",
        _ => $"{row} n to vector n, both counted from 0",
    };
}
