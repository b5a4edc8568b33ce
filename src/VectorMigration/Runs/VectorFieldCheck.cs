using VectorMigration.Vectors;

namespace VectorMigration.Runs;

/// <summary>A payload whose own vector is not that of the vector that it is joined to.</summary>
/// <param name="Field">The field with the vectors of the payloads.</param>
/// <param name="Place">The row, or the FAISS id, of the first payload that differs.</param>
/// <param name="Ordinal">The position of the vector that it is joined to.</param>
/// <param name="Component">The component that differs most.</param>
/// <param name="Found">Its value in the payload.</param>
/// <param name="Expected">Its value in the index.</param>
/// <param name="Differing">Payloads that differ, of those that were compared.</param>
/// <param name="Compared">Payloads that were compared.</param>
internal sealed record VectorFieldDifference(
    string Field, long Place, long Ordinal, int Component, float Found, float Expected, long Differing, long Compared)
{
    /// <summary>The payloads hold all vectors of the index, in another order.</summary>
    public bool IsPermutation { get; init; }

    /// <summary>The user leaves the field out.</summary>
    public bool IsExcluded { get; init; }
}

/// <summary>
/// Compares the vectors that payloads hold with those that they are joined to: all of few, of many a sample at regular distances with the first and the last.
/// </summary>
/// <param name="source">The index.</param>
/// <param name="payload">Its payloads.</param>
/// <param name="fields">The same, with their vectors.</param>
internal sealed class VectorFieldCheck(IVectorSource source, IPayloadSource payload, IVectorFields fields)
{
    /// <summary>Up to so many payloads are all compared.</summary>
    internal const int MostWhole = 5_000;

    /// <summary>Of more, so many are.</summary>
    internal const int SampleSize = 1_000;

    /// <summary>Vectors that are gone through to find out whether one side is the other in another order.</summary>
    private const long MostOrdered = 2_000_000;

    /// <summary>
    /// Greatest difference of a component, in lengths of the vector, that is rounding: tables keep vectors as halves, or as texts with few digits. It is far
    /// below what tells two texts apart.
    /// </summary>
    private const double Rounding = 1e-3;

    private const int BlockSize = 256;

    private readonly IndexDescription index = source.Description;

    /// <summary>Compares them; null where nothing speaks against the join, or there is nothing to compare.</summary>
    public VectorFieldDifference? Run(CancellationToken cancellationToken)
    {
        if (index is not { IsSupported: true, Count: > 0, Fidelity: Fidelity.Exact or Fidelity.RoundingOnly })
        {
            return null;
        }

        long[] ordinals = Choose(index.Count);
        long[] places = [.. ordinals.Select(ordinal => PlaceOf(ordinal, cancellationToken))];
        // In the order of the payloads: a table is read block by block.
        Array.Sort(places, ordinals);
        VectorFieldDifference? first = null;
        VectorFieldDifference? excluded = null;
        foreach (VectorField field in fields.FindVectorFields(index.Dimension, cancellationToken))
        {
            (long compared, VectorFieldDifference? difference) = Compare(field.Name, ordinals, places, cancellationToken);
            if (compared > 0 && difference is null)
            {
                // These are the vectors of the index: others in another field are nothing to it.
                return null;
            }

            (first, excluded) = field.IsExcluded ? (first, excluded ?? difference) : (first ?? difference, excluded);
        }

        if (first is not null)
        {
            return first with { IsPermutation = IsPermutation(first.Field, cancellationToken) };
        }

        // A field that the user leaves out may hold the vectors of another model, but not those of the index on other rows.
        return excluded is not null && IsPermutation(excluded.Field, cancellationToken) ? excluded with { IsPermutation = true, IsExcluded = true } : null;
    }

    /// <summary>The ordinals that are compared: all, or some at regular distances.</summary>
    internal static long[] Choose(long count)
    {
        if (count <= MostWhole)
        {
            return [.. Enumerable.Range(0, (int)count).Select(static ordinal => (long)ordinal)];
        }

        long[] chosen = new long[SampleSize];
        for (int i = 0; i < chosen.Length; i++)
        {
            chosen[i] = (long)((Int128)(count - 1) * i / (chosen.Length - 1));
        }

        return chosen;
    }

