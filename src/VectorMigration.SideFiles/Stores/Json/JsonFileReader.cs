using System.Buffers;
using System.Text.Json;

namespace VectorMigration.SideFiles.Stores.Json;

/// <summary>
/// Reads the tokens of a JSON file block by block; what is in memory is one block, or one token where that is longer. Where a token stands in the file is
/// known, so that values need not be kept. Not thread-safe.
/// </summary>
internal sealed class JsonFileReader
{
    /// <summary>Containers in each other. Qdrant takes fewer in a payload; this is what files may have around and beside documents.</summary>
    public const int MostNested = 256;

    /// <summary>Bytes of one text, key or number, as it stands in the file.</summary>
    public const int MostToken = 64 << 20;

    private const int FirstBlock = 128 << 10;

    // Bytes of a text that messages show.
    private const int MostShown = 1 << 10;

    private static readonly SearchValues<byte> Between = SearchValues.Create(" \t\r\n:,"u8);

    private readonly FileBytes bytes;
    private readonly int mostToken;
    private byte[] buffer;
    private int filled;
    private int consumed;
    private long origin;
    private bool isFinal;
    private JsonReaderState state = new(new JsonReaderOptions { MaxDepth = MostNested });
    private string? document;
    private long documentStart;

    /// <summary>A reader that stands before the first token.</summary>
    /// <param name="bytes">The file.</param>
    /// <param name="name">Its path, for messages.</param>
    /// <param name="mostToken">Bytes of the longest token.</param>
    /// <param name="block">Bytes of the first block.</param>
    public JsonFileReader(FileBytes bytes, string name, int mostToken = MostToken, int block = FirstBlock)
    {
        this.bytes = bytes;
        this.mostToken = mostToken;
        Name = name;
        buffer = new byte[block];
        Span<byte> head = stackalloc byte[3];
        origin = bytes.Length >= head.Length && bytes.Read(0, head) == head.Length && head.SequenceEqual((ReadOnlySpan<byte>)[0xEF, 0xBB, 0xBF]) ? 3 : 0;
    }

    /// <summary>Path of the file, for messages.</summary>
    public string Name { get; }

    /// <summary>The token that was read.</summary>
    public JsonTokenType Token { get; private set; }

    /// <summary>Where it begins in the file.</summary>
    public long Start { get; private set; }

    /// <summary>Where it ends.</summary>
    public long End { get; private set; }

    /// <summary>Containers around it.</summary>
    public int Depth { get; private set; }

    /// <summary>The text or key that was read, as messages show it; an ellipsis for a long one.</summary>
    /// <exception cref="MigrationException">It is not UTF-8, or holds half of a character.</exception>
    public string ShownText() => Raw.Length <= MostShown ? Text(MostShown) : "…";

    /// <summary>Reads a list, whose beginning was read, to its end.</summary>
    /// <returns>Its entries, and whether one of them is a list.</returns>
    public (long Count, bool HasLists) CountEntries(CancellationToken cancellationToken)
    {
        long count = 0;
        bool hasLists = false;
        for (; Next() != JsonTokenType.EndArray; count++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            hasLists |= Token == JsonTokenType.StartArray;
            Skip();
        }

        return (count, hasLists);
    }

    /// <summary>True for a text or key that is exactly these bytes, without escapes.</summary>
    public bool Is(ReadOnlySpan<byte> text) => Raw.Length == text.Length + 2 && Raw[1..^1].SequenceEqual(text);

    /// <summary>The token as it stands in the file; valid until the next one.</summary>
    public ReadOnlySpan<byte> Raw => buffer.AsSpan((int)(Start - origin), (int)(End - Start));

    /// <summary>Says whose values follow, for messages; null where they are nobody's.</summary>
    public void Enter(string? name)
    {
        document = name;
        documentStart = Start;
    }

    /// <summary>Reads a token; false at the end of the file.</summary>
    /// <exception cref="MigrationException">It is no JSON, cut short, or passes a limit.</exception>
    public bool Read()
    {
        while (true)
        {
            Utf8JsonReader reader = new(buffer.AsSpan(consumed, filled - consumed), isFinal, state);
            bool read;
            try
            {
                read = reader.Read();
            }
            catch (JsonException)
            {
                throw Fault(consumed + (int)reader.BytesConsumed, reader.CurrentDepth);
            }

            long at = origin + consumed;
            consumed += (int)reader.BytesConsumed;
            state = reader.CurrentState;
            if (read)
            {
                Token = reader.TokenType;
                Depth = reader.CurrentDepth;
                Start = at + reader.TokenStartIndex;
                // Behind a key the reader has consumed the colon too.
                End = Token == JsonTokenType.PropertyName ? Start + reader.ValueSpan.Length + 2 : at + reader.BytesConsumed;
                return true;
            }

            if (isFinal)
            {
                return false;
            }

            Fill();
        }
    }

