namespace VectorMigration.Help;

/// <summary>A text with a heading.</summary>
internal sealed record HelpEntry(string Title, IReadOnlyList<string> Paragraphs, string Code);

/// <summary>A page of docs/en-US: second-level headings in capitals, third-level ones for parameters, types and examples.</summary>
internal sealed class HelpPage
{
    private static readonly string[] Told = ["SYNOPSIS", "DESCRIPTION", "NOTES"];
    private static readonly string[] Listed = ["INPUTS", "OUTPUTS", "RELATED LINKS"];
    private readonly Dictionary<string, List<HelpEntry>> sections = [];

    /// <summary>The text of a section without its entries.</summary>
    public IReadOnlyList<string> Text(string section) => sections.TryGetValue(section, out List<HelpEntry>? entries) ? entries[0].Paragraphs : [];

    /// <summary>The entries of a section.</summary>
    public IReadOnlyList<HelpEntry> Entries(string section) => sections.TryGetValue(section, out List<HelpEntry>? entries) ? entries[1..] : [];

    /// <summary>Reads a page.</summary>
    public static HelpPage Read(string path)
    {
        HelpPage page = new();
        string section = string.Empty;
        string title = string.Empty;
        List<string> lines = [];
        foreach (string line in File.ReadLines(path))
        {
            bool inCode = lines.Count(known => known.StartsWith("```", StringComparison.Ordinal)) % 2 == 1;
            if (!inCode && (line.StartsWith("## ", StringComparison.Ordinal) || line.StartsWith("### ", StringComparison.Ordinal)))
            {
                page.Add(section, title, lines);
                section = line[2] == ' ' ? line[3..].Trim() : section;
                title = line[2] == ' ' ? string.Empty : line[4..].Trim();
                lines = [];
            }
            else
            {
                lines.Add(line);
            }
        }

        page.Add(section, title, lines);
        return page;
    }

    /// <summary>What the page lacks or has too much for a cmdlet.</summary>
    public IEnumerable<string> Problems(CmdletShape cmdlet)
    {
        foreach (string section in Told.Where(section => Text(section).Count == 0))
        {
            yield return $"section {section} is missing.";
        }

        foreach (string section in Listed.Where(section => Entries(section).Count + Text(section).Count == 0))
        {
            yield return $"section {section} is missing.";
        }

        if (Entries("EXAMPLES").Count(example => example.Code.Length > 0) < 2)
        {
            yield return "two examples are expected.";
        }

        HashSet<string> told = [.. Entries("PARAMETERS").Where(entry => entry.Paragraphs.Count > 0).Select(entry => entry.Title)];
        HashSet<string> there = [.. cmdlet.Parameters.Where(parameter => !parameter.IsStandard).Select(parameter => "-" + parameter.Name)];
        foreach (string missing in there.Except(told))
        {
            yield return $"parameter {missing} is not described.";
        }

        foreach (string extra in told.Except(there))
        {
            yield return $"parameter {extra} does not exist.";
        }
    }

    private void Add(string section, string title, List<string> lines)
    {
        if (!sections.TryGetValue(section, out List<HelpEntry>? entries))
        {
            sections[section] = entries = [];
        }

        List<string> text = [];
        List<string> code = [];
        bool inCode = false;
        foreach (string line in lines)
        {
            if (line.StartsWith("```", StringComparison.Ordinal))
            {
                inCode = !inCode;
            }
            else
            {
                (inCode ? code : text).Add(line);
            }
        }

        entries.Add(new HelpEntry(title, Paragraphs(text), string.Join('\n', code)));
    }

    private static List<string> Paragraphs(List<string> lines)
    {
        List<string> paragraphs = [];
        bool open = false;
        foreach (string line in lines)
        {
            string trimmed = line.Trim();
            if (trimmed.Length == 0)
            {
                open = false;
            }
            else if (open && !trimmed.StartsWith("- ", StringComparison.Ordinal))
            {
                paragraphs[^1] += " " + trimmed;
            }
            else
            {
                paragraphs.Add(trimmed);
                open = true;
            }
        }

        return [.. paragraphs.Select(paragraph => paragraph.Replace("`", string.Empty, StringComparison.Ordinal))];
    }
}
