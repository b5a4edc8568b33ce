using System.Buffers;
using System.Globalization;
using System.Text.Json;
using VectorMigration.Vectors;

namespace VectorMigration.Feeds;

/// <summary>Gives values of payloads the types that were asked for. What a value cannot be without a guess is refused.</summary>
internal static class PayloadConversion
{
    /// <summary>Whole numbers up to this are doubles, each of them, and no other number becomes one of them.</summary>
    private const long MostExact = (1L << 53) - 1;

    /// <summary>A text that is a number has no more bytes.</summary>
    private const int MostDigits = 400;

    private static readonly SearchValues<char> OfNumbers = SearchValues.Create("0123456789+-.eE");

    /// <summary>What a type takes, in words.</summary>
    public static string Wanted(PayloadFieldType type) => type switch
    {
        PayloadFieldType.Integer => "a whole number of 64 bits, or a string of its digits",
        PayloadFieldType.Float => "a number in the range of a 64-bit float, or a string of one",
        PayloadFieldType.Bool => "true or false, a string of one of them, or 1 or 0",
        PayloadFieldType.Datetime => "a string in RFC 3339 form (2026-11-27T05:00:00Z; without a zone UTC, a date alone means midnight)",
        PayloadFieldType.Unix => "seconds since 1970 from the year 1 to the year 9999",
        PayloadFieldType.Keyword or PayloadFieldType.Text => "a string, a number, true or false",
        PayloadFieldType.Array => "an array, or a string that is a JSON array",
        _ => "a location: {\"lat\", \"lon\"}, a string \"latitude,longitude\" or an array [longitude, latitude] in degrees",
    };

    /// <summary>Writes the value that a reader stands at with a type; the reader then stands at its end.</summary>
    /// <returns>What was found in words where it cannot be of that type, without the value; null where it is.</returns>
    public static string? Convert(ref Utf8JsonReader reader, ReadOnlySpan<byte> row, PayloadFieldType type, IBufferWriter<byte> output) =>
        Convert(ref reader, row, type, output, isElement: false);

    private static string? Convert(ref Utf8JsonReader reader, ReadOnlySpan<byte> row, PayloadFieldType type, IBufferWriter<byte> output, bool isElement)
    {
        if (reader.TokenType == JsonTokenType.Null)
        {
            output.Write("null"u8);
            return null;
        }

        if (type == PayloadFieldType.Array)
        {
            return Array(ref reader, row, output);
        }

        if (reader.TokenType == JsonTokenType.StartArray && !(type == PayloadFieldType.Geo && GeoConversion.IsPlace(reader)))
        {
            return isElement ? "an array in an array" : Elements(ref reader, row, type, output);
        }

        return type switch
        {
            PayloadFieldType.Integer => Integer(ref reader, output),
            PayloadFieldType.Float => Float(ref reader, output),
            PayloadFieldType.Bool => Bool(ref reader, output),
            PayloadFieldType.Datetime => Datetime(ref reader, output),
            PayloadFieldType.Unix => Unix(ref reader, output),
            PayloadFieldType.Geo => GeoConversion.Convert(ref reader, output),
            _ => Keyword(ref reader, row, output),
        };
    }

    /// <summary>A token in words.</summary>
    public static string Named(JsonTokenType token) => token switch
    {
        JsonTokenType.StartObject => "an object",
        JsonTokenType.StartArray => "an array",
        JsonTokenType.String => "another string",
        JsonTokenType.Number => "another number",
        JsonTokenType.Null => "null",
        _ => "true or false",
    };

    private static string? Elements(ref Utf8JsonReader reader, ReadOnlySpan<byte> row, PayloadFieldType type, IBufferWriter<byte> output)
    {
        output.Write("["u8);
        for (bool follows = false; reader.Read() && reader.TokenType != JsonTokenType.EndArray; follows = true)
        {
            output.Write(follows ? ","u8 : default);
            if (Convert(ref reader, row, type, output, isElement: true) is string found)
            {
                return $"{found} as an element of an array";
            }
        }

        output.Write("]"u8);
        return null;
    }

    private static string? Array(ref Utf8JsonReader reader, ReadOnlySpan<byte> row, IBufferWriter<byte> output)
    {
        if (reader.TokenType == JsonTokenType.StartArray)
        {
            int start = (int)reader.TokenStartIndex;
            reader.Skip();
            output.Write(row[start..(int)reader.BytesConsumed]);
            return null;
        }

        if (reader.TokenType != JsonTokenType.String)
        {
            return Named(reader.TokenType);
        }

        byte[] text = System.Text.Encoding.UTF8.GetBytes(reader.GetString()!);
        Utf8JsonReader inner = new(text, new JsonReaderOptions { MaxDepth = 1_000 });
        try
        {
            if (!inner.Read() || inner.TokenType != JsonTokenType.StartArray)
            {
                return Named(JsonTokenType.String);
            }

            inner.Skip();
            ReadOnlySpan<byte> array = text.AsSpan(0, (int)inner.BytesConsumed);
            if (inner.Read())
            {
                return Named(JsonTokenType.String);
            }

            output.Write(array);
            return null;
        }
        catch (JsonException)
        {
            return Named(JsonTokenType.String);
        }
    }

