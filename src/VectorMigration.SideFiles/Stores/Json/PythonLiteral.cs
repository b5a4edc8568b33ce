using System.Buffers;
using System.Text;
using System.Text.Json;

namespace VectorMigration.SideFiles.Stores.Json;

/// <summary>
/// Reads dictionaries as Python's <c>str</c> writes them, of texts and whole numbers, and makes JSON of them. A closed parser of this one form: nothing is
/// evaluated, and whatever else stands there is refused with its place.
/// </summary>
internal sealed class PythonLiteral
{
    private const int MostNested = 8;

    private readonly byte[] data;
    private readonly string file;
    private readonly Utf8JsonWriter writer;
    private int at;

    private PythonLiteral(byte[] data, string file, Utf8JsonWriter writer)
    {
        this.data = data;
        this.file = file;
        this.writer = writer;
    }

    /// <summary>The dictionary as JSON, keys of whole numbers as texts.</summary>
    /// <exception cref="MigrationException">It is something else.</exception>
    public static byte[] ToJson(byte[] data, string file)
    {
        ArrayBufferWriter<byte> json = new(data.Length + 16);
        using Utf8JsonWriter writer = new(json, new JsonWriterOptions { SkipValidation = true });
        PythonLiteral literal = new(data, file, writer);
        literal.Dictionary(0);
        literal.Peek();
        if (literal.at < data.Length)
        {
            throw literal.Refused("the end of the file");
        }

        writer.Flush();
        return json.WrittenSpan.ToArray();
    }

    private void Dictionary(int depth)
    {
        Take('{', "a dictionary");
        if (depth == MostNested)
        {
            throw Refused($"dictionaries at most {MostNested} deep");
        }

        writer.WriteStartObject();
        while (Peek() != '}')
        {
            writer.WritePropertyName(Peek() is '\'' or '"' ? Text() : Number());
            Take(':', "':'");
            Value(depth);
            if (Peek() != '}')
            {
                Take(',', "',' or '}'");
            }
        }

        at++;
        writer.WriteEndObject();
        // Flush piece by piece: a writer that is never flushed keeps everything twice.
        writer.Flush();
    }

    private void Value(int depth)
    {
        switch (Peek())
        {
            case '{': Dictionary(depth + 1); break;
            case '\'' or '"': writer.WriteStringValue(Text()); break;
            default: writer.WriteRawValue(Number(), skipInputValidation: true); break;
        }
    }

    private string Number()
    {
        Peek();
        int start = at;
        while (at < data.Length && (char.IsAsciiDigit((char)data[at]) || (at == start && data[at] == '-')))
        {
            at++;
        }

        return at - start is > 0 and <= 20 && data[at - 1] != '-'
            ? Encoding.ASCII.GetString(data, start, at - start)
            : throw Refused("a string or a whole number");
    }

    private string Text()
    {
        byte quote = data[at++];
        int start = at;
        StringBuilder? text = null;
        while (true)
        {
            int length = data.AsSpan(at).IndexOfAny(quote, (byte)'\\');
            if (length < 0 || at + length - start > StoreLimits.MostIdBytes)
            {
                throw Refused($"a string of at most {Grouped.Of(StoreLimits.MostIdBytes)} bytes with its closing quote");
            }

            string run = Run(at, length);
            at += length + 1;
            if (data[at - 1] == quote)
            {
                return text is null ? run : text.Append(run).ToString();
            }

            text = (text ?? new StringBuilder()).Append(run);
            Escape(text);
        }
    }

    private string Run(int start, int length)
    {
        try
        {
            return new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(data, start, length);
        }
        catch (DecoderFallbackException)
        {
            throw Refused("a string in UTF-8");
        }
    }

    private void Escape(StringBuilder text)
    {
        char escaped = at < data.Length ? (char)data[at++] : '\0';
        switch (escaped)
        {
            case '\\' or '\'' or '"': text.Append(escaped); break;
            case 'n': text.Append('\n'); break;
            case 'r': text.Append('\r'); break;
            case 't': text.Append('\t'); break;
            case 'x': text.Append(Character(2)); break;
            case 'u': text.Append(Character(4)); break;
            case 'U': text.Append(Character(8)); break;
            default: throw Refused("an escape that Python's repr writes");
        }
    }

    private string Character(int digits)
    {
        if (data.Length - at < digits || !int.TryParse(data.AsSpan(at, digits), System.Globalization.NumberStyles.AllowHexSpecifier, null, out int code)
            || !Rune.IsValid(code))
        {
            throw Refused("an escaped character");
        }

        at += digits;
        return new Rune(code).ToString();
    }

    private char Peek()
    {
        while (at < data.Length && data[at] is (byte)' ' or (byte)'\n' or (byte)'\r' or (byte)'\t')
        {
            at++;
        }

        return at < data.Length ? (char)data[at] : '\0';
    }

    private void Take(char wanted, string what)
    {
        if (Peek() != wanted)
        {
            throw Refused(what);
        }

        at++;
    }

    private MigrationException Refused(string expected) => JsonErrors.Invalid(file, expected, $"something else at byte {at}");
}
