using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Parsing;
using VectorMigration.Cli.Commands;
using VectorMigration.Cli.Connection;
using VectorMigration.Cli.Output;

namespace VectorMigration.Cli;

/// <summary>The whole command line: parsing, usage errors, signals, and the last catch.</summary>
internal static class CommandLine
{
    private const string About =
        "Migrates the vectors of a FAISS index to Qdrant, exactly and with verification.\n\n"
        + "Exit codes: 0 all sent and verified; 1 failed; 2 wrong usage, or refused before the first vector; "
        + "3 interrupted, can be resumed; 4 points missing, different or skipped.";

    /// <summary>Runs one command and answers with the exit code.</summary>
    public static async Task<int> RunAsync(string[] args)
    {
        // Remove the key from the environment first, so that no child process inherits it.
        string? environmentKey = CliKeys.TakeFromEnvironment();
        ConsoleText.Install();
        using Screen screen = new(json: args.Contains("--json"));
        using Interruption interruption = new(screen);
        try
        {
            RootCommand root = Root(new CommandContext(screen, environmentKey, CommandText.OfCommandLine(args)));
            HelpOption helpOption = root.Options.OfType<HelpOption>().Single();
            if (helpOption.Action is HelpAction help)
            {
                help.MaxWidth = Console.IsOutputRedirected && TextLines.Asked() is int columns ? columns : help.MaxWidth;
                helpOption.Action = new GroupedHelp(help);
            }

            ParseResult parsed = root.Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
            if (args.Length == 0)
            {
                // Nothing was asked for: the list of the commands says more than an error does.
                await root.Parse(["--help"]).InvokeAsync(new InvocationConfiguration { Output = Console.Error }, interruption.Token).ConfigureAwait(false);
            }

            screen.Speaker = parsed.CommandResult.Command is RootCommand ? null : parsed.CommandResult.Command;
            screen.IsGiven = option => parsed.CommandResult.Command.Options.FirstOrDefault(candidate => candidate.Name == option) is Option known
                && parsed.GetResult(known) is { Implicit: false };
            // What a shell asks in order to complete a command line is no command yet.
            bool isAsked = args is [string first, ..] && first.StartsWith("[suggest", StringComparison.Ordinal);
            if (!isAsked && UsageError(args, parsed) is MigrationException usage)
            {
                return Refuse(screen, usage);
            }

            InvocationConfiguration invocation = new() { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null };
            return await parsed.InvokeAsync(invocation, interruption.Token).ConfigureAwait(false);
        }
        catch (MigrationException error)
        {
            return Refuse(screen, error);
        }
        catch (OperationCanceledException) when (interruption.Token.IsCancellationRequested)
        {
            return Refuse(screen, CliErrors.Interrupted());
        }
#pragma warning disable CA1031 // The last catch: whatever comes here is told in one line instead of a stack trace.
        catch (Exception error)
#pragma warning restore CA1031
        {
            return Refuse(screen, CommonErrors.Unexpected(error));
        }
    }

    private static RootCommand Root(CommandContext context) => new(About)
    {
        InspectCommand.Create(context),
        PlanCommand.Create(context),
        MigrateCommand.Create(context),
        JoinCommand.Create(context),
        VerifyCommand.Create(context),
        CompareCommand.Create(context),
        ReportCommand.Create(context),
        StatusCommand.Create(context),
        WatchCommand.Create(context),
        SteeringCommands.Pause(context),
        SteeringCommands.Resume(context),
        SteeringCommands.Pace(context),
        SteeringCommands.Stop(context),
        TuneCommand.Create(context),
        DoctorCommand.Create(context),
        SupportCommand.Create(context),
    };

    private static MigrationException? UsageError(string[] args, ParseResult parsed)
    {
        // Name the option without its value: the value is in the process list already, but must not get into a log.
        if (args.Any(static arg => arg is "--api-key" || arg.StartsWith("--api-key=", StringComparison.Ordinal)
            || arg.StartsWith("--api-key:", StringComparison.Ordinal)))
        {
            return CliErrors.KeyAsArgument();
        }

        if (parsed.Errors.Count == 0)
        {
            return null;
        }

        Command command = parsed.CommandResult.Command;
        string? name = command is RootCommand ? null : command.Name;
        return Unknown(args, parsed, command) is string unknown ? CliErrors.Usage(unknown, name)
            : name is null ? CliErrors.CommandMissing([.. command.Subcommands.Select(static candidate => candidate.Name)])
            : CompareCommand.Incomplete(parsed) ?? CliErrors.Usage(ParserText.Of(parsed.Errors[0]), name);
    }

    /// <summary>
    /// What is said of a word that is no option and no command; null where each is one. The parser first complains of what is missing, but a mistyped word
    /// is the reason for that.
    /// </summary>
    private static string? Unknown(string[] args, ParseResult parsed, Command command)
    {
        // A mistyped option may have been taken for the argument: then the words after it are what does not fit.
        HashSet<string> known = [.. command.Options.Select(static option => option.Name), "--json", "--help", "-h", "-?", "--version"];
        string? odd = (command is RootCommand ? null
                : args.FirstOrDefault(arg => arg.StartsWith("--", StringComparison.Ordinal) && arg.Length > 2 && !known.Contains(arg.Split('=', ':')[0])))
            ?? parsed.UnmatchedTokens.FirstOrDefault(static token => token != "--json")
            ?? (LacksCollection(parsed, command) ? SecondPath(parsed) : null);
        if (odd is null)
        {
            return null;
        }

        if (!odd.StartsWith('-'))
        {
            return command is RootCommand
                ? $"There is no command '{odd}'.{NearestName.Question(odd, command.Subcommands.Select(static candidate => candidate.Name))}"
                : File.Exists(odd) ? $"Unexpected argument '{odd}'. Each run takes one index."
                : $"Unexpected argument '{odd}'.{(LacksCollection(parsed, command) ? $" Did you mean --collection {odd}?" : string.Empty)}";
        }

        // Not what follows the sign: it may be meant for an option that takes a secret.
        string option = odd.Split('=', ':')[0];
        IEnumerable<string> options = command.Options.Concat(command is RootCommand ? command.Subcommands.SelectMany(static sub => sub.Options) : [])
            .Select(static candidate => candidate.Name).Distinct();
        return $"There is no option '{option}'.{NearestName.Question(option, options)}";
    }

    /// <summary>A word after the first path that is neither a file nor a pattern; null where there is none.</summary>
    private static string? SecondPath(ParseResult parsed) => parsed.CommandResult.Children.OfType<ArgumentResult>()
        .SelectMany(static argument => argument.Tokens).Skip(1).Select(static token => token.Value)
        .FirstOrDefault(static given => !Path.Exists(given) && !PartPaths.IsPattern(given));

    /// <summary>Whether a word too many may have been meant for the collection, which every command that takes one needs.</summary>
    private static bool LacksCollection(ParseResult parsed, Command command) =>
        command.Options.FirstOrDefault(static option => option.Name == "--collection") is Option collection
            && parsed.GetResult(collection) is null or { Tokens.Count: 0 };

    private static int Refuse(Screen screen, MigrationException error)
    {
        MigrationError record = error.ToRecord();
        record = record with { Message = screen.Told(record.Message), RecommendedAction = screen.ToldNext(record.RecommendedAction) };
        MigrationStatus status = CliErrors.StatusOf(error);
        screen.ShowError(record);
        screen.WriteJson(new FailureOutput(status, ExitCodes.Of(status), record), ResultJson.Context.FailureOutput);
        return ExitCodes.Of(status);
    }
}
