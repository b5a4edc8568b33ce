using System.Globalization;
using System.Text;
using System.Text.Json;

namespace VectorMigration.Qdrant;

/// <summary>
/// Whether a payload on the wire means what a JSON object says, without making a text of it. It says yes only where that is certain: the same names, each
/// once, with the same texts, 64-bit integers, doubles, truth values, nulls, arrays and objects. Everything else is left to the comparison of JSON.
/// </summary>
internal static class WireEquality
{
    private const int DeepestNesting = 64;
    private static readonly JsonReaderOptions Options = new() { MaxDepth = DeepestNesting };

    /// <summary>Compares the map entries that stand in <paramref name="field"/> of a message with an object.</summary>
    /// <param name="message">Any message, UTF-8 in protobuf.</param>
    /// <param name="field">Number of its field of map entries.</param>
    /// <param name="json">The object, UTF-8; empty for one without members.</param>
    public static bool IsCertain(ReadOnlySpan<byte> message, int field, ReadOnlySpan<byte> json)
    {
        try
        {
            return SameObject(message, field, json.IsEmpty ? "{}"u8 : json);
        }
        catch (Exception unclear) when (unclear is JsonException or FormatException or InvalidOperationException or ArgumentException)
        {
            return false;
        }
    }

    private static bool SameObject(ReadOnlySpan<byte> message, int field, ReadOnlySpan<byte> json)
    {
        Dictionary<string, Range>? members = Members(json);
        if (members is null)
        {
            return false;
        }

        WireReader reader = new(message);
        while (!reader.IsAtEnd)
        {
            (int number, int type) = reader.Tag();
            if (number != field || type != WireReader.DelimitedType)
            {
                reader.Skip(type);
            }
            else if (!SameEntry(reader.Delimited(), members, json))
            {
                return false;
            }
        }

        return members.Count == 0;
    }

    /// <summary>One entry of the map: key = 1, value = 2. A member that was found is taken out.</summary>
    private static bool SameEntry(ReadOnlySpan<byte> entry, Dictionary<string, Range> members, ReadOnlySpan<byte> json)
    {
        WireReader.ReadEntry(entry, out ReadOnlySpan<byte> key, out ReadOnlySpan<byte> value);
        return members.Remove(Encoding.UTF8.GetString(key), out Range place) && SameValue(value, json[place]);
    }

    private static bool SameValue(ReadOnlySpan<byte> value, ReadOnlySpan<byte> text)
    {
        Utf8JsonReader json = new(text, Options);
        json.Read();
        WireReader reader = new(value);
        if (reader.IsAtEnd)
        {
            return json.TokenType == JsonTokenType.Null;
        }

        bool same = (reader.Tag(), json.TokenType) switch
        {
            ((1, WireReader.VarintType), JsonTokenType.Null) => reader.Varint() == 0,
            ((2, WireReader.Fixed64Type), JsonTokenType.Number) => SameDouble(BitConverter.UInt64BitsToDouble(reader.Fixed64()), ref json),
            ((3, WireReader.VarintType), JsonTokenType.Number) => json.TryGetInt64(out long whole) && (long)reader.Varint() == whole,
            ((4, WireReader.DelimitedType), JsonTokenType.String) => SameText(reader.Delimited(), json.ValueSpan),
            ((5, WireReader.VarintType), JsonTokenType.True) => reader.Varint() == 1,
            ((5, WireReader.VarintType), JsonTokenType.False) => reader.Varint() == 0,
            ((6, WireReader.DelimitedType), JsonTokenType.StartObject) => SameObject(reader.Delimited(), field: 1, text),
            ((7, WireReader.DelimitedType), JsonTokenType.StartArray) => SameArray(reader.Delimited(), ref json, text),
            _ => false,
        };

        // More than one kind in a value: the last counts, which is not looked into here.
        return same && reader.IsAtEnd;
    }

    /// <summary>Whether a text is what JSON has, with its escapes: compared in pieces, because it may be many megabytes.</summary>
    private static bool SameText(ReadOnlySpan<byte> text, ReadOnlySpan<byte> escaped)
    {
        Span<byte> character = stackalloc byte[4];
        while (true)
        {
            int plain = escaped.IndexOf((byte)'\\');
            if (plain < 0)
            {
                return text.SequenceEqual(escaped);
            }

            if (!text.StartsWith(escaped[..plain]))
            {
                return false;
            }

            text = text[plain..];
            escaped = escaped[plain..];
            int length = Character(ref escaped).EncodeToUtf8(character);
            if (!text.StartsWith(character[..length]))
            {
                return false;
            }

            text = text[length..];
        }
    }

    /// <summary>The character of the escape at the beginning of a text, which is then behind it.</summary>
    private static Rune Character(ref ReadOnlySpan<byte> escaped)
    {
        char first = Unit(ref escaped);
        return char.IsHighSurrogate(first) && escaped.StartsWith("\\u"u8) ? new Rune(first, Unit(ref escaped))
            : Rune.TryCreate(first, out Rune rune) ? rune : throw new FormatException("half of a surrogate pair");
    }

    private static char Unit(ref ReadOnlySpan<byte> escaped)
    {
        char kind = (char)escaped[1];
        int length = kind == 'u' ? 6 : 2;
        char unit = kind switch
        {
            'u' => (char)int.Parse(escaped.Slice(2, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture),
            'b' => '\b',
            'f' => '\f',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            _ => kind,
        };
        escaped = escaped[length..];
        return unit;
    }

    /// <summary>A number that is written as a whole one is left to the comparison of JSON.</summary>
    private static bool SameDouble(double value, ref Utf8JsonReader json) =>
        json.ValueSpan.IndexOfAny((byte)'.', (byte)'e', (byte)'E') >= 0 && json.TryGetDouble(out double wanted) && wanted.Equals(value);

    private static bool SameArray(ReadOnlySpan<byte> list, ref Utf8JsonReader json, ReadOnlySpan<byte> text)
    {
        WireReader reader = new(list);
        while (!reader.IsAtEnd)
        {
            (int field, int type) = reader.Tag();
            if (field != 1 || type != WireReader.DelimitedType)
            {
                reader.Skip(type);
                continue;
            }

            if (!json.Read() || json.TokenType == JsonTokenType.EndArray || !SameValue(reader.Delimited(), text[Value(ref json)]))
            {
                return false;
            }
        }

        return json.Read() && json.TokenType == JsonTokenType.EndArray;
    }

    /// <summary>Where the value of each name lies in the text of an object; null where a name comes twice.</summary>
    private static Dictionary<string, Range>? Members(ReadOnlySpan<byte> text)
    {
        Dictionary<string, Range> members = [];
        Utf8JsonReader json = new(text, Options);
        json.Read();
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            string name = json.GetString()!;
            json.Read();
            if (!members.TryAdd(name, Value(ref json)))
            {
                return null;
            }
        }

        return members;
    }

    /// <summary>Where the value that the reader is at lies; the reader is at its end then.</summary>
    private static Range Value(ref Utf8JsonReader json)
    {
        int start = (int)json.TokenStartIndex;
        json.Skip();
        return start..(int)json.BytesConsumed;
    }
}
