using System.Buffers;

namespace VectorMigration.Vectors;

/// <summary>Reads payloads a few rows at a time, for sources that do not stop by themselves.</summary>
internal static class PayloadPieces
{
    private const int RowsAtOnce = 8;

    /// <summary>Rows until they reach so many bytes, at least one.</summary>
    public static PayloadBlock Read(IPayloadSource source, ReadOnlySpan<long> places, long mostBytes, CancellationToken cancellationToken)
    {
        int[] offsets = new int[places.Length + 1];
        ArrayBufferWriter<byte> text = new();
        int row = 0;
        while (row < places.Length && (row == 0 || text.WrittenCount < mostBytes))
        {
            PayloadBlock piece = source.Read(places.Slice(row, Math.Min(row == 0 ? 1 : RowsAtOnce, places.Length - row)), cancellationToken);
            for (int i = 0; i < piece.Count; i++)
            {
                text.Write(piece[i].Span);
                offsets[++row] = text.WrittenCount;
            }
        }

        return new PayloadBlock(text.WrittenMemory, offsets[..(row + 1)]);
    }
}
