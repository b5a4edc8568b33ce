using System.Globalization;
using System.Numerics;
using System.Text;
using VectorMigration.Fuzzing;
using VectorMigration.Fuzzing.Pickles;
using VectorMigration.SideFiles.Pickles;

namespace VectorMigration.Tests.SideFiles.Pickles;

/// <summary>Every opcode that data has, in every protocol.</summary>
public sealed class PickleReaderTests
{
    private const int Trees = 3_000;
    private const ulong Seed = 20261127;

    [Fact]
    public void Random_values_in_random_protocols_are_read_as_they_were_written()
    {
        for (int number = 0; number < Trees; number++)
        {
            Dice dice = new(Seed, number);
            List<PickleValue> shared = [];
            PickleValue tree = Tree(ref dice, 5, shared);
            int protocol = dice.Next(6);
            byte[] pickle = PickleWriter.Write(tree, protocol);
            PickleContent read = Pickled.Read(pickle);
            Pickled.Describe(read.Root).ShouldBe(Pickled.Describe(tree), $"tree {number}, protocol {protocol}");
            read.Protocol.ShouldBe(protocol < 2 ? 0 : protocol);
            read.Length.ShouldBe(pickle.Length);
            read.TrailingBytes.ShouldBe(0);
        }
    }

    [Theory]
    [InlineData("N.", "None")]
    [InlineData("I01\n.", "True")]
    [InlineData("I00\n.", "False")]
    [InlineData("I1\n.", "1")]
    [InlineData("I-12\n.", "-12")]
    [InlineData("L123456789012345678901234567890L\n.", "123456789012345678901234567890")]
    [InlineData("L-7\n.", "-7")]
    [InlineData("J\xfe\xff\xff\xff.", "-2")]
    [InlineData("K\xff.", "255")]
    [InlineData("M\x01\x02.", "513")]
    [InlineData("\x8a\x00.", "0")]
    [InlineData("\x8a\x01\x80.", "-128")]
    [InlineData("\x8b\x02\x00\x00\x00\x00\x80.", "-32768")]
    [InlineData("F1.5\n.", "3ff8000000000000")]
    [InlineData("G?\xf8\x00\x00\x00\x00\x00\x00.", "3ff8000000000000")]
    [InlineData("S'a\\n\\x41\\\\\\'\\101\\q'\n.", "'610A415C27415C71'")]
    [InlineData("S\"it's\"\n.", "'69742773'")]
    [InlineData("U\x03\xc3\xa4x.", "'C3A478'")]
    [InlineData("U\x02\xe4x.", "b'E478'")]
    [InlineData("T\x02\x00\x00\x00" + "ab.", "'6162'")]
    [InlineData("V\xe4\\u20ac\\U0001f600\\\\u0041\n.", "'C3A4E282ACF09F98805C5C7530303431'")]
    [InlineData("V\\ud83d\\ude00\n.", "'F09F9880'")]
    [InlineData("X\x02\x00\x00\x00" + "ab.", "'6162'")]
    [InlineData("\x8c\x02" + "ab.", "'6162'")]
    [InlineData("\x8d\x02\x00\x00\x00\x00\x00\x00\x00" + "ab.", "'6162'")]
    [InlineData("C\x02\x00\xff.", "b'00FF'")]
    [InlineData("B\x01\x00\x00\x00\x07.", "b'07'")]
    [InlineData("\x8e\x01\x00\x00\x00\x00\x00\x00\x00\x07.", "b'07'")]
    [InlineData("\x96\x01\x00\x00\x00\x00\x00\x00\x00\x07.", "b'07'")]
    [InlineData("\x88\x89\x86.", "(True,False)")]
    [InlineData(").", "()")]
    [InlineData("(t.", "()")]
    [InlineData("K\x01\x85.", "(1)")]
    [InlineData("K\x01K\x02K\x03\x87.", "(1,2,3)")]
    [InlineData("(K\x01K\x02K\x03K\x04t.", "(1,2,3,4)")]
    [InlineData("(lI1\naI2\na.", "[1,2]")]
    [InlineData("](K\x01K\x02" + "e.", "[1,2]")]
    [InlineData("(K\x01K\x02l.", "[1,2]")]
    [InlineData("(dI1\nI2\ns.", "{1,2}")]
    [InlineData("}(K\x01K\x02K\x03K\x04u.", "{1,2,3,4}")]
    [InlineData("(K\x01K\x02" + "d.", "{1,2}")]
    [InlineData("\x8f(K\x01K\x02\x90.", "set(1,2)")]
    [InlineData("(K\x01\x91.", "set(1)")]
    [InlineData("(lp0\nI5\nag0\n0.", "[5]")]
    [InlineData("]q\x07K\x05" + "ah\x07" + "0.", "[5]")]
    [InlineData("K\x05q\x01h\x01\x86.", "(5,5)")]
    [InlineData("K\x05r\x00\x01\x00\x00j\x00\x01\x00\x00\x86.", "(5,5)")]
    [InlineData("K\x05\x94" + "0K\x06h\x00\x86.", "(6,5)")]
    [InlineData("K\x05p3\ng3\n\x86.", "(5,5)")]
    [InlineData("K\x05" + "2\x86.", "(5,5)")]
    [InlineData("K\x05(K\x06K\x07" + "1.", "5")]
    [InlineData("K\x05(0.", "5")]
    [InlineData("\x80\x04\x95\x03\x00\x00\x00\x00\x00\x00\x00K\x05.", "5")]
    public void Opcodes_mean_what_they_mean_to_Python(string pickle, string expected) => Pickled.Describe(Pickled.Read(pickle)).ShouldBe(expected);

