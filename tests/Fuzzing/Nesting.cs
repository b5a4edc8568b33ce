using System.Buffers.Binary;
using System.Text;

namespace VectorMigration.Fuzzing;

/// <summary>Puts indexes around an index: of one class or of several by turns, sometimes sound and sometimes without an end.</summary>
internal static class Nesting
{
    /// <summary>Deepest nesting.</summary>
    public const int Deepest = 10_000;

    private const int Dimension = 24;

    private static readonly string[] Wrappers = ["IxMp", "IxM2", "IxPT", "IRMf", "IRMh", "IxRF", "IwIQ", "IwFl", "IwPQ", "Ix2L", "IHNf", "IH00", "IBMp", "IBM2",
        "IBFf", "Viqt"];

    public static void Apply(MutableFile file, ref Dice dice, StringBuilder told)
    {
        int depth = dice.Next(3) switch
        {
            0 => 1 + dice.Next(8),
            1 => 40 + dice.Next(30),
            _ => 1 + dice.Next(Deepest),
        };
        string[] turns = new string[1 + dice.Next(3)];
        for (int i = 0; i < turns.Length; i++)
        {
            turns[i] = dice.Of(Wrappers);
        }

        // The header of the index within, so that dimension and count of those around it fit.
        (int dimension, long count) = file.Length >= 16 && !dice.OneIn(8)
            ? (BinaryPrimitives.ReadInt32LittleEndian(file.Span[4..]), BinaryPrimitives.ReadInt64LittleEndian(file.Span[8..]))
            : (Dimension, (long)dice.Bits());
        bool sound = depth <= 64 && dice.OneIn(2);
        List<byte> head = [];
        for (int i = 0; i < depth; i++)
        {
            Wrap(head, turns[i % turns.Length], dimension, count);
        }

        file.Prepend([.. head]);
        if (sound)
        {
            Close(file, turns, depth, count);
        }

        told.Append(' ').Append(depth).Append(" of ").AppendJoin('+', turns);
    }

    private static void Wrap(List<byte> head, string code, int dimension, long count)
    {
        head.AddRange(Encoding.ASCII.GetBytes(code));
        if (code == "Viqt")
        {
            // ITQTransform: mean, do_pca, then transforms within.
            head.AddRange(new byte[sizeof(ulong) + 1]);
            return;
        }

        Add(head, dimension);
        if (code.StartsWith("IB", StringComparison.Ordinal))
        {
            Add(head, dimension / 8);
            Add(head, count);
        }
        else
        {
            Add(head, count);
            Add(head, 1L << 20);
            Add(head, 1L << 20);
        }

        head.Add(1);
        Add(head, 1);
        switch (code)
        {
            case "IxPT":
                Add(head, 0);
                break;
            case "IwFl" or "IwPQ":
                Add(head, 1L);
                Add(head, 1L);
                break;
            case "IHNf" or "IH00":
                // An empty graph: five vectors, of which offsets has one element more than there are vectors, and five numbers.
                Add(head, 0L);
                Add(head, 0L);
                Add(head, 0L);
                Add(head, 1L);
                Add(head, 0L);
                Add(head, 0L);
                head.AddRange(new byte[20]);
                break;
        }
    }

    /// <summary>The id maps that id maps end with.</summary>
    private static void Close(MutableFile file, string[] turns, int depth, long count)
    {
        byte[] map = new byte[sizeof(ulong) + (sizeof(long) * (int)Math.Clamp(count, 0, 4096))];
        BinaryPrimitives.WriteUInt64LittleEndian(map, (ulong)Math.Clamp(count, 0, 4096));
        for (int i = sizeof(ulong); i < map.Length; i += sizeof(long))
        {
            BinaryPrimitives.WriteInt64LittleEndian(map.AsSpan(i), (i / sizeof(long)) - 1);
        }

        for (int i = depth - 1; i >= 0; i--)
        {
            if (turns[i % turns.Length] is "IxMp" or "IxM2" or "IBMp" or "IBM2")
            {
                file.Append(map);
            }
        }
    }

    private static void Add(List<byte> head, int value) => head.AddRange(BitConverter.GetBytes(value));

    private static void Add(List<byte> head, long value) => head.AddRange(BitConverter.GetBytes(value));
}
