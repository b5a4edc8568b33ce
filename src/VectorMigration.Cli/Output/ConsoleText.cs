using System.Buffers;
using System.Globalization;
using System.Text;

namespace VectorMigration.Cli.Output;

/// <summary>
/// Text for a console whose encoding lacks some characters. Windows replaces what a code page lacks by the character that looks most like it, and an arrow
/// by the control character that old terminals drew as one. Here such a character gets a readable one of ASCII.
/// </summary>
internal sealed class ConsoleText : TextWriter
{
    private readonly TextWriter writer;
    private readonly Dictionary<Rune, string> known = [];
    private readonly Lock gate = new();
    private char high;

    private ConsoleText(TextWriter writer)
        : base(CultureInfo.InvariantCulture) => this.writer = writer;

    /// <inheritdoc/>
    public override Encoding Encoding => writer.Encoding;

    /// <summary>Lets stdout and stderr show no other characters than their encoding has.</summary>
    public static void Install()
    {
        if (!IsUnicode(Console.OutputEncoding))
        {
            Console.SetOut(Over(Console.Out));
            Console.SetError(Over(Console.Error));
        }
    }

    /// <summary>A writer over another one.</summary>
    public static TextWriter Over(TextWriter writer) => IsUnicode(writer.Encoding) ? writer : new ConsoleText(writer);

    /// <summary>JSON in which every character beyond ASCII is escaped, which reads the same in any encoding.</summary>
    public static string Ascii(string json)
    {
        if (json.All(static sign => sign < 0x7F))
        {
            return json;
        }

        StringBuilder text = new(json.Length + 64);
        foreach (char sign in json)
        {
            _ = sign < 0x7F ? text.Append(sign) : text.Append(CultureInfo.InvariantCulture, $"\\u{(int)sign:x4}");
        }

        return text.ToString();
    }

    /// <summary>Whether an encoding has all characters.</summary>
    public static bool IsUnicode(Encoding encoding) => encoding.CodePage is 65001 or 1200 or 1201 or 12000 or 12001;

    /// <inheritdoc/>
    public override void Write(char value) => Write([value]);

    /// <inheritdoc/>
    public override void Write(string? value) => Write(value.AsSpan());

    /// <inheritdoc/>
    public override void Write(char[] buffer, int index, int count) => Write(buffer.AsSpan(index, count));

    /// <inheritdoc/>
    public override void Write(ReadOnlySpan<char> buffer)
    {
        lock (gate)
        {
            if (high == 0 && buffer.IndexOfAnyExceptInRange('\0', '\x7E') < 0)
            {
                writer.Write(buffer);
                return;
            }

            writer.Write(Shown(high == 0 ? buffer : string.Concat([high], buffer)));
        }
    }

    /// <inheritdoc/>
    public override void WriteLine(string? value) => Write(value + Environment.NewLine);

    /// <inheritdoc/>
    public override void Flush() => writer.Flush();

    private string Shown(ReadOnlySpan<char> text)
    {
        StringBuilder shown = new(text.Length + 16);
        high = '\0';
        while (!text.IsEmpty)
        {
            OperationStatus status = Rune.DecodeFromUtf16(text, out Rune rune, out int length);
            if (status == OperationStatus.NeedMoreData)
            {
                // The other half comes with the next piece.
                high = text[0];
                break;
            }

            shown.Append(rune.Value < 0x7F ? ((char)rune.Value).ToString() : Of(rune));
            text = text[length..];
        }

        return shown.ToString();
    }

    private string Of(Rune rune)
    {
        if (!known.TryGetValue(rune, out string? text))
        {
            string itself = rune.ToString();
            known[rune] = text = Encoding.GetString(Encoding.GetBytes(itself)) == itself ? itself : InAscii(rune.Value);
        }

        return text;
    }

    private static string InAscii(int character) => character switch
    {
        '×' => "x",
        '÷' => "/",
        '→' => "->",
        '⇄' => "<->",
        '…' => "...",
        '·' or '•' => "*",
        'µ' or 'μ' => "u",
        '–' or '—' or '−' or '‐' or '‑' => "-",
        '≤' => "<=",
        '≥' => ">=",
        '≈' => "~",
        '‘' or '’' => "'",
        '“' or '”' or '„' => "\"",
        0xA0 or 0x202F or 0x2009 => " ",
        >= 0x2580 and <= 0x2590 => "#",
        >= 0x2591 and <= 0x2593 => "-",
        0x2500 or 0x2501 or 0x2550 or 0x254C or 0x2504 => "-",
        0x2502 or 0x2503 or 0x2551 => "|",
        >= 0x2504 and <= 0x257F => "+",
        _ => "?",
    };
}