    [Theory]
    [InlineData("")]
    [InlineData("\x80")]
    [InlineData("\x80\x04")]
    [InlineData("\x80\x04K")]
    [InlineData("X\x05\x00\x00\x00" + "ab.")]
    [InlineData("\x8d\xff\xff\xff\xff\xff\xff\xff\xff.")]
    [InlineData("B\xff\xff\xff\x7f.")]
    [InlineData("\x96\x00\x00\x00\x00\x00\x00\x00\x80.")]
    [InlineData("\x8b\xff\xff\xff\xff.")]
    [InlineData("\x95\xff\xff\xff\xff\xff\xff\x00\x00K\x01.")]
    [InlineData("I12")]
    [InlineData("S'abc'")]
    [InlineData("(lp0\n")]
    public void What_is_cut_short_is_refused_with_its_place(string pickle)
    {
        MigrationException error = Pickled.Refused(Pickled.Bytes(pickle));
        error.ErrorId.ShouldBe("PickleTruncated");
        error.Message.ShouldContain("test.pkl is cut short: at offset ");
    }

    [Theory]
    [InlineData("\xff", "not an opcode")]
    [InlineData(".", "too few values")]
    [InlineData("K\x01\x86.", "too few values")]
    [InlineData("t.", "no MARK")]
    [InlineData("(K\x01K\x02K\x03" + "d.", "3 keys and values")]
    [InlineData("K\x01K\x02" + "a.", "adds to a whole number")]
    [InlineData("h\x05.", "no entry 5")]
    [InlineData("g-1\n.", "not the number of a memo entry")]
    [InlineData("Ix\n.", "not a whole number")]
    [InlineData("F1.5x\n.", "not a number")]
    [InlineData("S'a\n.", "without its quotes")]
    [InlineData("S'\\x4'\n.", "broken escape")]
    [InlineData("V\\u12\n.", "broken escape")]
    [InlineData("K\x01K\x02R.", "expected a tuple")]
    [InlineData("K\x01)R.", "expected a class")]
    [InlineData("K\x01K\x02\x93.", "expected strings")]
    [InlineData("K\x01K\x02" + "b.", "sets the state of a whole number")]
    public void What_no_pickler_writes_is_refused_with_its_place(string pickle, string expected)
    {
        MigrationException error = Pickled.Refused(Pickled.Bytes(pickle));
        error.ErrorId.ShouldBe("PickleInvalid");
        error.Message.ShouldContain("at offset ");
        error.Message.ShouldContain(expected);
    }

    [Fact]
    public void Bytes_behind_the_end_are_told()
    {
        PickleContent content = Pickled.Read(Pickled.Bytes("K\x01.K\x02."));
        content.Length.ShouldBe(3);
        content.TrailingBytes.ShouldBe(3);
    }

