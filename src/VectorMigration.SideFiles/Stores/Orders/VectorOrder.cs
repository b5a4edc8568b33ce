using VectorMigration.SideFiles.VectorFiles;

namespace VectorMigration.SideFiles.Stores.Orders;

/// <summary>
/// The order of the rows of a table that hold vectors: a row belongs to the vector of the index that is equal to its own. Where the rows hold all vectors of
/// the index, each once, in another order than theirs, they are joined by them.
/// </summary>
internal sealed class VectorOrder
{
    /// <summary>Rows that are compared first.</summary>
    private const int FirstRows = 16;

    /// <summary>An order of more rows is not looked for: it takes 24 bytes for each.</summary>
    private const int MostRows = 1 << 24;

    private const int BlockSize = 256;

    private VectorOrder(int[]? order, string field, string row)
    {
        Order = order;
        Join = order is null ? string.Empty : $"{row} to the vector that is equal to the one in its field '{field}'";
    }

    /// <summary>The row of the table for each position; null where it is its own.</summary>
    public int[]? Order { get; }

    /// <summary>The join in words.</summary>
    public string Join { get; }

    /// <summary>Compares rows with an index; null where they hold no vectors, or none that are those of the index.</summary>
    public static VectorOrder? Of(IRowPayloadSource rows, IndexDescription index, CancellationToken cancellationToken)
    {
        if (rows is not IVectorFields fields
            || index is not { IsSupported: true, Count: > 1 and < MostRows, Fidelity: Fidelity.Exact or Fidelity.RoundingOnly })
        {
            return null;
        }

        try
        {
            IReadOnlyList<VectorField> found = fields.FindVectorFields(index.Dimension, cancellationToken);
            if (found.Count == 0)
            {
                return null;
            }

            // Where the first rows have their vectors, the others are left to the check that compares many: a large table is not read to its end here.
            using IVectorSource source = VectorFile.OpenAny(index.Path, index.ListPath);
            if (found.Any(field => BeginsInOrder(source, fields, field.Name, cancellationToken)))
            {
                return new VectorOrder(null, string.Empty, string.Empty);
            }

            rows.Check(scattered: false, cancellationToken);
            return rows.Count != index.Count ? null
                : found.Select(field => (Match(source, fields, field.Name, cancellationToken)
                    ?? RoundedVectors.Match(source, fields, field.Name, cancellationToken)) is int[] order
                    ? new VectorOrder(order, field.Name, rows.RowName) : null).FirstOrDefault(static order => order is not null);
        }
        catch (MigrationException)
        {
            // Whoever plans reads both again, and reports what is wrong.
            return null;
        }
    }

    private static bool BeginsInOrder(IVectorSource source, IVectorFields fields, string field, CancellationToken cancellationToken)
    {
        float[] own = new float[source.Description.Dimension];
        long[] places = new long[Math.Min(FirstRows, source.Description.Count)];
        if (source.ReadRows(0, places, cancellationToken) < places.Length)
        {
            return false;
        }

        using VectorBatch vectors = source.Read(0, places.Length, cancellationToken);
        for (int i = 0; i < places.Length; i++)
        {
            if (i >= vectors.Count || places[i] != i || !fields.TryReadVector(field, i, own, cancellationToken)
                || !Likeness.AreSame(vectors.Vector(i), own))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The row for each position; null where a vector has no row that is equal bit for bit, or where several have.</summary>
    private static int[]? Match(IVectorSource source, IVectorFields fields, string field, CancellationToken cancellationToken)
    {
        int count = (int)source.Description.Count;
        ulong[] hashes = new ulong[count];
        int[] rows = [.. Enumerable.Range(0, count)];
        float[] own = new float[source.Description.Dimension];
        for (int row = 0; row < count; row++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (!fields.TryReadVector(field, row, own, cancellationToken))
            {
                return null;
            }

            hashes[row] = VectorField.Hash(own);
        }

        Array.Sort(hashes, rows);
        for (int i = 1; i < count; i++)
        {
            if (hashes[i] == hashes[i - 1])
            {
                return null;
            }
        }

        int[] order = new int[count];
        Array.Fill(order, -1);
        long[] places = new long[BlockSize];
        for (long ordinal = 0; ordinal < count;)
        {
            cancellationToken.ThrowIfCancellationRequested();
            using VectorBatch block = source.Read(ordinal, BlockSize, cancellationToken);
            source.ReadRows(ordinal, places.AsSpan(0, block.Count), cancellationToken);
            for (int i = 0; i < block.Count; i++)
            {
                int at = Array.BinarySearch(hashes, VectorField.Hash(block.Vector(i)));
                if (at < 0 || (ulong)places[i] >= (ulong)count || order[places[i]] >= 0)
                {
                    return null;
                }

                order[places[i]] = rows[at];
            }

            ordinal += block.Count;
        }

        return order;
    }
}
