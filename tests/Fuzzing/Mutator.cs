using System.Buffers.Binary;
using System.Text;

namespace VectorMigration.Fuzzing;

/// <summary>Makes damaged files: case <c>n</c> of a seed is the same bytes wherever and whenever it is made. Not thread-safe: it reuses its buffer.</summary>
internal sealed class Mutator(IReadOnlyList<SeedFile> seeds, ulong seed)
{
    /// <summary>Fields at either end of the header that are aimed at more often than those between, which are one like the other.</summary>
    private const int TellingFields = 64;

    private static readonly int Kinds = Enum.GetValues<Mutation>().Length;

    private static readonly uint[] AllCodes =
    [
        .. IndexKinds.All.Select(kind => FourCharacters.Of(kind.FourCC)).Order(),
        .. new[] { "null", "rrot", "LTra", "Pcam", "PcAm", "PCAm", "Viqm", "Viqt", "RmDT", "VNrm", "VCnt", "HRot", "il00", "ilar", "ilod", "ilbl", "ilpn",
            "ilp2", "full", "sprs" }.Select(FourCharacters.Of),
    ];

    private readonly SeedFile[] readable = [.. seeds.Where(seed => seed.IsReadable)];
    private readonly MutableFile file = new();

    /// <summary>Makes a case. Its bytes are valid until the next one is made.</summary>
    public FuzzCase Make(long number)
    {
        Dice dice = new(seed, number);
        var mutation = (Mutation)(number % Kinds);

        // Half of them of the few kinds whose vectors are read, since more can go wrong there.
        SeedFile original = readable.Length > 0 && dice.OneIn(2) ? dice.Of(readable) : dice.Of(seeds);
        file.Set(original.Bytes);
        StringBuilder told = new(original.Name);
        if (mutation == Mutation.Several)
        {
            for (int i = 2 + dice.Next(4); i > 0; i--)
            {
                Apply((Mutation)dice.Next(Kinds - 1), original, ref dice, told);
            }
        }
        else
        {
            Apply(mutation, original, ref dice, told);
        }

        return new FuzzCase(number, mutation, original.Path, file.Bytes, told.ToString());
    }

    private void Apply(Mutation mutation, SeedFile original, ref Dice dice, StringBuilder told)
    {
        told.Append(", ").Append(mutation).Append(':');
        switch (mutation)
        {
            case Mutation.BitFlips: Flip(original, ref dice, told); break;
            case Mutation.Bytes: Overwrite(original, ref dice, told); break;
            case Mutation.Numbers: Number(original, ref dice, told); break;
            case Mutation.Cuts: Cut(original, ref dice, told); break;
            case Mutation.Splices: Splice(original, ref dice, told); break;
            case Mutation.Shifts: Shift(original, ref dice, told); break;
            case Mutation.Codes: ExchangeCode(original, ref dice, told); break;
            case Mutation.Nesting: Nesting.Apply(file, ref dice, told); break;
            case Mutation.Trailing: Trail(ref dice, told); break;
            default: Block(original, ref dice, told); break;
        }
    }

    /// <summary>A place in a field most often, anywhere otherwise; always within the file as it is by now.</summary>
    private int Place(SeedFile original, ref Dice dice)
    {
        if (original.Fields.Count == 0 || dice.OneIn(4))
        {
            return dice.Next(file.Length);
        }

        SeedField field = Field(original, ref dice);
        return Math.Min(field.Offset + dice.Next(field.Length), Math.Max(0, file.Length - 1));
    }

    private static SeedField Field(SeedFile original, ref Dice dice)
    {
        int count = original.Fields.Count;
        int at = count <= 2 * TellingFields || dice.OneIn(4) ? dice.Next(count)
            : dice.OneIn(2) ? dice.Next(TellingFields)
            : count - 1 - dice.Next(TellingFields);
        return original.Fields[at];
    }

    private void Flip(SeedFile original, ref Dice dice, StringBuilder told)
    {
        for (int i = 1 + dice.Next(8); i > 0 && file.Length > 0; i--)
        {
            int at = Place(original, ref dice);
            file.Span[at] ^= (byte)(1 << dice.Next(8));
            told.Append(' ').Append(at);
        }
    }

