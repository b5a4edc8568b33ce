using System.Buffers.Text;
using System.Text;
using System.Text.Json;

namespace VectorMigration.SideFiles;

/// <summary>
/// Vectors in the fields of a row: arrays of as many numbers as the index has components, texts of them, as CSV has (<c>[0.5, 0.25]</c>), or their bytes in
/// Base64.
/// </summary>
internal static class RowVectors
{
    /// <summary>Fewer numbers are a vector only in a field that is called so: coordinates and boxes are lists too.</summary>
    private const int LeastUnnamed = 16;

    /// <summary>First rows in which vectors are looked for: some may have none.</summary>
    public const int FirstRows = 64;

    /// <summary>Objects within objects that are looked into.</summary>
    private const int MostDepth = 2;

    private static readonly string[] Names = ["vec", "emb"];

    private static readonly JsonReaderOptions Options = new() { MaxDepth = Stores.Json.JsonFileReader.MostNested };

    /// <summary>Fields as they are told: those that a mapping leaves out are excluded.</summary>
    public static IReadOnlyList<VectorField> Told(IEnumerable<string> fields, PayloadMapping? mapping) =>
        [.. fields.Select(field => new VectorField(field, mapping?.LeavesOut(TopOf(field)) == true))];

    /// <summary>The fields that hold a vector in one of the first lines.</summary>
    public static IReadOnlyList<VectorField> FindFields(LineReader lines, int dimension, PayloadMapping? mapping)
    {
        for (int row = 0; row < FirstRows && lines.TryRead(out ReadOnlySpan<byte> line); row++)
        {
            if (FindFields(line, dimension) is { Count: > 0 } found)
            {
                return Told(found, mapping);
            }
        }

        return [];
    }

    /// <summary>The fields of a row, which is a JSON object, that hold a vector.</summary>
    public static IReadOnlyList<string> FindFields(ReadOnlySpan<byte> row, int dimension)
    {
        List<string> fields = [];
        float[] components = new float[dimension];
        Utf8JsonReader reader = new(row, Options);
        try
        {
            if (dimension > 1 && reader.Read() && reader.TokenType == JsonTokenType.StartObject)
            {
                Visit(ref reader, string.Empty, (string field, ref Utf8JsonReader value) =>
                {
                    if (MayBeVector(field, dimension) && TryTake(ref value, components) && !Array.TrueForAll(components, float.IsInteger))
                    {
                        fields.Add(field);
                    }

                    return false;
                });
            }
        }
        catch (JsonException)
        {
            // What is wrong with a row is told where rows are judged.
            return [];
        }

        return fields;
    }

    /// <summary>Reads the vector in a field of a row; false where it holds none of that dimension.</summary>
    public static bool TryRead(ReadOnlySpan<byte> row, string field, Span<float> components)
    {
        float[] found = new float[components.Length];
        bool isFound = false;
        Utf8JsonReader reader = new(row, Options);
        try
        {
            if (reader.Read() && reader.TokenType == JsonTokenType.StartObject)
            {
                Visit(ref reader, string.Empty, (string name, ref Utf8JsonReader value) =>
                {
                    isFound = name == field && TryTake(ref value, found);
                    return name == field;
                });
            }
        }
        catch (JsonException)
        {
            return false;
        }

        found.CopyTo(components);
        return isFound;
    }

    /// <summary>Reads the vector that a text is, in UTF-8: numbers in brackets, or bytes in Base64.</summary>
    public static bool TryReadText(ReadOnlySpan<byte> text, Span<float> components)
    {
        float[] found = new float[components.Length];
        bool isFound = TryTakeText(Encoding.UTF8.GetString(text), found);
        found.CopyTo(components);
        return isFound;
    }

    /// <summary>The field of the row that a field is, or is in.</summary>
    public static string TopOf(string field) => field.IndexOf('.', StringComparison.Ordinal) is > 0 and int dot ? field[..dot] : field;

    private delegate bool Visitor(string field, ref Utf8JsonReader value);

    /// <summary>Goes through the fields of an object, which the reader is at the beginning of; true where the visitor ended it.</summary>
    private static bool Visit(ref Utf8JsonReader reader, string prefix, Visitor visit, int depth = 1)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string field = prefix + reader.GetString();
            reader.Read();
            Utf8JsonReader value = reader;
            if (reader.TokenType == JsonTokenType.StartObject && depth < MostDepth)
            {
                if (Visit(ref reader, field + ".", visit, depth + 1))
                {
                    return true;
                }

                continue;
            }

            if (visit(field, ref value))
            {
                return true;
            }

            reader.Skip();
        }

        return false;
    }

    /// <summary>Whether a list of numbers in a field of this name can be a vector: few numbers only where it is called so.</summary>
    internal static bool MayBeVector(string field, int dimension) => dimension >= LeastUnnamed
        || Array.Exists(Names, name => field[(field.LastIndexOf('.') + 1)..].Contains(name, StringComparison.OrdinalIgnoreCase));

    private static bool TryTake(ref Utf8JsonReader value, float[] components) => value.TokenType switch
    {
        JsonTokenType.StartArray => TryTakeArray(ref value, components),
        JsonTokenType.String => TryTakeText(value.GetString()!, components),
        _ => false,
    };

    private static bool TryTakeArray(ref Utf8JsonReader value, float[] components)
    {
        int count = 0;
        while (value.Read() && value.TokenType == JsonTokenType.Number)
        {
            if (count == components.Length || !value.TryGetDouble(out double number))
            {
                return false;
            }

            components[count++] = (float)number;
        }

        return value.TokenType == JsonTokenType.EndArray && count == components.Length;
    }

    /// <summary>A list as Python or NumPy writes it, numbers in brackets with commas or blanks between them, or the bytes of a vector in Base64.</summary>
    private static bool TryTakeText(string text, float[] components)
    {
        ReadOnlySpan<char> trimmed = text.AsSpan().Trim();
        if (trimmed.Length < 2 || (trimmed[0], trimmed[^1]) is not (('[', ']') or ('(', ')')))
        {
            return VectorBytes.TryReadBase64(trimmed, components);
        }

        byte[] numbers = Encoding.UTF8.GetBytes(trimmed[1..^1].ToString());
        ReadOnlySpan<byte> rest = numbers.AsSpan().TrimStart(" ,\r\n\t"u8);
        int count = 0;
        for (; !rest.IsEmpty; rest = rest.TrimStart(" ,\r\n\t"u8))
        {
            int length = rest.IndexOfAny(" ,\r\n\t"u8);
            length = length < 0 ? rest.Length : length;
            // NumPy writes 1. for 1.0.
            ReadOnlySpan<byte> number = rest[..length].TrimEnd((byte)'.');
            if (count == components.Length || !Utf8Parser.TryParse(number, out double parsed, out int used) || used != number.Length)
            {
                return false;
            }

            components[count++] = (float)parsed;
            rest = rest[length..];
        }

        return count == components.Length;
    }
}
