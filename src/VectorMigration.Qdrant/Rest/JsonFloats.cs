using System.Buffers.Binary;
using System.Buffers.Text;
using System.Globalization;

namespace VectorMigration.Qdrant;

/// <summary>
/// Vectors as JSON arrays, exact to the last bit: written with the shortest digits that tell a float apart, which Qdrant's parser (one multiplication or
/// division of a double, then rounded to a float) reads back as the same float for each of the 4 billion; read as floats, never by way of a double.
/// </summary>
internal static class JsonFloats
{
    /// <summary>The longest float (-1.17549435E-38), a decimal point and a comma.</summary>
    private const int Longest = 20;

    /// <summary>Components that are written at once.</summary>
    private const int Block = 1_024;

    /// <summary>Writes an array.</summary>
    /// <param name="target">Takes the text.</param>
    /// <param name="packed">Little-endian floats.</param>
    /// <exception cref="ForeignAnswerException">A component is not finite; JSON has no such number.</exception>
    public static void Write(JsonPieces target, ReadOnlySpan<byte> packed)
    {
        target.Append("["u8);
        for (int first = 0; first < packed.Length; first += Block * sizeof(float))
        {
            ReadOnlySpan<byte> block = packed.Slice(first, Math.Min(Block * sizeof(float), packed.Length - first));
            Span<byte> room = target.GetSpan(block.Length / sizeof(float) * Longest);
            int written = 0;
            for (int at = 0; at < block.Length; at += sizeof(float))
            {
                if (first + at > 0)
                {
                    room[written++] = (byte)',';
                }

                written += Write(room[written..], BinaryPrimitives.ReadSingleLittleEndian(block[at..]), (first + at) / sizeof(float));
            }

            target.Advance(written);
        }

        target.Append("]"u8);
    }

    /// <summary>Reads the numbers of an array, whose JSON has been checked.</summary>
    /// <param name="array">The text from bracket to bracket.</param>
    /// <param name="packed">Takes them as little-endian floats.</param>
    /// <exception cref="FormatException">It holds something other than numbers.</exception>
    public static void Read(ReadOnlySpan<byte> array, ByteBuilder packed)
    {
        array = array[1..^1];
        while (true)
        {
            array = array.TrimStart(" \t\r\n,"u8);
            if (array.IsEmpty)
            {
                return;
            }

            float value;
            int used;
            if (array.StartsWith("null"u8))
            {
                // What is not a number is null in JSON.
                (value, used) = (float.NaN, 4);
            }
            else if (!Utf8Parser.TryParse(array, out value, out used))
            {
                throw new FormatException("a vector component that is not a number");
            }

            BinaryPrimitives.WriteSingleLittleEndian(packed.Room(sizeof(float)), value);
            array = array[used..];
        }
    }

    private static int Write(Span<byte> room, float value, int component)
    {
        if (!float.IsFinite(value))
        {
            throw new ForeignAnswerException(GrpcReply.Status(
                GrpcCode.InvalidArgument, $"component {component} of a vector is {value.ToString(CultureInfo.InvariantCulture)}, which JSON cannot hold"));
        }

        if (value == 0 && float.IsNegative(value))
        {
            "-0.0"u8.CopyTo(room);
            return 4;
        }

        value.TryFormat(room, out int written, default, CultureInfo.InvariantCulture);
        return written;
    }
}