    private void Overwrite(SeedFile original, ref Dice dice, StringBuilder told)
    {
        int at = Place(original, ref dice);
        Span<byte> place = file.Span[at..];
        place = place[..Math.Min(place.Length, 1 + dice.Next(16))];
        for (int i = 0; i < place.Length; i++)
        {
            place[i] = (byte)dice.Bits();
        }

        told.Append(' ').Append(place.Length).Append(" at ").Append(at);
    }

    private void Number(SeedFile original, ref Dice dice, StringBuilder told)
    {
        SeedField field = Field(original, ref dice);
        int length = Math.Min(field.Length, file.Length - field.Offset);
        if (length <= 0)
        {
            return;
        }

        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        bytes.Clear();
        file.Span.Slice(field.Offset, Math.Min(length, bytes.Length)).CopyTo(bytes);
        ulong value = Hostile(BinaryPrimitives.ReadUInt64LittleEndian(bytes), ref dice);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, value);
        bytes[..Math.Min(length, bytes.Length)].CopyTo(file.Span[field.Offset..]);
        told.Append(' ').Append(value).Append(" at ").Append(field.Offset);
    }

    private ulong Hostile(ulong now, ref Dice dice) => dice.Next(16) switch
    {
        0 => 0,
        1 => 1,
        2 => ulong.MaxValue,
        3 => 1UL << 31,
        4 => (1UL << 31) - 1,
        5 => uint.MaxValue,
        6 => 1UL << 63,
        7 => (1UL << 63) - 1,
        8 => (ulong)file.Length + 1,
        9 => (ulong)file.Length,
        10 => now + 1,
        11 => now - 1,
        12 => now << (1 + dice.Next(20)),
        13 => 1UL << dice.Next(64),
        14 => (ulong)file.Length / 4,
        _ => dice.Bits() >> dice.Next(64),
    };

    private void Cut(SeedFile original, ref Dice dice, StringBuilder told)
    {
        file.Resize(Math.Max(0, Place(original, ref dice)));
        told.Append(' ').Append(file.Length);
    }

    private void Splice(SeedFile original, ref Dice dice, StringBuilder told)
    {
        SeedFile other = dice.Of(seeds);
        int head = Place(original, ref dice);
        int tail = other.Fields.Count == 0 || dice.OneIn(4) ? dice.Next(other.Bytes.Length) : Field(other, ref dice).Offset;
        file.Resize(head);
        file.Append(other.Bytes.AsSpan(tail));
        told.Append(' ').Append(head).Append(" then ").Append(other.Name).Append(" from ").Append(tail);
    }

    private void Shift(SeedFile original, ref Dice dice, StringBuilder told)
    {
        int at = Place(original, ref dice);
        int length = 1 + dice.Next(dice.OneIn(4) ? 4096 : 16);
        if (dice.OneIn(2))
        {
            file.Insert(at, length, (byte)dice.Bits());
        }
        else
        {
            length = -file.Remove(at, length);
        }

        told.Append(' ').Append(length).Append(" at ").Append(at);
    }

    private void ExchangeCode(SeedFile original, ref Dice dice, StringBuilder told)
    {
        SeedField place = dice.Of(original.Codes);
        if (place.Offset + sizeof(uint) <= file.Length)
        {
            uint code = dice.OneIn(16) ? (uint)dice.Bits() : dice.Of(AllCodes);
            BinaryPrimitives.WriteUInt32LittleEndian(file.Span[place.Offset..], code);
            told.Append(' ').Append(code.ToString("X8")).Append(" at ").Append(place.Offset);
        }
    }

    private void Trail(ref Dice dice, StringBuilder told)
    {
        if (dice.OneIn(3))
        {
            file.Append(dice.Of(seeds).Bytes);
        }
        else
        {
            file.Insert(file.Length, 1 + dice.Next(dice.OneIn(4) ? 65536 : 64), (byte)dice.Bits());
        }

        told.Append(' ').Append(file.Length);
    }

    private void Block(SeedFile original, ref Dice dice, StringBuilder told)
    {
        int at = Place(original, ref dice);
        int length = Math.Min(file.Length - at, 1 + dice.Next(dice.OneIn(4) ? 8192 : 64));
        Span<byte> target = file.Span.Slice(at, Math.Max(0, length));
        switch (dice.Next(3))
        {
            case 0: target.Clear(); break;
            case 1: target.Fill(0xFF); break;
            default: file.Span.Slice(dice.Next(file.Length - target.Length + 1), target.Length).CopyTo(target); break;
        }

        told.Append(' ').Append(length).Append(" at ").Append(at);
    }
}
