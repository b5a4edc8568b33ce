using System.Buffers;
using VectorMigration.Faiss.Codecs;
using VectorMigration.Faiss.Input;
using VectorMigration.Vectors;

namespace VectorMigration.Faiss.Layouts;

/// <summary>A layout over another one, with the same vectors in the same order under the same ids.</summary>
internal abstract class DerivedLayout(VectorLayout inner) : VectorLayout
{
    /// <summary>The one below.</summary>
    protected VectorLayout Inner => inner;

    public override long Count => inner.Count;

    public override int Dimension => inner.Dimension;

    public override IReadOnlyList<IndexRegion> Regions => inner.Regions;

    public override void ReadIds(long ordinal, Span<long> ids, CancellationToken cancellationToken) => inner.ReadIds(ordinal, ids, cancellationToken);

    public override void ReadRows(long ordinal, Span<long> rows, CancellationToken cancellationToken) => inner.ReadRows(ordinal, rows, cancellationToken);

    public override long IdOffset(long ordinal, CancellationToken cancellationToken) => inner.IdOffset(ordinal, cancellationToken);

    public override bool Project(Span<float> originals) => inner.Project(originals);
}

/// <summary>Vectors that were transformed before they were added: the transform is undone.</summary>
internal sealed class TransformedLayout(VectorLayout inner, VectorTransform transform) : DerivedLayout(inner)
{
    /// <summary>Components reversed at once.</summary>
    private const int Piece = 1 << 18;

    public override int Dimension => transform.InputDimension;

    /// <summary>What the transform leaves of the originals when it is done and undone, and the transforms of the layout below in between.</summary>
    public override bool Project(Span<float> originals)
    {
        using Scratch transformed = new(transform.OutputDimension);
        for (int at = 0; at < originals.Length; at += Dimension)
        {
            Span<float> vector = originals.Slice(at, Dimension);
            transform.Apply(vector, transformed.Span);
            Inner.Project(transformed.Span);
            transform.Reverse(transformed.Span, vector);
        }

        return true;
    }

    /// <summary>The bytes are not the components that come out, whatever they are below.</summary>
    public override IReadOnlyList<IndexRegion> Regions => new CodeRegions(Inner.Regions);

    public override void Read(long ordinal, Span<long> ids, Span<float> components, CancellationToken cancellationToken)
    {
        int width = transform.OutputDimension;
        int most = Math.Max(1, Piece / width);
        float[] rented = ArrayPool<float>.Shared.Rent(checked(Math.Min(most, ids.Length) * width));
        try
        {
            for (int row = 0; row < ids.Length; row += most)
            {
                int rows = Math.Min(most, ids.Length - row);
                Span<float> transformed = rented.AsSpan(0, rows * width);
                Inner.Read(ordinal + row, ids.Slice(row, rows), transformed, cancellationToken);
                transform.Reverse(transformed, components.Slice(row * Dimension, rows * Dimension));
            }
        }
        finally
        {
            ArrayPool<float>.Shared.Return(rented);
        }
    }
}

/// <summary>IndexBinaryFromFloat: of each component, whether it is positive.</summary>
internal sealed class SignLayout(VectorLayout inner) : DerivedLayout(inner)
{
    public override IReadOnlyList<IndexRegion> Regions => new CodeRegions(Inner.Regions);

    public override void Read(long ordinal, Span<long> ids, Span<float> components, CancellationToken cancellationToken)
    {
        Inner.Read(ordinal, ids, components, cancellationToken);
        foreach (ref float component in components)
        {
            component = component > 0f ? 1f : -1f;
        }
    }
}

/// <summary>IndexIVFPQR: what the first quantizer leaves over is coded by a second one, in an array by id.</summary>
internal sealed class RefinedLayout(VectorLayout inner, FaissFile file, FileSpan codes, VectorCodec codec) : DerivedLayout(inner)
{
    /// <summary>Vectors refined at once.</summary>
    private const int Piece = 1024;

    public override IReadOnlyList<IndexRegion> Regions =>
        new AppendedRegion(Inner.Regions, new IndexRegion(RegionContent.Codes, file.Path, codes.Offset, codes.Length, 0));

    public override void Read(long ordinal, Span<long> ids, Span<float> components, CancellationToken cancellationToken)
    {
        Inner.Read(ordinal, ids, components, cancellationToken);
        int most = Math.Min(Piece, ids.Length);
        byte[] rentedCodes = ArrayPool<byte>.Shared.Rent(most * codes.ElementSize);
        float[] rentedVectors = ArrayPool<float>.Shared.Rent(checked(most * Dimension));
        try
        {
            for (int row = 0; row < ids.Length; row += most)
            {
                int rows = Math.Min(most, ids.Length - row);
                Span<byte> read = rentedCodes.AsSpan(0, rows * codes.ElementSize);
                Span<float> refinements = rentedVectors.AsSpan(0, rows * Dimension);
                ThrowIfOutside(ordinal + row, ids.Slice(row, rows), cancellationToken);
                ScatteredElements.Read(file, codes, ids.Slice(row, rows), read, cancellationToken);
                codec.Decode(read, refinements);
                VectorSums.Add(components.Slice(row * Dimension, rows * Dimension), refinements);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rentedCodes);
            ArrayPool<float>.Shared.Return(rentedVectors);
        }
    }

    private void ThrowIfOutside(long ordinal, ReadOnlySpan<long> ids, CancellationToken cancellationToken)
    {
        for (int i = 0; i < ids.Length; i++)
        {
            if ((ulong)ids[i] >= (ulong)codes.Count)
            {
                throw FaissErrors.IdOutsideCodes(file.Path, ordinal + i, Inner.IdOffset(ordinal + i, cancellationToken), ids[i], codes.Count);
            }
        }
    }
}
