namespace VectorMigration.Errors;

/// <summary>The errors of values out of their range, and of failures that nothing here foresees; made here and nowhere else.</summary>
internal static class CommonErrors
{
    /// <summary>A path as a shell takes it.</summary>
    public static string Quoted(string path) =>
        path.All(static c => char.IsLetterOrDigit(c) || c is '.' or '_' or '-' or '/' or '\\' or ':') ? path : $"\"{path}\"";

    public static void RequireRange(string name, long value, long least, long most)
    {
        if (value < least || value > most)
        {
            throw OutOfRange(name, value.ToString(System.Globalization.CultureInfo.InvariantCulture), $"{least} to {most}");
        }
    }

    public static MigrationException OutOfRange(string name, string value, string range) => new(
        ErrorIds.ValueOutOfRange, ErrorKind.InvalidArgument, $"{name} is {value}. Expected {range}.", $"Use a value from {range}.", name);

    /// <summary>What nothing here foresees: one id and one text, in a run and outside of one, in PowerShell and on the command line.</summary>
    public static MigrationException Unexpected(Exception e) => new(
        ErrorIds.UnexpectedFailure, ErrorKind.Server, $"Unexpected error: {e.GetType().Name}: {OneLine(e.Message)}",
        "Run the same command again. If the error comes back, report it with this message and the lines of migration.log.", null, e);

    /// <summary>A text without its line breaks.</summary>
    public static string OneLine(string text) =>
        string.Join(' ', text.Split(['\r', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
}
