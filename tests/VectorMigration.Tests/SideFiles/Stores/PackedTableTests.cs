using VectorMigration.SideFiles.Stores.Tables.Columns;
using VectorMigration.SideFiles.Stores.Tables.Parquet;

namespace VectorMigration.Tests.SideFiles.Stores;

/// <summary>Compression and encodings of tables: what is sound is read, what is hostile is refused before memory is taken.</summary>
public sealed class PackedTableTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(33)]
    [InlineData(128)]
    [InlineData(129)]
    [InlineData(1_000)]
    public void Differences_of_every_width_are_read(int count)
    {
        for (int width = 0; width <= 64; width++)
        {
            Random random = new(width);
            ulong mask = width == 64 ? ulong.MaxValue : (1UL << width) - 1;
            long[] numbers = new long[count];
            for (int i = 0; i < count; i++)
            {
                numbers[i] = i == 0 ? -7 : unchecked(numbers[i - 1] - 3 + (long)((ulong)random.NextInt64(long.MinValue, long.MaxValue) & mask));
            }

            byte[] packed = [.. Deltas(numbers), 0xAB];
            int at = 0;
            ParquetDeltas.Read(packed, ref at, count).ShouldBe(numbers, $"{width} bits");
            at.ShouldBe(packed.Length - 1, $"{width} bits");
        }
    }

    [Fact]
    public void Differences_that_are_cut_short_or_announce_others_are_refused()
    {
        byte[] packed = Deltas([.. Enumerable.Range(0, 200).Select(static i => (long)i * i)]);
        for (int length = 0; length < packed.Length; length++)
        {
            byte[] cut = packed[..length];
            // The bits behind the last number are padding, which some writers leave away.
            if (length < packed.Length - 32)
            {
                Should.Throw<TableDamage>(() => Read(cut, 200), $"{length} bytes");
            }
        }

        Should.Throw<TableDamage>(() => Read(packed, 199)).Message.ShouldContain("200 differences in a page of 199 values");
        // A block of a million numbers in a part each of 0 bits, without the bytes for it.
        Should.Throw<TableDamage>(() => Read([.. Number(1 << 20), .. Number(1), .. Number(1 << 30), 0, 0], 1 << 30)).Message.ShouldContain("cut short");
        Should.Throw<TableDamage>(() => Read([.. Number(128), .. Number(3), .. Number(5), 0, 0], 5));
        Should.Throw<TableDamage>(() => Read([0, 0, .. Number(5), 0, 0], 5));
    }

    [Fact]
    public void LZ4_is_unpacked_with_copies_that_reach_into_themselves_and_into_blocks_before()
    {
        // Two literals, then a copy of 10 bytes from 2 bytes back; the last sequence has literals alone.
        byte[] block = [0x26, (byte)'a', (byte)'b', 2, 0, 0x10, (byte)'!'];
        Text(Lz4.UnpackBlock(block, 13)).ShouldBe("abababababab!");
        byte[] second = [0x00, 13, 0, 0x10, (byte)'?'];
        byte[] frame = [0x04, 0x22, 0x4D, 0x18, 0x40, 0x40, 0xC0, 7, 0, 0, 0, .. block, 5, 0, 0, 0, .. second, 1, 0, 0, 0x80, (byte)'.', 0, 0, 0, 0];
        Text(Lz4.UnpackFrame(frame, 19)).ShouldBe("abababababab!abab?.");
        byte[] hadoop = [0, 0, 0, 13, 0, 0, 0, 7, .. block];
        Text(Lz4.UnpackHadoop(hadoop, 13)!).ShouldBe("abababababab!");
        Lz4.UnpackHadoop(block, 13).ShouldBeNull();
        for (int length = 0; length < frame.Length; length++)
        {
            byte[] cut = frame[..length];
            Should.Throw<TableDamage>(() => Lz4.UnpackFrame(cut, 19), $"{length} bytes");
        }
    }

    [Theory]
    [InlineData(new byte[] { 0x26, 97, 98, 0, 0, 0x10, 33 })]
    [InlineData(new byte[] { 0x26, 97, 98, 3, 0, 0x10, 33 })]
    [InlineData(new byte[] { 0x2F, 97, 98, 2, 0, 255, 255, 255, 255, 0, 0x10, 33 })]
    [InlineData(new byte[] { 0xF0, 255, 255, 255 })]
    [InlineData(new byte[] { 0x26, 97 })]
    public void LZ4_that_reaches_before_its_beginning_or_behind_its_end_is_refused(byte[] block) =>
        Should.Throw<TableDamage>(() => Lz4.UnpackBlock(block, 13));

    [Fact]
    public void Zstandard_is_unpacked_whether_its_frame_tells_its_length_or_not()
    {
        byte[] text = [.. Enumerable.Range(0, 300_000).Select(static i => (byte)(i % 251))];
        using ZstdSharp.Compressor compressor = new();
        byte[] known = compressor.Wrap(text).ToArray();
        MemoryStream stream = new();
        using (ZstdSharp.CompressionStream packing = new(stream, leaveOpen: true))
        {
            packing.Write(text);
        }

        byte[] unknown = stream.ToArray();
        foreach (byte[] packed in (byte[][])[known, unknown])
        {
            Zstd.Unpack(packed, text.Length).ShouldBe(text);
            Should.Throw<TableDamage>(() => Zstd.Unpack(packed, text.Length - 1));
            Should.Throw<TableDamage>(() => Zstd.Unpack(packed, text.Length + 1));
            Should.Throw<TableDamage>(() => Zstd.Unpack(packed.AsSpan(0, packed.Length / 2), text.Length));
        }

        Should.Throw<TableDamage>(() => Zstd.Unpack([1, 2, 3], 3));
    }

    [Theory]
    [InlineData(5, "states more bytes")]
    [InlineData(6, "states more bytes")]
    [InlineData(7, "states more bytes")]
    public void A_page_that_announces_more_than_its_codec_can_give_is_refused_before_memory_is_taken(int codec, string words)
    {
        byte[] packed = new byte[16];
        long before = GC.GetAllocatedBytesForCurrentThread();
        Should.Throw<TableDamage>(() => ParquetCodec.Unpack(codec, packed, 1 << 30)).Message.ShouldContain(words);
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(10 << 20);
    }

    [Theory]
    [InlineData(3, "LZO")]
    [InlineData(9, "the codec 9")]
    public void A_codec_that_is_not_read_is_named(int codec, string name) =>
        Should.Throw<TableNotRead>(() => ParquetCodec.Unpack(codec, [1], 1)).Message.ShouldContain(name);

    [Fact]
    public void Times_of_no_unit_are_refused_when_the_column_is_made()
    {
        foreach (Func<ColumnValue> make in (Func<ColumnValue>[])
            [static () => ColumnValue.Moment(0, isUtc: true), static () => ColumnValue.TimeOfDay(8, 0), static () => ColumnValue.Duration(0)])
        {
            Should.Throw<TableDamage>(make).Message.ShouldBe("an invalid time unit");
        }
    }

    private static long[] Read(byte[] packed, int count)
    {
        int at = 0;
        return ParquetDeltas.Read(packed, ref at, count);
    }

    private static string Text(byte[] bytes) => System.Text.Encoding.ASCII.GetString(bytes);

    /// <summary>Blocks of 128 in four parts, each with the bits that its greatest difference takes, as writers make them.</summary>
    private static byte[] Deltas(long[] numbers)
    {
        List<byte> bytes = [.. Number(128), .. Number(4), .. Number((ulong)numbers.Length), .. Number(ZigZag(numbers[0]))];
        for (int first = 1; first < numbers.Length; first += 128)
        {
            long[] differences = [.. Enumerable.Range(first, Math.Min(128, numbers.Length - first)).Select(i => unchecked(numbers[i] - numbers[i - 1]))];
            long least = differences.Min();
            ulong[] rest = [.. differences.Select(difference => unchecked((ulong)(difference - least)))];
            bytes.AddRange(Number(ZigZag(least)));
            ulong[][] parts = [.. Enumerable.Range(0, 4).Select(part => rest.Skip(part * 32).Take(32).ToArray())];
            int[] widths = [.. parts.Select(static part => part.Length == 0 ? 0 : 64 - System.Numerics.BitOperations.LeadingZeroCount(part.Max()))];
            bytes.AddRange(widths.Select(static width => (byte)width));
            for (int part = 0; part < 4; part++)
            {
                bytes.AddRange(parts[part].Length == 0 ? [] : Packed(parts[part], widths[part]));
            }
        }

        return [.. bytes];
    }

    private static byte[] Packed(ulong[] numbers, int width)
    {
        byte[] bytes = new byte[4 * width];
        for (int i = 0; i < numbers.Length; i++)
        {
            for (int bit = 0; bit < width; bit++)
            {
                int at = (i * width) + bit;
                bytes[at >> 3] |= (byte)((numbers[i] >> bit & 1) << (at & 7));
            }
        }

        return bytes;
    }

    private static ulong ZigZag(long number) => (ulong)((number << 1) ^ (number >> 63));

    private static byte[] Number(ulong number)
    {
        List<byte> bytes = [];
        for (; number >= 0x80; number >>= 7)
        {
            bytes.Add((byte)(number | 0x80));
        }

        bytes.Add((byte)number);
        return [.. bytes];
    }
}
