using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using VectorMigration.Errors;
using VectorMigration.Files;
using VectorMigration.Vectors;

namespace VectorMigration.Feeds;

/// <summary>
/// The original vectors under the ids of an index that holds only codes of them, or less. Row n of the originals is the vector that was added n-th. Every one
/// that is read is compared with what the index holds of it, and a sample of all before the first, so that originals of another index are noticed.
/// </summary>
public sealed class OriginalVectors : IVectorSource, IChangeDetector
{
    /// <summary>Vectors that are compared before the first one is read, spread evenly over the index.</summary>
    private const int Samples = 1_000;

    /// <summary>Relative length of the difference that rounding to 16 bits, or a rotation, makes at most.</summary>
    private const double Rounding = 0.01;

    /// <summary>What a code may be off, as a part of the squared distance between two vectors of the index that have nothing to do with each other.</summary>
    private const double MostOfSpread = 0.4;

    /// <summary>What a code of a scalar quantizer may be off, in squared steps: components beyond the trained range lie further from it.</summary>
    private const double MostSteps = 100;

    /// <summary>What the arithmetic of encoders adds to half a step.</summary>
    private const double RoundingOfCodes = 1.001;

    private readonly IVectorSource index;
    private readonly IVectorSource originals;
    private CodeSample sample = new([]);
    private readonly bool isTransformed;
    private double bound;
    private bool isCoarse;

    private OriginalVectors(IVectorSource index, IVectorSource originals)
    {
        this.index = index;
        this.originals = originals;
        // Undone to the last bit but for rounding, transforms leave everything.
        isTransformed = index.Description.Fidelity == Fidelity.Approximate && index is ITransformedSource transformed && transformed.Project([]);
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
    public IndexDescription Description { get; private set; }

    /// <summary>The index with what it holds of the vectors.</summary>
    internal IVectorSource Held => index;

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
            both.Compare(cancellationToken);
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
            RefuseOthers(ordinal, places, memory.Components.AsSpan(0, rows * dimension), cancellationToken);
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

    /// <summary>Compares a sample before the first vector is read, and finds by it how far a code may be off.</summary>
    private void Compare(CancellationToken cancellationToken)
    {
        int samples = (int)Math.Min(Samples, Description.Count);
        long[] ordinals = [.. Enumerable.Range(0, samples).Select(i => Description.Count * i / samples)];
        if (HoldsCodes && samples > 0)
        {
            FindBound(ordinals, cancellationToken);
        }

        for (int i = 0; i < ordinals.Length; i++)
        {
            using VectorBatch checks = Read(ordinals[i], 1, cancellationToken);
        }
    }

    private void FindBound(long[] ordinals, CancellationToken cancellationToken)
    {
        float[][] held = new float[ordinals.Length][];
        float[][] own = new float[ordinals.Length][];
        long[] row = new long[1];
        for (int i = 0; i < ordinals.Length; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            index.ReadRows(ordinals[i], row, cancellationToken);
            using VectorBatch code = index.Read(ordinals[i], 1, cancellationToken);
            using VectorBatch original = originals.Read(row[0], 1, cancellationToken);
            held[i] = code.Vector(0).ToArray();
            own[i] = Left(original.Vector(0)).ToArray();
        }

        // Neighbours in inverted lists and in sorted files are alike: what has nothing to do with a vector lies half of the index away.
        double error = Median(held.Select((code, i) => Norms.SquaredDistance(code, own[i])));
        double spread = Spread(held);
        sample = new CodeSample(held);
        bound = MostOfSpread * spread;
        double most = bound / 2;
        if (index.Description.ExpectedError is float halfStep)
        {
            most = (double)halfStep * halfStep * Description.Dimension * RoundingOfCodes;
            bound = Math.Max(most, Math.Min(bound, MostSteps * most));
        }

        isCoarse = !(error <= most);
        double mostOfCoarse = index.Description.ExpectedError is null ? CodeSample.MostError(index.Description) * Spread(own) / 2 : most;
        if (isCoarse ? !(error <= mostOfCoarse && sample.Belong(held, own)) : !sample.AreNearest(held, own))
        {
            throw OriginalErrors.Others(index.Description, originals.Description);
        }

        if (isCoarse || AreAlike(held, own))
        {
            Description = Description with { Warnings = [.. Description.Warnings, OriginalErrors.Coarse(index.Description, originals.Description)] };
        }
    }

    /// <summary>Whether different rows of the sample have the same code, so that nobody notices if they change places.</summary>
    private static bool AreAlike(float[][] held, float[][] own) =>
        Enumerable.Range(0, held.Length)
            .GroupBy(i => Convert.ToHexString(SHA256.HashData(MemoryMarshal.AsBytes(held[i].AsSpan()))), StringComparer.Ordinal)
            .Any(rows => rows.Skip(1).Any(i => !own[i].AsSpan().SequenceEqual(own[rows.First()])));

    private static double Spread(float[][] vectors) =>
        Median(vectors.Select((vector, i) => Norms.SquaredDistance(vector, vectors[(i + (vectors.Length / 2)) % vectors.Length])));

    /// <summary>Compares originals with what the index holds of them.</summary>
    private void RefuseOthers(long ordinal, long[] places, ReadOnlySpan<float> components, CancellationToken cancellationToken)
    {
        int dimension = Description.Dimension;
        using VectorBatch held = index.Read(ordinal, places.Length, cancellationToken);
        for (int i = 0; i < places.Length; i++)
        {
            ReadOnlySpan<float> own = components.Slice(i * dimension, dimension);
            if (!IsOwn(held.Vector(i), Left(own)))
            {
                throw OriginalErrors.Row(index.Description, originals.Description, places[i], ordinal + i);
            }
        }
    }

    /// <summary>Codes are only near to the vectors; what a transform leaves of them is known exactly, but for rounding.</summary>
    private bool HoldsCodes => index.Description.Fidelity == Fidelity.Approximate && !(isTransformed && index.Description.Codec is null);

    private bool IsOwn(ReadOnlySpan<float> held, ReadOnlySpan<float> own) =>
        // NaN equals itself here: the run tells of it as of any other.
        index.Description.Fidelity == Fidelity.Exact ? held.SequenceEqual(own)
            : HoldsCodes ? IsCodeOf(held, own)
            : held.SequenceEqual(own) || Math.Sqrt(Norms.SquaredDistance(held, own)) <= Rounding * Norms.Of(own);

    /// <summary>What transforms of the index (a normalisation, a PCA to fewer dimensions) leave of an original.</summary>
    private ReadOnlySpan<float> Left(ReadOnlySpan<float> own)
    {
        if (!isTransformed)
        {
            return own;
        }

        float[] left = own.ToArray();
        ((ITransformedSource)index).Project(left);
        return left;
    }

    /// <summary>An outlier lies far from its code, but no other code is nearer.</summary>
    private bool IsCodeOf(ReadOnlySpan<float> held, ReadOnlySpan<float> own) =>
        isCoarse ? sample.IsOwn(held, own) : Norms.SquaredDistance(held, own) <= bound || sample.IsNearest(held, own);

    private static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted.Length == 0 ? 0 : sorted[sorted.Length / 2];
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