    private static string? Integer(ref Utf8JsonReader reader, IBufferWriter<byte> output)
    {
        if (Digits(ref reader) is not string digits || Whole(digits) is not long number)
        {
            return Named(reader.TokenType);
        }

        Write(output, number.ToString(CultureInfo.InvariantCulture));
        return null;
    }

    /// <summary>The whole number that a text is, written as one (12) or as a double that is whole (12.0, 1.2e1) and small enough to be exact.</summary>
    private static long? Whole(string digits) =>
        long.TryParse(digits, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long whole) ? whole
            : digits.AsSpan().IndexOfAny(".eE") >= 0 && Number(digits) is double number && double.IsInteger(number) && Math.Abs(number) <= MostExact
                ? (long)number
                : null;

    private static string? Float(ref Utf8JsonReader reader, IBufferWriter<byte> output)
    {
        if (Digits(ref reader) is not string digits || Number(digits) is not double number
            || (digits.AsSpan().IndexOfAny(".eE") < 0 && !IsExact(digits, number)))
        {
            return Named(reader.TokenType);
        }

        // With a point or an exponent, so that it is a double to whoever reads it.
        string text = number.ToString("R", CultureInfo.InvariantCulture);
        Write(output, text.AsSpan().IndexOfAny(".E") < 0 ? text + ".0" : text);
        return null;
    }

    private static bool IsExact(string digits, double number) =>
        Int128.TryParse(digits, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out Int128 whole)
        && (Math.Abs(number) <= MostExact || (Int128)number == whole);

    private static double? Number(string digits) =>
        double.TryParse(digits, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture,
            out double number) && double.IsFinite(number) && digits.AsSpan().IndexOfAnyExcept(OfNumbers) < 0 ? number : null;

    /// <summary>A number, or a text that may be one; null for all else.</summary>
    internal static string? Digits(ref Utf8JsonReader reader) =>
        reader.TokenType is not (JsonTokenType.Number or JsonTokenType.String) || reader.ValueSpan.Length > MostDigits ? null
            : reader.TokenType == JsonTokenType.String ? reader.GetString()
            : System.Text.Encoding.ASCII.GetString(reader.ValueSpan);

    private static string? Bool(ref Utf8JsonReader reader, IBufferWriter<byte> output)
    {
        bool? value = reader.TokenType switch
        {
            JsonTokenType.True => true,
            JsonTokenType.False => false,
            JsonTokenType.Number or JsonTokenType.String => Digits(ref reader) switch
            {
                "1" => true,
                "0" => false,
                string text when reader.TokenType == JsonTokenType.String && bool.TryParse(text, out bool said) && text.Trim().Length == text.Length => said,
                _ => null,
            },
            _ => null,
        };
        if (value is not bool found)
        {
            return Named(reader.TokenType);
        }

        output.Write(found ? "true"u8 : "false"u8);
        return null;
    }

    private static string? Keyword(ref Utf8JsonReader reader, ReadOnlySpan<byte> row, IBufferWriter<byte> output)
    {
        ReadOnlySpan<byte> token = row[(int)reader.TokenStartIndex..(int)reader.BytesConsumed];
        switch (reader.TokenType)
        {
            case JsonTokenType.String:
                output.Write(token);
                return null;
            case JsonTokenType.Number or JsonTokenType.True or JsonTokenType.False:
                output.Write("\""u8);
                output.Write(token);
                output.Write("\""u8);
                return null;
            default:
                return Named(reader.TokenType);
        }
    }

    private static string? Datetime(ref Utf8JsonReader reader, IBufferWriter<byte> output)
    {
        if (reader.TokenType != JsonTokenType.String || reader.ValueSpan.Length > MostDigits || Rfc3339.Normalise(reader.GetString()!) is not string moment)
        {
            return Named(reader.TokenType);
        }

        Write(output, $"\"{moment}\"");
        return null;
    }

    private static string? Unix(ref Utf8JsonReader reader, IBufferWriter<byte> output)
    {
        if (Digits(ref reader) is not string digits || digits.AsSpan().IndexOfAnyExcept(OfNumbers) >= 0
            || !decimal.TryParse(digits, NumberStyles.Float, CultureInfo.InvariantCulture, out decimal seconds)
            || Rfc3339.OfSeconds(seconds) is not string moment)
        {
            return Named(reader.TokenType);
        }

        Write(output, $"\"{moment}\"");
        return null;
    }

    /// <summary>Writes characters that are ASCII.</summary>
    internal static void Write(IBufferWriter<byte> output, string ascii)
    {
        Span<byte> bytes = output.GetSpan(ascii.Length);
        System.Text.Encoding.ASCII.GetBytes(ascii, bytes);
        output.Advance(ascii.Length);
    }
}
