using System.CommandLine;
using System.Text.Json.Serialization.Metadata;
using Spectre.Console;

namespace VectorMigration.Cli.Output;

/// <summary>
/// All that is written: the answer on stdout, everything else on stderr. With <c>--json</c> the answer is one JSON object
/// and the human text goes to stderr too. Thread-safe by line.
/// </summary>
internal sealed class Screen : IDisposable
{
    private readonly Lock gate = new();
    private readonly bool json;
    private readonly IAnsiConsole errorConsole = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
    private readonly IAnsiConsole outConsole;

    public Screen(bool json)
    {
        this.json = json;
        outConsole = json ? errorConsole : AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Out) });
    }

    /// <summary>Tell more.</summary>
    public bool Verbose { get; set; }

    /// <summary>True where a progress bar has a terminal to itself: stderr is one, and stdout is not being caught as text.</summary>
    public bool ShowsProgress => errorConsole.Profile.Out.IsTerminal && errorConsole.Profile.Capabilities.Ansi && (json || !Console.IsOutputRedirected);

    /// <summary>The console of stderr, for the progress bar.</summary>
    public IAnsiConsole ErrorConsole => errorConsole;

    /// <summary>The command whose texts are shown; null before one is known.</summary>
    public Command? Speaker { get; set; }

    /// <summary>Whether an option was given on the command line.</summary>
    public Func<string, bool> IsGiven { get; set; } = static _ => false;

    /// <summary>Something the operator should know.</summary>
    public void Warn(string message) => Line("warning: ", "yellow", Told(message));

    /// <summary>Several of them.</summary>
    public void WarnAll(IEnumerable<string> messages)
    {
        foreach (string message in messages)
        {
            Warn(message);
        }
    }

    /// <summary>A passing word.</summary>
    public void Note(string message) => Line(string.Empty, "grey", message);

    /// <summary>With <c>--verbose</c>: what goes on.</summary>
    public void Tell(string message)
    {
        if (Verbose)
        {
            Line("verbose: ", "grey", message);
        }
    }

    /// <summary>What went wrong, and what the operator does next.</summary>
    public void ShowError(MigrationError error)
    {
        Line("error: ", "red", Told(error.Message));
        if (error.RecommendedAction.Length > 0)
        {
            Line("next: ", "aqua", ToldNext(error.RecommendedAction));
        }
    }

    /// <summary>What the operator does next, where what was found is on the sheet already.</summary>
    public void ShowNext(string text) => Line("next: ", "aqua", ToldNext(text));

    /// <summary>A text as the command that shows it means it: an option that it lacks gets the command that has it in front.</summary>
    public string Told(string text) => Speaker is not Command command ? text : OptionNames.ForCommand(
        text, option => command.Options.Any(candidate => candidate.Name == option) || option is "--help" or "--version", OptionNames.CommandOf);

    /// <summary>The same of a next step, for the options that the command was given.</summary>
    public string ToldNext(string text) => OptionNames.ForGiven(Told(text), IsGiven);

    /// <summary>A sheet for people: on stdout, or on stderr when stdout is for JSON.</summary>
    public void Show(Sheet sheet)
    {
        lock (gate)
        {
            Guarded(() => sheet.Write(outConsole, json ? Console.Error : Console.Out));
        }
    }

    /// <summary>A check for people, in the same place as a sheet.</summary>
    public void ShowCheck(ConnectionCheck check)
    {
        lock (gate)
        {
            Guarded(() =>
            {
                bool colours = outConsole.Profile.Out.IsTerminal && outConsole.Profile.Capabilities.Ansi;
                TextWriter plain = json ? Console.Error : Console.Out;
                foreach ((string status, string rest) in CheckText.Lines(check, ScreenWidth.Of(outConsole)))
                {
                    plain.WriteLine(colours ? Sheet.Coloured(status, CheckText.ToneOf(check.Status)) + rest : status + rest);
                }

                plain.Flush();
            });
        }
    }

    /// <summary>The answer of a command in one line, as it is: a path to work with.</summary>
    public void Print(string line)
    {
        lock (gate)
        {
            Guarded(() => (json ? Console.Error : Console.Out).WriteLine(Harmless(line)));
        }
    }

    /// <summary>With <c>--json</c>: the one object on stdout.</summary>
    public void WriteJson<T>(T value, JsonTypeInfo<T> type)
    {
        if (json)
        {
            string text = ResultJson.Text(value, type);
            Guarded(() => Console.Out.WriteLine(ConsoleText.IsUnicode(Console.OutputEncoding) ? text : ConsoleText.Ascii(text)));
        }
    }

    /// <summary>Gives the terminal its cursor back when the process ends in the middle of a progress bar.</summary>
    public void RestoreCursor()
    {
        if (ShowsProgress)
        {
            Console.Error.Write("\u001b[?25h\n");
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Guarded(static () =>
    {
        Console.Out.Flush();
        Console.Error.Flush();
    });

    /// <summary>Texts of files and servers may hold escape sequences; a terminal must not obey them.</summary>
    internal static string Harmless(string text) => string.Concat(text.Select(static sign => char.IsControl(sign) ? ' ' : sign));

    private static void Guarded(Action write)
    {
        try
        {
            write();
        }
        catch (IOException)
        {
            // The reader of the pipe has gone (| head): what was done is done, and the exit code tells it.
        }
    }

    private void Line(string label, string style, string message)
    {
        string text = Harmless(message);
        lock (gate)
        {
            Guarded(() =>
            {
                if (errorConsole.Profile.Capabilities.Ansi && errorConsole.Profile.Out.IsTerminal)
                {
                    errorConsole.MarkupLine(label.Length > 0 ? $"[{style}]{label}[/]{Markup.Escape(text)}" : $"[{style}]{Markup.Escape(text)}[/]");
                }
                else
                {
                    foreach (string line in TextLines.Of(label + text, TextLines.Asked()))
                    {
                        Console.Error.WriteLine(line);
                    }
                }
            });
        }
    }
}
