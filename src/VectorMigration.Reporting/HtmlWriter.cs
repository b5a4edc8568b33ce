using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;

namespace VectorMigration.Reporting;

/// <summary>
/// Writes HTML and SVG. Whatever comes from a run, which may be anybody's text, goes through <see cref="Text"/> or an attribute and is escaped there; markup
/// is written by <c>Markup</c>, which takes texts of this program alone.
/// </summary>
internal sealed class HtmlWriter
{
    private const char Replacement = '\uFFFD';
    private readonly StringBuilder html = new(64 << 10);

    /// <summary>Markup of this program, as it is.</summary>
    public HtmlWriter Markup(string markup)
    {
        html.Append(markup);
        return this;
    }

    /// <summary>Markup of this program with numbers in it, in the invariant culture; a text in it is escaped.</summary>
    public HtmlWriter Markup([InterpolatedStringHandlerArgument("")] ref Handler markup)
    {
        _ = markup;
        return this;
    }

    /// <summary>A text, escaped.</summary>
    public HtmlWriter Text(string? text)
    {
        foreach (Rune sign in (text ?? string.Empty).EnumerateRunes())
        {
            Append(sign);
        }

        return this;
    }

    /// <summary>An element that holds a text.</summary>
    public HtmlWriter Element(string tag, string? text, string? style = null)
    {
        Markup($"<{tag}");
        if (style is not null)
        {
            html.Append(" class=\"").Append(style).Append('"');
        }

        return Markup(">").Text(text).Markup($"</{tag}>");
    }

    /// <inheritdoc/>
    public override string ToString() => html.ToString();

    private void Append(Rune sign)
    {
        switch (sign.Value)
        {
            case '&': html.Append("&amp;"); break;
            case '<': html.Append("&lt;"); break;
            case '>': html.Append("&gt;"); break;
            case '"': html.Append("&quot;"); break;
            case '\'': html.Append("&#39;"); break;
            case '\n' or '\t': html.Append((char)sign.Value); break;
            // Signs that turn the direction of what follows could show another text than there is.
            case (>= 0x202A and <= 0x202E) or (>= 0x2066 and <= 0x2069) or 0x200E or 0x200F or 0x061C:
                html.Append(CultureInfo.InvariantCulture, $"[U+{sign.Value:X4}]");
                break;
            default:
                html.Append(Rune.IsControl(sign) ? Replacement.ToString() : sign.ToString());
                break;
        }
    }

    /// <summary>Numbers are written in the invariant culture, texts are escaped.</summary>
    [InterpolatedStringHandler]
    internal readonly ref struct Handler
    {
        private readonly HtmlWriter writer;

        public Handler(int literalLength, int formattedCount, HtmlWriter writer)
        {
            _ = (literalLength, formattedCount);
            this.writer = writer;
        }

        public void AppendLiteral(string markup) => writer.html.Append(markup);

        public void AppendFormatted(string? text) => writer.Text(text);

        public void AppendFormatted(long number) => writer.html.Append(CultureInfo.InvariantCulture, $"{number}");

        public void AppendFormatted(double number) =>
            writer.html.Append(CultureInfo.InvariantCulture, $"{(double.IsFinite(number) ? number : 0):0.##}");
    }
}
