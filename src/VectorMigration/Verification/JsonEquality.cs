using System.Globalization;
using System.Numerics;
using System.Text;
using System.Text.Json;

namespace VectorMigration.Verification;

/// <summary>
/// Whether two JSON texts mean the same payload to Qdrant: order of keys is free, of two equal keys the last counts, integers are
/// compared with integers, doubles with doubles as Qdrant reads them, and no payload equals an empty one. Both texts are read where they lie, because a payload
/// may weigh many megabytes.
/// </summary>
internal static class JsonEquality
{
    /// <summary>Deeper than any payload that Qdrant takes.</summary>
    private static readonly JsonReaderOptions Options = new() { MaxDepth = 1_000 };

    /// <summary>Whether a payload that was read from a server means what was sent; an empty text means none.</summary>
    /// <param name="sent">What was sent, UTF-8.</param>
    /// <param name="read">What was read, UTF-8.</param>
    /// <param name="rounded">Numbers whose last digits the server changes when it reads them, see <see cref="StoredDouble"/>: counted, not told apart.</param>
    public static bool SamePayload(ReadOnlySpan<byte> sent, ReadOnlySpan<byte> read, out int rounded)
    {
        rounded = 0;
        return sent.SequenceEqual(read) || Same(sent.IsEmpty ? "{}"u8 : sent, read.IsEmpty ? "{}"u8 : read, ref rounded);
    }

