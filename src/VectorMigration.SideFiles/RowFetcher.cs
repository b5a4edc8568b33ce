using System.Buffers;

namespace VectorMigration.SideFiles;

/// <summary>Reads single rows of a file from the places where they begin, in the order in which they lie there. Thread-safe.</summary>
internal sealed class RowFetcher(JsonLinesFile file, PayloadRows rows)
{
    /// <summary>The offset of a row that there is not: it stays empty.</summary>
    public const long Absent = -1;

    /// <summary>
    /// The rows that begin at <paramref name="offsets"/>, in that order; fewer of them, though at least one, where all would be far more than
    /// <paramref name="mostBytes"/>. Twice as much is still taken, because what is given up is read again.
    /// </summary>
    public PayloadBlock Fetch(long[] offsets, long mostBytes, CancellationToken cancellationToken)
    {
        long limit = mostBytes > long.MaxValue / 2 ? long.MaxValue : 2 * mostBytes;
        long[] asked = offsets;
        while (true)
        {
            if (TryFetch(asked, asked.Length > 1 ? limit : long.MaxValue, out int within, cancellationToken) is PayloadBlock block)
            {
                return block;
            }

            asked = asked[..Math.Max(1, within / 2)];
        }
    }

    /// <summary>All of these rows; null where they are more than <paramref name="limit"/> bytes, with how many were read until then.</summary>
    private PayloadBlock? TryFetch(long[] offsets, long limit, out int within, CancellationToken cancellationToken)
    {
        long[] places = (long[])offsets.Clone();
        int[] order = [.. Enumerable.Range(0, offsets.Length)];
        Array.Sort(places, order);
        var text = new ArrayBufferWriter<byte>();
        (int Start, int Length)[] parts = new (int, int)[offsets.Length];
        using LineReader reader = new(file.Bytes, file.Path, file.FirstOffset, 0);
        within = 0;
        for (int i = 0; i < places.Length; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            int start = text.WrittenCount;
            if (start > limit)
            {
                return null;
            }

            within++;
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
            throw PayloadErrors.Changed(file.Path, $"a row began at byte {offset}, where the file now ends");
        }

        if (rows.Take(line, text, out _) is RowFault fault)
        {
            throw PayloadErrors.RowInvalid(file.Path, file.LineAt(offset, cancellationToken), fault);
        }
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
