using Spectre.Console;

namespace VectorMigration.Cli.Output;

/// <summary>How a value of a sheet is meant.</summary>
internal enum Tone
{
    /// <summary>As it is.</summary>
    Plain,

    /// <summary>Good news.</summary>
    Good,

    /// <summary>Worth a look.</summary>
    Notice,

    /// <summary>Bad news.</summary>
    Bad,
}

/// <summary>A title and labelled lines, as every command ends with.</summary>
/// <param name="title">First line.</param>
internal sealed class Sheet(string title)
{
    private const int LabelWidth = 14;
    private const int Indent = 2;
    private readonly List<(string Label, string Text, Tone Tone)> lines = [];

    /// <summary>Adds a line; one without text is left out.</summary>
    public Sheet Add(string label, string? text, Tone tone = Tone.Plain)
    {
        if (!string.IsNullOrEmpty(text))
        {
            lines.Add((label, text, tone));
        }

        return this;
    }

    /// <summary>Writes the sheet, in colours where there is a terminal.</summary>
    public void Write(IAnsiConsole console, TextWriter plain)
    {
        bool colours = console.Profile.Out.IsTerminal && console.Profile.Capabilities.Ansi;
        int? columns = ScreenWidth.Of(console);
        plain.WriteLine();
        foreach (string line in TextLines.Of(Screen.Harmless(title), columns - Indent))
        {
            plain.WriteLine(colours ? $"  \u001b[1m{line}\u001b[0m" : $"  {line}");
        }

        plain.WriteLine();
        foreach ((string label, string text, Tone tone) in lines)
        {
            string shown = label;
            foreach (string value in TextLines.Of(Screen.Harmless(text), columns - LabelWidth - Indent))
            {
                plain.WriteLine(colours
                    ? $"  \u001b[90m{shown,-LabelWidth}\u001b[0m{Code(tone)}{value}\u001b[0m"
                    : $"  {shown,-LabelWidth}{value}");
                shown = string.Empty;
            }
        }

        plain.WriteLine();
        plain.Flush();
    }

    /// <summary>A text in the colour of its tone, for a terminal.</summary>
    public static string Coloured(string text, Tone tone) => $"{Code(tone)}{text}\u001b[0m";

    private static string Code(Tone tone) => tone switch
    {
        Tone.Good => "\u001b[32m",
        Tone.Notice => "\u001b[33m",
        Tone.Bad => "\u001b[31m",
        _ => string.Empty,
    };
}