    /// <summary>Whether a payload holds all fields of another with the same values; it may hold more.</summary>
    public static bool Holds(ReadOnlySpan<byte> payload, ReadOnlySpan<byte> fields, out int rounded)
    {
        rounded = 0;
        ReadOnlySpan<byte> whole = payload.IsEmpty ? "{}"u8 : payload;
        Dictionary<string, Range> there = Members(whole);
        ReadOnlySpan<byte> asked = fields.IsEmpty ? "{}"u8 : fields;
        foreach ((string name, Range place) in Members(asked))
        {
            if (!there.TryGetValue(name, out Range found) || !Same(asked[place], whole[found], ref rounded))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Fields of an object that a payload has too, with another value.</summary>
    public static int CountOthers(ReadOnlySpan<byte> payload, ReadOnlySpan<byte> fields) => Others(payload, fields).Count;

    /// <summary>Names of the fields of an object that a payload has too, with another value.</summary>
    public static IReadOnlyList<string> Others(ReadOnlySpan<byte> payload, ReadOnlySpan<byte> fields)
    {
        if (payload.IsEmpty || fields.IsEmpty)
        {
            return [];
        }

        List<string> others = [];
        int rounded = 0;
        Dictionary<string, Range> there = Members(payload);
        foreach ((string name, Range place) in Members(fields))
        {
            if (there.TryGetValue(name, out Range found) && !Same(fields[place], payload[found], ref rounded))
            {
                others.Add(name);
            }
        }

        return others;
    }

    /// <summary>Fields that a payload has and an object of fields has not, at any depth where both have an object.</summary>
    public static int CountAdded(ReadOnlySpan<byte> payload, ReadOnlySpan<byte> fields)
    {
        if (payload.IsEmpty)
        {
            return 0;
        }

        int added = 0;
        ReadOnlySpan<byte> known = fields.IsEmpty ? "{}"u8 : fields;
        Dictionary<string, Range> ours = Members(known);
        foreach ((string name, Range place) in Members(payload))
        {
            added += !ours.TryGetValue(name, out Range found) ? 1
                : payload[place][0] == '{' && known[found][0] == '{' ? CountAdded(payload[place], known[found])
                : 0;
        }

        return added;
    }

    /// <summary>Fields of an object itself; none for an empty text.</summary>
    public static int CountFields(ReadOnlySpan<byte> payload) => payload.IsEmpty ? 0 : Members(payload).Count;

    /// <summary>Whether a payload holds a whole number under a key of its own.</summary>
    public static bool HasNumber(ReadOnlySpan<byte> payload, string key, long number)
    {
        if (payload.IsEmpty)
        {
            return false;
        }

        return Members(payload).TryGetValue(key, out Range place)
            && long.TryParse(payload[place], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long held) && held == number;
    }

    /// <summary>Whether an object holds a text under a key.</summary>
    public static bool HasText(ReadOnlySpan<byte> payload, string key, string text)
    {
        if (payload.IsEmpty || !Members(payload).TryGetValue(key, out Range place))
        {
            return false;
        }

        Utf8JsonReader reader = new(payload[place], Options);
        return reader.Read() && reader.TokenType == JsonTokenType.String && reader.ValueTextEquals(text);
    }

    private static bool Same(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b, ref int rounded)
    {
        Utf8JsonReader left = new(a, Options);
        Utf8JsonReader right = new(b, Options);
        left.Read();
        right.Read();
        return left.TokenType == right.TokenType && left.TokenType switch
        {
            JsonTokenType.StartObject => SameObject(a, b, ref rounded),
            JsonTokenType.StartArray => SameArray(a, b, ref rounded),
            JsonTokenType.Number => SameNumber(Encoding.ASCII.GetString(left.ValueSpan), Encoding.ASCII.GetString(right.ValueSpan), ref rounded),
            JsonTokenType.String => left.ValueSpan.SequenceEqual(right.ValueSpan) || SameText(left.ValueSpan, right.ValueSpan),
            _ => true,
        };
    }

    private static bool SameObject(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b, ref int rounded)
    {
        Dictionary<string, Range> left = Members(a);
        Dictionary<string, Range> right = Members(b);
        if (left.Count != right.Count)
        {
            return false;
        }

        foreach ((string name, Range place) in left)
        {
            if (!right.TryGetValue(name, out Range other) || !Same(a[place], b[other], ref rounded))
            {
                return false;
            }
        }

        return true;
    }

    private static bool SameArray(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b, ref int rounded)
    {
        Utf8JsonReader left = new(a, Options);
        Utf8JsonReader right = new(b, Options);
        left.Read();
        right.Read();
        while (true)
        {
            left.Read();
            right.Read();
            if (left.TokenType == JsonTokenType.EndArray || right.TokenType == JsonTokenType.EndArray)
            {
                return left.TokenType == right.TokenType;
            }

            if (!Same(a[Value(ref left)], b[Value(ref right)], ref rounded))
            {
                return false;
            }
        }
    }

    /// <summary>Where the value of each name lies in the text of an object.</summary>
    private static Dictionary<string, Range> Members(ReadOnlySpan<byte> text)
    {
        Dictionary<string, Range> members = [];
        Utf8JsonReader reader = new(text, Options);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string name = reader.GetString()!;
            reader.Read();
            members[name] = Value(ref reader);
        }

        return members;
    }

    /// <summary>Where the value that the reader is at lies; the reader is at its end then.</summary>
    private static Range Value(ref Utf8JsonReader reader)
    {
        int start = (int)reader.TokenStartIndex;
        reader.Skip();
        return start..(int)reader.BytesConsumed;
    }

    /// <summary>Whether two texts are the same characters, however those are escaped.</summary>
    private static bool SameText(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b)
    {
        int left = 0;
        int right = 0;
        while (left < a.Length && right < b.Length)
        {
            if (Character(a, ref left) != Character(b, ref right))
            {
                return false;
            }
        }

        return left == a.Length && right == b.Length;
    }

    /// <summary>The character at a place, which then moves behind it.</summary>
    private static int Character(ReadOnlySpan<byte> text, ref int at)
    {
        if (text[at] == '\\')
        {
            int unit = Escaped(text, ref at);
            if (char.IsHighSurrogate((char)unit) && at + 1 < text.Length && text[at] == '\\' && text[at + 1] == 'u')
            {
                int second = Escaped(text, ref at);
                return char.IsLowSurrogate((char)second) ? char.ConvertToUtf32((char)unit, (char)second) : -1;
            }

            return unit;
        }

        Rune.DecodeFromUtf8(text[at..], out Rune rune, out int length);
        at += length;
        return rune.Value;
    }

    private static int Escaped(ReadOnlySpan<byte> text, ref int at)
    {
        byte kind = text[at + 1];
        if (kind == 'u')
        {
            int unit = int.Parse(text.Slice(at + 2, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
            at += 6;
            return unit;
        }

        at += 2;
        return (char)kind switch
        {
            'b' => '\b',
            'f' => '\f',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            _ => kind,
        };
    }

    /// <summary>
    /// Qdrant keeps integers and doubles apart, and gives each back as what it is: an integer is never equal to a double, however large both are. Integers
    /// that 64 bits do not hold have become doubles before they were sent. All others are the nearest doubles.
    /// </summary>
    private static bool SameNumber(string sent, string read, ref int rounded)
    {
        switch (IsWhole(sent), IsWhole(read))
        {
            case (true, true): return Digits(sent) == Digits(read);
            case (true, false): return !long.TryParse(sent, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _) && IsExactly(read, sent);
            case (false, true): return false;
        }

        double wanted = double.Parse(sent, CultureInfo.InvariantCulture);
        double found = double.Parse(read, CultureInfo.InvariantCulture);
        if (wanted.Equals(found))
        {
            return true;
        }

        bool isRounded = StoredDouble.MayBecome(wanted, found);
        rounded += isRounded ? 1 : 0;
        return isRounded;
    }

    private static bool IsWhole(string number) => number.AsSpan().IndexOfAny(".eE") < 0;

    /// <summary>JSON has no leading zeros, so that equal whole numbers have equal digits.</summary>
    private static string Digits(string whole) => whole == "-0" ? "0" : whole;

    private static bool IsExactly(string real, string whole)
    {
        double value = double.Parse(real, CultureInfo.InvariantCulture);
        return double.IsInteger(value) && new BigInteger(value).ToString(CultureInfo.InvariantCulture) == Digits(whole);
    }
}
