using System.Text;

namespace VectorMigration.Fuzzing.Stores;

/// <summary>A sort of damage to a store.</summary>
internal enum StoreMutation
{
    /// <summary>Some bits.</summary>
    BitFlips,

    /// <summary>Some bytes.</summary>
    Bytes,

    /// <summary>The file ends earlier.</summary>
    Cuts,

    /// <summary>A run of another store in its place.</summary>
    Splices,

    /// <summary>A run is left out, or comes twice.</summary>
    Shifts,

    /// <summary>Words that mean something in JSON, in Python or to a terminal.</summary>
    Words,

    /// <summary>A number is another one.</summary>
    Numbers,

    /// <summary>Brackets by the thousand.</summary>
    Nesting,

    /// <summary>Several of these.</summary>
    Several,
}

/// <summary>Makes damaged stores: case <c>n</c> of a seed is the same bytes wherever and whenever it is made.</summary>
internal sealed class StoreMutator(IReadOnlyList<StoreSeed> seeds, ulong seed)
{
    private static readonly int Kinds = Enum.GetValues<StoreMutation>().Length;

    private static readonly byte[][] Words =
    [
        .. ((string[])["NaN", "-Infinity", "null", "true", "{}", "[]", "{", "}", "[", "]", ",", ":", "\"", "\\", "'",
            "\\ud800", "\\u0000", "\\u001b[2J", "1e999", "123456789012345678901234567890", "-0", "0.1", "\"0\":\"a\",",
            "\"metadata\":", "\"pageContent\":", "\"nodes_dict\":", "\"docstore/data\":{",
            "\"__data__\":", "\"__type__\":\"vector_store\",", "\"extra_info\":{}", "\"relationships\":{\"1\":[]},", "\"class_name\":7,", "__import__('os')",
            "'a': 1,", "CREATE VIEW ", "CREATE VIRTUAL TABLE ",
            " AS (", " WITHOUT ROWID", "rowid", "vector_id", "9223372036854775808", "\ufeff", "\u202e"]).Select(Encoding.UTF8.GetBytes),
        [0xFF, 0xFE], [0xC3], [0x00], [0xEF, 0xBB, 0xBF],
    ];

    /// <summary>Makes a case.</summary>
    public (StoreMutation Mutation, StoreSeed Store) Make(long number)
    {
        Dice dice = new(seed, number);
        var mutation = (StoreMutation)(number % Kinds);
        StoreSeed original = dice.Of(seeds);
        byte[][] parts = [.. original.Parts];
        for (int i = mutation == StoreMutation.Several ? 2 + dice.Next(4) : 1; i > 0; i--)
        {
            int part = dice.Next(parts.Length);
            StoreMutation one = mutation == StoreMutation.Several ? (StoreMutation)dice.Next(Kinds - 1) : mutation;
            parts[part] = Apply(one, parts[part], ref dice);
        }

        return (mutation, new StoreSeed(original.Form, parts));
    }

    private byte[] Apply(StoreMutation mutation, byte[] bytes, ref Dice dice)
    {
        byte[] made = [.. bytes];
        int at = dice.Next(bytes.Length);
        switch (mutation)
        {
            case StoreMutation.BitFlips or StoreMutation.Bytes:
                for (int i = 1 + dice.Next(4); i > 0 && made.Length > 0; i--)
                {
                    int place = dice.Next(made.Length);
                    made[place] = mutation == StoreMutation.Bytes ? (byte)dice.Next(256) : (byte)(made[place] ^ (1 << dice.Next(8)));
                }

                return made;
            case StoreMutation.Cuts: return bytes[..at];
            case StoreMutation.Splices:
                byte[] other = dice.Of(dice.Of(seeds).Parts);
                int from = dice.Next(other.Length);
                return [.. bytes[..at], .. other[from..Math.Min(other.Length, from + dice.Next(400))], .. bytes[Math.Min(bytes.Length, at + dice.Next(400))..]];
            case StoreMutation.Shifts:
                int end = Math.Min(bytes.Length, at + 1 + dice.Next(100));
                return dice.OneIn(2) ? [.. bytes[..at], .. bytes[end..]] : [.. bytes[..end], .. bytes[at..]];
            case StoreMutation.Words:
                return [.. bytes[..at], .. dice.Of(Words), .. bytes[Math.Min(bytes.Length, at + dice.Next(12))..]];
            case StoreMutation.Numbers: return ChangeNumber(bytes, at, ref dice);
            default:
                byte[] brackets = Encoding.ASCII.GetBytes(new StringBuilder().Insert(0, dice.OneIn(2) ? "[" : "{\"a\":", 1 + dice.Next(20_000)).ToString());
                return [.. bytes[..at], .. brackets, .. bytes[at..]];
        }
    }

    private static byte[] ChangeNumber(byte[] bytes, int at, ref Dice dice)
    {
        int found = bytes.AsSpan(at).IndexOfAnyInRange((byte)'0', (byte)'9');
        if (found < 0)
        {
            return bytes;
        }

        int start = at + found;
        int end = start;
        while (end < bytes.Length && bytes[end] is >= (byte)'0' and <= (byte)'9')
        {
            end++;
        }

        string number = dice.Of((string[])["0", "1", "-1", "00", "1e400", "9223372036854775807", "9223372036854775808", "-9223372036854775809", "0.5", ""]);
        return [.. bytes[..start], .. Encoding.ASCII.GetBytes(number), .. bytes[end..]];
    }
}
