using System.Text.Json;

namespace VectorMigration.Feeds;

/// <summary>
/// Finds a name that one object of a JSON text has twice, however it is escaped: Qdrant stores each field once, so that one of the values would be lost.
/// Memory: 16 bytes for each name of the objects that are open. One for each thread.
/// </summary>
internal sealed class RepeatedNames
{
    /// <summary>Names that are compared with one another as they stand; more are sorted first.</summary>
    private const int Few = 24;

    private static readonly JsonReaderOptions Options = new() { MaxDepth = 1_000 };

    private static readonly ThreadLocal<RepeatedNames> Own = new(static () => new RepeatedNames());

    private (int Hash, int Start)[] names = new (int, int)[64];
    private int[] begins = new int[16];
    private int count;
    private int depth;

    private RepeatedNames()
    {
    }

    /// <summary>Begins with an object, whose beginning was read.</summary>
    public static RepeatedNames Begin()
    {
        RepeatedNames names = Own.Value!;
        names.count = 0;
        names.depth = 0;
        names.Open();
        return names;
    }

    /// <summary>Where in an object the first repeated name stands, in bytes; negative without any. The text was judged to be one JSON object.</summary>
    public static int Find(ReadOnlySpan<byte> json)
    {
        Utf8JsonReader reader = new(json, Options);
        reader.Read();
        RepeatedNames names = Begin();
        while (reader.Read())
        {
            if (names.Follow(ref reader, json) is >= 0 and int at)
            {
                return at;
            }
        }

        return -1;
    }

    /// <summary>Follows a token of a text. What it says of names is UTF-8 that was checked.</summary>
    /// <returns>Where the second of two equal names stands, when their object ends; negative otherwise.</returns>
    public int Follow(ref Utf8JsonReader reader, ReadOnlySpan<byte> json)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                Open();
                return -1;
            case JsonTokenType.PropertyName:
                Add(ref reader);
                return -1;
            case JsonTokenType.EndObject:
                int begin = begins[--depth];
                Span<(int Hash, int Start)> ended = names.AsSpan(begin, count - begin);
                count = begin;
                return Repeated(ended, json);
            default:
                return -1;
        }
    }

    private void Open()
    {
        if (depth == begins.Length)
        {
            Array.Resize(ref begins, 2 * depth);
        }

        begins[depth++] = count;
    }

    private void Add(ref Utf8JsonReader reader)
    {
        if (count == names.Length)
        {
            Array.Resize(ref names, 2 * count);
        }

        HashCode hash = new();
        if (reader.ValueIsEscaped)
        {
            Span<byte> plain = reader.ValueSpan.Length <= 256 ? stackalloc byte[reader.ValueSpan.Length] : new byte[reader.ValueSpan.Length];
            hash.AddBytes(plain[..reader.CopyString(plain)]);
        }
        else
        {
            hash.AddBytes(reader.ValueSpan);
        }

        names[count++] = (hash.ToHashCode(), (int)reader.TokenStartIndex);
    }

    private static int Repeated(Span<(int Hash, int Start)> names, ReadOnlySpan<byte> json)
    {
        int first = -1;
        bool isSorted = names.Length > Few;
        if (isSorted)
        {
            names.Sort();
        }

        for (int i = 1; i < names.Length; i++)
        {
            for (int j = i - 1; j >= 0 && (!isSorted || names[j].Hash == names[i].Hash); j--)
            {
                if (names[j].Hash == names[i].Hash && (first < 0 || names[i].Start < first) && NameAt(json, names[j].Start) == NameAt(json, names[i].Start))
                {
                    first = names[i].Start;
                }
            }
        }

        return first;
    }

    private static string NameAt(ReadOnlySpan<byte> json, int start)
    {
        Utf8JsonReader reader = new(json[start..], Options);
        reader.Read();
        return reader.GetString()!;
    }
}
