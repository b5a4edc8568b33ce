using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using VectorMigration.SideFiles.Stores.Json;

namespace VectorMigration.SideFiles.Stores.Tables;

/// <summary>What a NumPy file (.npy) says of its array. Source: the format's own description, numpy.lib.format.</summary>
/// <param name="Type">The type of an element, <c>&lt;f4</c> for instance.</param>
/// <param name="IsFortranOrder">Columns lie one behind the other, not rows.</param>
/// <param name="Shape">Length of each dimension.</param>
/// <param name="DataStart">Where the first element begins.</param>
internal sealed partial record NumpyHeader(string Type, bool IsFortranOrder, IReadOnlyList<long> Shape, long DataStart)
{
    /// <summary>What such a file is called in messages.</summary>
    public const string Form = "NumPy array (.npy)";

    private const int Longest = 64 << 10;
    private const int LongestPrefix = 12;

    /// <summary>Whether a file begins so.</summary>
    public static bool Begins(ReadOnlySpan<byte> head) => head.StartsWith((ReadOnlySpan<byte>)[0x93, .. "NUMPY"u8]);

    /// <summary>The elements are strings, or objects, which are mostly strings.</summary>
    public bool HoldsTexts => Type.EndsWith('O') || Type.AsSpan().IndexOfAny('U', 'S') >= 0;

    /// <summary>The header of an array that begins so; null where it is damaged or cut.</summary>
    public static NumpyHeader? Look(ReadOnlySpan<byte> head)
    {
        if (head.Length < LongestPrefix || !Begins(head) || head[6] is < 1 or > 3)
        {
            return null;
        }

        int from = head[6] == 1 ? 10 : LongestPrefix;
        long length = head[6] == 1 ? BinaryPrimitives.ReadUInt16LittleEndian(head[8..]) : BinaryPrimitives.ReadUInt32LittleEndian(head[8..]);
        if (from + length > head.Length || Dictionary().Match(Encoding.Latin1.GetString(head.Slice(from, (int)length))) is not { Success: true } found)
        {
            return null;
        }

        List<long> shape = [];
        foreach (string number in found.Groups["shape"].Value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (!long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out long one))
            {
                return null;
            }

            shape.Add(one);
        }

        return new NumpyHeader(found.Groups["type"].Value, found.Groups["order"].Value == "True", shape, from + length);
    }

    /// <summary>Reads the header.</summary>
    /// <exception cref="MigrationException">It is damaged.</exception>
    public static NumpyHeader Of(StorePart part)
    {
        byte[] start = part.Read(0, (int)Math.Min(LongestPrefix, part.Bytes.Length));
        if (start.Length < LongestPrefix || !Begins(start) || start[6] is < 1 or > 3)
        {
            throw TableErrors.Invalid(part.Path, Form, "its first bytes are not those of such a file");
        }

        bool isShort = start[6] == 1;
        int from = isShort ? 10 : LongestPrefix;
        long length = isShort ? BinaryPrimitives.ReadUInt16LittleEndian(start.AsSpan(8)) : BinaryPrimitives.ReadUInt32LittleEndian(start.AsSpan(8));
        if (length > Longest || from + length > part.Bytes.Length)
        {
            throw TableErrors.Invalid(part.Path, Form, $"a header of {length} bytes announced, {part.Bytes.Length - from} bytes found");
        }

        Match found = Dictionary().Match(Encoding.Latin1.GetString(part.Read(from, (int)length)));
        if (!found.Success)
        {
            throw TableErrors.Invalid(part.Path, Form, "its header does not describe an array of one type");
        }

        string[] shape = found.Groups["shape"].Value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        return new NumpyHeader(
            found.Groups["type"].Value,
            found.Groups["order"].Value == "True",
            [.. shape.Select(number => long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out long one) ? one
                : throw TableErrors.Invalid(part.Path, Form, "a dimension that no file can have"))],
            from + length);
    }

    [GeneratedRegex(@"^\{ *'descr': *'(?<type>[^']{1,40})', *'fortran_order': *(?<order>True|False), *'shape': *\((?<shape>[0-9, ]{0,100})\), *\} *\n? *$",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Dictionary();
}
