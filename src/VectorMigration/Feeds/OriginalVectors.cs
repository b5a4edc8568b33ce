using System.Security.Cryptography;
using System.Text;
using VectorMigration.Errors;
using VectorMigration.Files;
using VectorMigration.Vectors;

namespace VectorMigration.Feeds;

/// <summary>
/// The original vectors under the ids of an index that holds only codes of them, or less. Row n of the originals is the vector that was added n-th. What the
/// index decodes is compared with a sample of them, so that originals of another index are noticed.
/// </summary>
public sealed class OriginalVectors : IVectorSource, IChangeDetector
{
    /// <summary>Vectors that are compared, spread evenly over the index.</summary>
    private const int Samples = 1_000;

    /// <summary>Runs of samples that are judged by themselves: originals may fit an index up to a row and no further.</summary>
    private const int Strata = 10;

    /// <summary>Of the samples in a run, so many must be nearer to their own original than to another one. Of vectors that have nothing to do with each other
    /// half would be; codes of one bit reach more than nine of ten.</summary>
    private const double LeastNear = 0.8;

    private readonly IVectorSource index;
    private readonly IVectorSource originals;

    private OriginalVectors(IVectorSource index, IVectorSource originals)
    {
        this.index = index;
        this.originals = originals;
        string digest = $"{index.Description.Identity.Fingerprint}\n{originals.Description.Identity.Fingerprint}";
        Description = index.Description with
        {
            Fidelity = originals.Description.Fidelity,
            Codec = originals.Description.Codec,
            BitsPerVector = originals.Description.BitsPerVector,
            ExpectedError = originals.Description.ExpectedError,
            OriginalsPath = originals.Description.Path,
            Warnings = [.. index.Description.Warnings, .. originals.Description.Warnings],
            Identity = index.Description.Identity with { Fingerprint = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(digest))) },
        };
    }

    /// <inheritdoc/>
    public IndexDescription Description { get; }

    /// <summary>Puts originals under the ids of an index, after they were found to belong together.</summary>
    /// <param name="index">The index, which closes with the result, or with the error.</param>
    /// <param name="originals">The original vectors in the order of adding; they close too.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="MigrationException">Their numbers or dimensions differ, the index does not tell the order of adding, or its vectors are not
    /// those of the file.</exception>
    public static OriginalVectors Of(IVectorSource index, IVectorSource originals, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(index);
        ArgumentNullException.ThrowIfNull(originals);
        try
        {
            RefuseShape(index.Description, originals.Description);
            OriginalVectors both = new(index, originals);
            both.RefuseOrder(cancellationToken);
            both.RefuseOthers(cancellationToken);
            return both;
        }
        catch
        {
            index.Dispose();
            originals.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public VectorBatch Read(long ordinal, int count, CancellationToken cancellationToken)
    {
        int rows = (int)Math.Min(count, Math.Max(0, Description.Count - ordinal));
        int dimension = Description.Dimension;
        BatchMemory memory = BatchMemory.Rent(rows, dimension);
        try
        {
            long[] places = new long[rows];
            if (index.ReadIds(ordinal, memory.Ids.AsSpan(0, rows), cancellationToken) < rows || index.ReadRows(ordinal, places, cancellationToken) < rows)
            {
                throw FeedErrors.EndedEarly(Description, ordinal, Description.Count);
            }

            Gather(places, memory.Components.AsSpan(0, rows * dimension), cancellationToken);
            return VectorBatch.Create(
                Description.Identity, ordinal, dimension, memory.Ids.AsMemory(0, rows), memory.Components.AsMemory(0, rows * dimension), memory);
        }
        catch
        {
            memory.Release();
            throw;
        }
    }

    /// <inheritdoc/>
    public int ReadIds(long ordinal, Span<long> destination, CancellationToken cancellationToken) => index.ReadIds(ordinal, destination, cancellationToken);

    /// <inheritdoc/>
    public int ReadRows(long ordinal, Span<long> destination, CancellationToken cancellationToken) => index.ReadRows(ordinal, destination, cancellationToken);

    /// <inheritdoc/>
    public void ThrowIfChanged()
    {
        (index as IChangeDetector)?.ThrowIfChanged();
        (originals as IChangeDetector)?.ThrowIfChanged();
    }

    /// <inheritdoc/>
    public void ThrowIfContentChanged()
    {
        (index as IChangeDetector)?.ThrowIfContentChanged();
        (originals as IChangeDetector)?.ThrowIfContentChanged();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        index.Dispose();
        originals.Dispose();
    }

    private static void RefuseShape(IndexDescription index, IndexDescription originals)
    {
        if (index.Dimension != originals.Dimension)
        {
            throw OriginalErrors.Dimension(index, originals);
        }

        if (index.Count != originals.Count)
        {
            throw OriginalErrors.Count(index, originals);
        }
    }

    /// <summary>The rows of the index must be 0 to n − 1, each once, or it is unknown which original is whose.</summary>
    private void RefuseOrder(CancellationToken cancellationToken)
    {
        if (Description.RowOrder == RowOrder.Position)
        {
            return;
        }

        long[] block = new long[1 << 15];
        ulong[] seen = new ulong[(Description.Count + 63) / 64];
        for (long ordinal = 0; ordinal < Description.Count;)
        {
            cancellationToken.ThrowIfCancellationRequested();
            int read = index.ReadRows(ordinal, block, cancellationToken);
            for (int i = 0; i < read; i++)
            {
                long row = block[i];
                if ((ulong)row >= (ulong)Description.Count || (seen[row >> 6] & (1UL << (int)(row & 63))) != 0)
                {
                    throw OriginalErrors.OrderUnknown(Description, originals.Description, row, ordinal + i);
                }

                seen[row >> 6] |= 1UL << (int)(row & 63);
            }

            ordinal += Math.Max(1, read);
        }
    }

    /// <summary>Compares what the index holds with its own original and with another one, in runs over all of it.</summary>
    private void RefuseOthers(CancellationToken cancellationToken)
    {
        long count = Description.Count;
        long perStratum = Math.Min(Samples / Strata, Math.Max(1, count / Strata));
        for (int stratum = 0; count > 1 && stratum < Strata; stratum++)
        {
            long from = count * stratum / Strata;
            long length = (count * (stratum + 1) / Strata) - from;
            long near = 0;
            long asked = Math.Min(perStratum, length);
            for (long i = 0; i < asked; i++)
            {
                near += IsNear(from + (length * i / asked), cancellationToken) ? 1 : 0;
            }

            if (near < asked * LeastNear)
            {
                throw OriginalErrors.Others(Description, originals.Description, from, from + length - 1, near, asked);
            }
        }
    }

    private bool IsNear(long ordinal, CancellationToken cancellationToken)
    {
        Span<long> row = stackalloc long[1];
        index.ReadRows(ordinal, row, cancellationToken);
        // A neighbour and one far away in turn: rows may be shifted by one, or be those of another file.
        long other = (row[0] + (ordinal % 2 == 0 ? 1 : Math.Max(1, Description.Count / 2))) % Description.Count;
        using VectorBatch held = index.Read(ordinal, 1, cancellationToken);
        using VectorBatch own = originals.Read(row[0], 1, cancellationToken);
        using VectorBatch another = originals.Read(other, 1, cancellationToken);
        return Distance(held.Vector(0), own.Vector(0)) <= Distance(held.Vector(0), another.Vector(0));
    }

    /// <summary>One minus the cosine: an index may keep vectors of another length than they had.</summary>
    private static double Distance(ReadOnlySpan<float> left, ReadOnlySpan<float> right)
    {
        double dot = 0;
        for (int i = 0; i < left.Length; i++)
        {
            dot += (double)left[i] * right[i];
        }

        double norms = Norms.Of(left) * Norms.Of(right);
        return norms > 0 ? 1 - (dot / norms) : 1;
    }

    private void Gather(long[] places, Span<float> components, CancellationToken cancellationToken)
    {
        int dimension = Description.Dimension;
        int[] order = [.. Enumerable.Range(0, places.Length)];
        Array.Sort([.. places], order);
        for (int i = 0; i < order.Length;)
        {
            long first = places[order[i]];
            int run = 1;
            while (i + run < order.Length && places[order[i + run]] == first + run)
            {
                run++;
            }

            using VectorBatch batch = originals.Read(first, run, cancellationToken);
            if (batch.Count < run)
            {
                throw FeedErrors.EndedEarly(originals.Description, first, originals.Description.Count);
            }

            for (int j = 0; j < run; j++)
            {
                batch.Vector(j).CopyTo(components.Slice(order[i + j] * dimension, dimension));
            }

            i += run;
        }
    }
}
