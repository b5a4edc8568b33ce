namespace VectorMigration.Vectors;

/// <summary>
/// Payloads of a batch: one UTF-8 JSON object a vector in one run of bytes. Row <c>i</c> is
/// <c>Utf8[Offsets[i]..Offsets[i + 1]]</c>; an empty row means that the vector has no payload.
/// </summary>
public sealed class PayloadBlock
{
    private readonly int[] offsets;

    /// <summary>Makes a block over bytes and <paramref name="offsets"/> of length rows + 1; both are owned by the block from here on.</summary>
    /// <exception cref="ArgumentException">The offsets do not lie in the bytes in ascending order.</exception>
    public PayloadBlock(ReadOnlyMemory<byte> utf8, int[] offsets)
    {
        ArgumentNullException.ThrowIfNull(offsets);
        if (offsets.Length == 0 || offsets[0] < 0 || offsets[^1] > utf8.Length)
        {
            throw new ArgumentException("The offsets of a payload block must lie in its bytes.", nameof(offsets));
        }

        for (int i = 1; i < offsets.Length; i++)
        {
            if (offsets[i] < offsets[i - 1])
            {
                throw new ArgumentException("The offsets of a payload block must ascend.", nameof(offsets));
            }
        }

        Utf8 = utf8;
        this.offsets = offsets;
    }

    /// <summary>Number of rows.</summary>
    public int Count => offsets.Length - 1;

    /// <summary>Bytes of the rows.</summary>
    public int Bytes => offsets[^1] - offsets[0];

    /// <summary>All bytes.</summary>
    public ReadOnlyMemory<byte> Utf8 { get; }

    /// <summary>The JSON object of one row as UTF-8 bytes; empty when there is none.</summary>
    public ReadOnlyMemory<byte> this[int row] => Utf8[offsets[row]..offsets[row + 1]];

    /// <summary>Rows <paramref name="start"/> to <paramref name="start"/> + <paramref name="count"/> − 1 over the same bytes.</summary>
    public PayloadBlock Slice(int start, int count) => new(Utf8, offsets[start..(start + count + 1)]);
}
