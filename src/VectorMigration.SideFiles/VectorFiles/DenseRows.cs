using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using VectorMigration.SideFiles.Stores.Json;

namespace VectorMigration.SideFiles.VectorFiles;

/// <summary>
/// Rows of one length one behind the other: an array of NumPy, or the fvecs and bvecs of the benchmarks, whose rows begin with their dimension.
/// </summary>
/// <param name="part">The file.</param>
/// <param name="form">What it is.</param>
/// <param name="type">How a component lies in it.</param>
/// <param name="start">Where the first row begins.</param>
/// <param name="count">Rows.</param>
/// <param name="dimension">Components of a row.</param>
/// <param name="namesDimension">Each row begins with its dimension, as an integer of 32 bits.</param>
internal sealed class DenseRows(StorePart part, string form, ComponentType type, long start, long count, int dimension, bool namesDimension)
    : VectorRows(part)
{
    private const int BlockBytes = 1 << 20;

    private readonly int head = namesDimension ? sizeof(int) : 0;

    /// <inheritdoc/>
    public override string Form => namesDimension ? form : $"{form}, {type.Name}";

    /// <inheritdoc/>
    public override long Count => count;

    /// <inheritdoc/>
    public override int Dimension => dimension;

    /// <inheritdoc/>
    public override bool IsRounded => type.IsRounded;

    /// <inheritdoc/>
    public override string? NotRead => Other;

    /// <summary>What lies beside the array in its archive.</summary>
    public string? Other { get; init; }

    /// <summary>The folder that the array was unpacked into; it goes with the file.</summary>
    public PrivateFolder? Folder { get; init; }

    private int RowBytes => head + (dimension * type.Width);

    /// <inheritdoc/>
    public override void Read(long row, Span<float> components, CancellationToken cancellationToken)
    {
        if (head == 0 && type == ComponentType.Float32)
        {
            Fill(start + (row * RowBytes), MemoryMarshal.AsBytes(components), cancellationToken);
            return;
        }

        int atOnce = Math.Max(1, BlockBytes / RowBytes);
        byte[] rented = ArrayPool<byte>.Shared.Rent(atOnce * RowBytes);
        try
        {
            while (!components.IsEmpty)
            {
                int rows = Math.Min(atOnce, components.Length / dimension);
                Span<byte> bytes = rented.AsSpan(0, rows * RowBytes);
                Fill(start + (row * RowBytes), bytes, cancellationToken);
                for (int i = 0; i < rows; i++)
                {
                    Span<byte> one = bytes.Slice(i * RowBytes, RowBytes);
                    if (head > 0 && BinaryPrimitives.ReadInt32LittleEndian(one) is int found && found != dimension)
                    {
                        throw VectorFileErrors.Invalid(Part.Path, form, $"row {row + i} has {Grouped.Of(found)} components, and the first row has "
                            + $"{Grouped.Of(dimension)}");
                    }

                    type.Convert(one[head..], components.Slice(i * dimension, dimension));
                }

                row += rows;
                components = components[(rows * dimension)..];
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        Folder?.Dispose();
    }

    private void Fill(long offset, Span<byte> bytes, CancellationToken cancellationToken)
    {
        while (!bytes.IsEmpty)
        {
            cancellationToken.ThrowIfCancellationRequested();
            int read;
            try
            {
                read = Part.Bytes.Read(offset, bytes[..Math.Min(bytes.Length, BlockBytes << 2)]);
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                throw VectorFileErrors.CannotRead(Part.Path, offset, error);
            }

            if (read == 0)
            {
                throw VectorFileErrors.Changed(Part.Path, $"it ends at byte {offset} now");
            }

            offset += read;
            bytes = bytes[read..];
        }
    }
}
