using Spectre.Console;

namespace VectorMigration.Cli.Output;

/// <summary>
/// How wide a screen is: as the terminal, or as the <c>COLUMNS</c> of whoever catches the output and shows it. A file has no width: its lines stay whole, for
/// <c>grep</c>.
/// </summary>
internal static class ScreenWidth
{
    /// <summary>Columns; null where lines stay whole.</summary>
    public static int? Of(IAnsiConsole console) => console.Profile.Out.IsTerminal ? TextLines.Usable(console.Profile.Width) : TextLines.Asked();
}
