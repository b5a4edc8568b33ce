using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace VectorMigration.Cli.Output;

/// <summary>The help of a command. Where a command has many options, they stand under headings, those that most runs need first.</summary>
/// <param name="plain">Writes the help with all options in one list.</param>
internal sealed class GroupedHelp(HelpAction plain) : SynchronousCommandLineAction
{
    /// <summary>Fewer options than this are read at a glance.</summary>
    private const int Many = 20;

    private const string OneList = "Options:";

    /// <inheritdoc/>
    public override bool ClearsParseErrors => true;

    /// <inheritdoc/>
    public override int Invoke(ParseResult parseResult)
    {
        if (parseResult.CommandResult.Command.Options.Count < Many)
        {
            return plain.Invoke(parseResult);
        }

        TextWriter output = parseResult.InvocationConfiguration.Output;
        using StringWriter text = new();
        parseResult.InvocationConfiguration.Output = text;
        try
        {
            int code = plain.Invoke(parseResult);
            output.Write(Grouped(text.ToString()));
            return code;
        }
        finally
        {
            parseResult.InvocationConfiguration.Output = output;
        }
    }

    /// <summary>The same help with its one list of options under headings; an option that has none stands under the last one.</summary>
    internal static string Grouped(string help)
    {
        string[] lines = help.ReplaceLineEndings("\n").TrimEnd('\n').Split('\n');
        int list = Array.IndexOf(lines, OneList);
        if (list < 0)
        {
            return help;
        }

        // An option begins two columns in, and its description continues further right.
        List<(string Name, List<string> Lines)> options = [];
        foreach (string line in lines[(list + 1)..])
        {
            if (line.StartsWith("  -", StringComparison.Ordinal))
            {
                options.Add((NameIn(line), [line]));
            }
            else if (options.Count > 0 && line.Length > 0)
            {
                options[^1].Lines.Add(line);
            }
        }

        List<string> grouped = [.. lines[..list]];
        foreach (HelpGroup group in HelpGroup.All)
        {
            string[] own = [.. group.Options
                .SelectMany(name => options.Where(option => option.Name == name))
                .Concat(group == HelpGroup.All[^1] ? options.Where(static option => HelpGroup.Of(option.Name) is null) : [])
                .SelectMany(static option => option.Lines)];
            if (own.Length > 0)
            {
                grouped.AddRange([group.Heading + ":", .. own, string.Empty]);
            }
        }

        return string.Join(Environment.NewLine, grouped) + Environment.NewLine;
    }

    private static string NameIn(string line) =>
        line.Split([' ', ','], StringSplitOptions.RemoveEmptyEntries).First(static word => word.StartsWith("--", StringComparison.Ordinal));
}
