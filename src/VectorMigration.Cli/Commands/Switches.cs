using System.CommandLine;

namespace VectorMigration.Cli.Commands;

/// <summary>The switches of more than one command.</summary>
internal static class Switches
{
    /// <summary>The screen looks for it before parsing, so that usage errors come as JSON too.</summary>
    public static Option<bool> Json() => new("--json") { Description = "print one JSON object on stdout, also on failure; all other output goes to stderr" };

    /// <summary>More words on stderr.</summary>
    public static Option<bool> Verbose() => new("--verbose") { Description = "show the plan, the source of the connection, retries and pauses" };
}