    /// <summary>Reads a token that must be there.</summary>
    public JsonTokenType Next() => Read() ? Token : throw JsonErrors.Truncated(Name, bytes.Length);

    /// <summary>Reads a token that must be of one kind.</summary>
    public void Expect(JsonTokenType token, string where)
    {
        if (Next() != token)
        {
            throw JsonErrors.Unexpected(this, JsonErrors.Kind(token), where);
        }
    }

    /// <summary>Passes over the value whose first token was read, up to its end.</summary>
    public void Skip()
    {
        if (Token is not (JsonTokenType.StartObject or JsonTokenType.StartArray))
        {
            return;
        }

        int depth = Depth;
        do
        {
            Next();
        }
        while (Depth > depth);
    }

    /// <summary>Nothing may follow but white space.</summary>
    public void ExpectEnd()
    {
        if (Read())
        {
            throw JsonErrors.Unexpected(this, "the end of the file", "its place");
        }
    }

    /// <summary>The text or key that was read.</summary>
    /// <exception cref="MigrationException">It is not UTF-8, or holds half of a character.</exception>
    public string Text(int most)
    {
        if (Raw.Length > most)
        {
            throw JsonErrors.TooLong(this, most);
        }

        Utf8JsonReader reader = new(Raw);
        reader.Read();
        try
        {
            return reader.GetString()!;
        }
        catch (InvalidOperationException)
        {
            throw JsonErrors.NoText(this);
        }
    }

    /// <summary>The text that was read, as UTF-8 without escapes.</summary>
    public byte[] Utf8Text()
    {
        byte[] text = new byte[Raw.Length];
        Utf8JsonReader reader = new(Raw);
        reader.Read();
        try
        {
            return text[..reader.CopyString(text)];
        }
        catch (InvalidOperationException)
        {
            throw JsonErrors.NoText(this);
        }
    }

    private void Fill()
    {
        int kept = filled - consumed;
        if (kept == buffer.Length)
        {
            if (kept >= mostToken)
            {
                throw JsonErrors.TokenTooLong(Name, origin + consumed, mostToken);
            }

            Array.Resize(ref buffer, (int)Math.Min(mostToken, buffer.Length * 2L));
        }
        else
        {
            buffer.AsSpan(consumed, kept).CopyTo(buffer);
            origin += consumed;
            consumed = 0;
            filled = kept;
        }

        int read = Get(origin + filled, buffer.AsSpan(filled));
        filled += read;
        isFinal = read == 0;
    }

    private int Get(long offset, Span<byte> destination)
    {
        try
        {
            return offset >= bytes.Length ? 0 : bytes.Read(offset, destination);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw PayloadErrors.Unreadable(Name, error);
        }
    }

    private MigrationException Fault(int at, int depth)
    {
        int skipped = buffer.AsSpan(at, filled - at).IndexOfAnyExcept(Between);
        long place = origin + at + Math.Max(0, skipped);
        ReadOnlySpan<byte> rest = skipped < 0 ? [] : buffer.AsSpan(at + skipped, filled - at - skipped);
        if (isFinal && IsCut(rest))
        {
            return JsonErrors.Truncated(Name, bytes.Length);
        }

        string? path = document is null ? null : JsonTrail.At(Head(place - documentStart));
        string found = JsonErrors.Number(rest) is string number ? $"{number}, which is not JSON"
            : depth >= MostNested - 1 && rest[0] is (byte)'{' or (byte)'[' ? $"objects or arrays nested deeper than {MostNested}"
            : "something that is not JSON";
        return JsonErrors.Fault(Name, document, path, found, place);
    }

    /// <summary>Whether the file ends in the middle of this token: a text without its end, or the beginning of a word.</summary>
    private static bool IsCut(ReadOnlySpan<byte> rest)
    {
        if (rest.IsEmpty || "true"u8.StartsWith(rest) || "false"u8.StartsWith(rest) || "null"u8.StartsWith(rest) || rest.SequenceEqual("-"u8))
        {
            return true;
        }

        if (rest[0] != '"')
        {
            return false;
        }

        for (int i = 1; i < rest.Length; i++)
        {
            if (rest[i] == '"')
            {
                return false;
            }

            i += rest[i] == '\\' ? 1 : 0;
        }

        return true;
    }

    /// <summary>The document up to the fault; a very long one only as far as its path can be told in little memory.</summary>
    private byte[] Head(long length)
    {
        byte[] head = new byte[(int)Math.Clamp(length, 0, MostToken)];
        int read = 0;
        for (int got = -1; got != 0 && read < head.Length; read += got)
        {
            got = Get(documentStart + read, head.AsSpan(read));
        }

        return head[..read];
    }
}
