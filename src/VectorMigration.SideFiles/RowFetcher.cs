using System.Buffers;

namespace VectorMigration.SideFiles;

/// <summary>Reads single rows of a file from the places where they begin, in the order in which they lie there. Thread-safe.</summary>
internal sealed class RowFetcher(JsonLinesFile file, PayloadRows rows)
{
    /// <summary>The offset of a row that there is not: it stays empty.</summary>
    public const long Absent = -1;

    /// <summary>The rows that begin at <paramref name="offsets"/>, in that order.</summary>
    public PayloadBlock Fetch(long[] offsets, CancellationToken cancellationToken)
    {
        long[] places = (long[])offsets.Clone();
        int[] order = [.. Enumerable.Range(0, offsets.Length)];
        Array.Sort(places, order);
        var text = new ArrayBufferWriter<byte>();
        (int Start, int Length)[] parts = new (int, int)[offsets.Length];
        using LineReader reader = new(file.Bytes, file.Path, file.FirstOffset, 0);
        for (int i = 0; i < places.Length; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            int start = text.WrittenCount;
            if (places[i] != Absent)
            {
                Fetch(reader, places[i], text, cancellationToken);
            }

            parts[order[i]] = (start, text.WrittenCount - start);
        }

        return InOrder(text.WrittenMemory, parts);
    }

    private void Fetch(LineReader reader, long offset, ArrayBufferWriter<byte> text, CancellationToken cancellationToken)
    {
        reader.Seek(offset);
        if (!reader.TryRead(out ReadOnlySpan<byte> line))
        {
            throw PayloadErrors.Changed(file.Path, $"a row began at byte {offset}, where it ends now");
        }

        if (rows.Judge(line, out RowFindings found) is RowFault fault)
        {
            throw PayloadErrors.RowInvalid(file.Path, file.LineAt(offset, cancellationToken), fault);
        }

        rows.Write(line, found, text);
    }

    private static PayloadBlock InOrder(ReadOnlyMemory<byte> text, (int Start, int Length)[] parts)
    {
        int[] ends = new int[parts.Length + 1];
        bool sorted = true;
        for (int i = 0; i < parts.Length; i++)
        {
            ends[i + 1] = ends[i] + parts[i].Length;
            sorted &= parts[i].Start == ends[i];
        }

        if (sorted)
        {
            return new PayloadBlock(text, ends);
        }

        byte[] ordered = new byte[ends[^1]];
        for (int i = 0; i < parts.Length; i++)
        {
            text.Span.Slice(parts[i].Start, parts[i].Length).CopyTo(ordered.AsSpan(ends[i]));
        }

        return new PayloadBlock(ordered, ends);
    }
}