    private long PlaceOf(long ordinal, CancellationToken cancellationToken)
    {
        long[] place = new long[1];
        _ = payload is IKeyedPayloadSource ? source.ReadIds(ordinal, place, cancellationToken) : source.ReadRows(ordinal, place, cancellationToken);
        return place[0];
    }

    private (long Compared, VectorFieldDifference? Difference) Compare(string field, long[] ordinals, long[] places, CancellationToken cancellationToken)
    {
        float[] own = new float[index.Dimension];
        long compared = 0;
        long differing = 0;
        VectorFieldDifference? first = null;
        for (int i = 0, next; i < ordinals.Length; i = next)
        {
            cancellationToken.ThrowIfCancellationRequested();
            for (next = i + 1; next < ordinals.Length && places[next] == places[i];)
            {
                next++;
            }

            if (!fields.TryReadVector(field, places[i], own, cancellationToken))
            {
                continue;
            }

            compared++;
            VectorFieldDifference? difference = null;
            // Of several vectors with one id, the payload has that of one.
            for (int same = i; same < next && (same == i || difference is not null); same++)
            {
                using VectorBatch vector = source.Read(ordinals[same], 1, cancellationToken);
                difference = Differs(vector.Vector(0), own) is not int component ? null
                    : difference ?? new VectorFieldDifference(field, places[i], ordinals[same], component, own[component], vector.Vector(0)[component], 0, 0);
            }

            differing += difference is null ? 0 : 1;
            first ??= difference;
        }

        return (compared, first is null ? null : first with { Differing = differing, Compared = compared });
    }

    /// <summary>The component by which two vectors differ by more than rounding, or than the normalisation of one of them; null where none does.</summary>
    internal static int? Differs(ReadOnlySpan<float> vector, ReadOnlySpan<float> own)
    {
        double length = Length(vector);
        double ownLength = Length(own);
        double scale = length > 0 ? 1 / length : 1;
        double ownScale = IsUnit(length) != IsUnit(ownLength) && ownLength > 0 ? 1 / ownLength : scale;
        int? most = null;
        double greatest = Rounding;
        for (int i = 0; i < vector.Length; i++)
        {
            double difference = Math.Abs((vector[i] * scale) - (own[i] * ownScale));
            if (float.IsFinite(vector[i]) && !(difference <= greatest))
            {
                greatest = double.IsNaN(difference) ? double.PositiveInfinity : difference;
                most = i;
            }
        }

        return most;
    }

    private static bool IsUnit(double length) => Math.Abs(length - 1) <= Rounding;

    private static double Length(ReadOnlySpan<float> vector)
    {
        double squared = 0;
        foreach (float component in vector)
        {
            squared += (double)component * component;
        }

        return double.IsFinite(squared) ? Math.Sqrt(squared) : 0;
    }

    /// <summary>Whether both sides hold the same vectors, bit for bit, whatever their order: compared by sums of hashes.</summary>
    private bool IsPermutation(string field, CancellationToken cancellationToken)
    {
        if (index.Count > MostOrdered)
        {
            return false;
        }

        ulong vectors = 0;
        ulong owned = 0;
        float[] own = new float[index.Dimension];
        long[] places = new long[BlockSize];
        for (long ordinal = 0; ordinal < index.Count;)
        {
            cancellationToken.ThrowIfCancellationRequested();
            using VectorBatch block = source.Read(ordinal, BlockSize, cancellationToken);
            int read = payload is IKeyedPayloadSource ? source.ReadIds(ordinal, places.AsSpan(0, block.Count), cancellationToken) : block.Count;
            for (int i = 0; i < block.Count; i++)
            {
                // Rows are gone through in their own order.
                long place = payload is IKeyedPayloadSource ? places[i] : ordinal + i;
                if (i >= read || !fields.TryReadVector(field, place, own, cancellationToken))
                {
                    return false;
                }

                unchecked
                {
                    vectors += VectorField.Hash(block.Vector(i));
                    owned += VectorField.Hash(own);
                }
            }

            ordinal += block.Count;
        }

        return vectors == owned;
    }
}