    [Fact]
    public void Long_bytes_stay_in_the_file_and_their_place_is_kept()
    {
        byte[] index = new byte[PickleLimits.MostBytesKept + 1];
        index[0] = 7;
        byte[] pickle = PickleWriter.Write(StorePickles.Tuple(new PickleBytes(index), StorePickles.Number(5)), 4);
        PickleTuple read = (PickleTuple)Pickled.Read(pickle).Root;
        PickleBytes bytes = (PickleBytes)read.Items[0];
        bytes.Data.ShouldBeNull();
        bytes.Length.ShouldBe(index.Length);
        pickle[bytes.Offset].ShouldBe((byte)7);
        pickle.AsSpan((int)bytes.Offset, index.Length).SequenceEqual(index).ShouldBeTrue();
        Pickled.Describe(read.Items[1]).ShouldBe("5");
    }

    [Fact]
    public void A_stream_that_gives_a_byte_at_a_time_reads_the_same()
    {
        Dice dice = new(Seed, -1);
        PickleValue tree = Tree(ref dice, 6, []);
        for (int protocol = 0; protocol <= 5; protocol++)
        {
            byte[] pickle = PickleWriter.Write(tree, protocol);
            using TrickleStream stream = new(pickle);
            PickleContent read = PickleReader.Read(stream, pickle.Length, "slow.pkl", new PickleLimits(), CancellationToken.None);
            Pickled.Describe(read.Root).ShouldBe(Pickled.Describe(tree));
        }
    }

    private static PickleValue Tree(ref Dice dice, int depth, List<PickleValue> shared)
    {
        if (shared.Count > 0 && dice.OneIn(8))
        {
            return dice.Of(shared);
        }

        PickleValue value = dice.Next(depth > 0 ? 14 : 9) switch
        {
            0 => PickleNone.Value,
            1 => PickleBool.Of(dice.OneIn(2)),
            2 => PickleInteger.Of(dice.Next(70_000) - 300),
            3 => PickleInteger.Of((long)dice.Bits()),
            4 => PickleInteger.Of(BigInteger.Pow(new BigInteger((long)dice.Bits()), 1 + dice.Next(40))),
            5 => new PickleFloat(BitConverter.UInt64BitsToDouble(dice.Bits()) is double any && double.IsNaN(any) ? 0.1 : any),
            6 or 7 => new PickleText(Encoding.UTF8.GetBytes(Text(ref dice))),
            8 => new PickleBytes(BitConverter.GetBytes(dice.Bits())[..dice.Next(9)]),
            9 or 10 => new PickleList(Items(ref dice, depth, shared)),
            11 => new PickleTuple(Items(ref dice, depth, shared)),
            12 => new PickleSet(Items(ref dice, depth, shared)),
            _ => new PickleDict(Entries(ref dice, depth, shared)),
        };
        if (value is PickleText or PickleContainer { Size: > 0 and < 10, Depth: < 3 })
        {
            shared.Add(value);
        }

        return value;
    }

    private static PickleValue[] Entries(ref Dice dice, int depth, List<PickleValue> shared)
    {
        PickleValue[] entries = new PickleValue[2 * dice.Next(4)];
        for (int i = 0; i < entries.Length; i += 2)
        {
            entries[i] = new PickleText(Encoding.UTF8.GetBytes(i.ToString(CultureInfo.InvariantCulture)));
            entries[i + 1] = Tree(ref dice, depth - 1, shared);
        }

        return entries;
    }

    private static PickleValue[] Items(ref Dice dice, int depth, List<PickleValue> shared)
    {
        PickleValue[] items = new PickleValue[dice.OneIn(40) ? 1_000 + dice.Next(30) : dice.Next(5)];
        for (int i = 0; i < items.Length; i++)
        {
            items[i] = Tree(ref dice, items.Length > 10 ? 0 : depth - 1, shared);
        }

        return items;
    }

    private static string Text(ref Dice dice)
    {
        StringBuilder text = new();
        for (int length = dice.OneIn(20) ? 300 : dice.Next(12); length > 0; length--)
        {
            int code = dice.Next(dice.OneIn(3) ? 0x10FFFF : 0x180);
            text.Append(Rune.IsValid(code) ? new Rune(code).ToString() : "\\u0041\n");
        }

        return text.ToString();
    }

    private sealed class TrickleStream(byte[] bytes) : MemoryStream(bytes)
    {
        public override bool CanSeek => false;

        public override int Read(Span<byte> buffer) => base.Read(buffer[..Math.Min(1, buffer.Length)]);
    }
}
