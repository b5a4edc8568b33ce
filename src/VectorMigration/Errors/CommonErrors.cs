namespace VectorMigration.Errors;

/// <summary>The errors of values out of their range, and of failures that nothing here foresees; made here and nowhere else.</summary>
internal static class CommonErrors
{
    public static void RequireRange(string name, long value, long least, long most)
    {
        if (value < least || value > most)
        {
            throw OutOfRange(name, value.ToString(System.Globalization.CultureInfo.InvariantCulture), $"{least} to {most}");
        }
    }

    public static MigrationException OutOfRange(string name, string value, string range) => new(
        ErrorIds.ValueOutOfRange, ErrorKind.InvalidArgument, $"{name} is {value}. Expected {range}.", $"Use a value from {range}.", name);

    public static MigrationException Unexpected(Exception e) => new(
        ErrorIds.UnexpectedFailure, ErrorKind.Server, $"Unexpected error: {e.GetType().Name}: {e.Message}",
        "Run the same command again. If the error comes back, report it with the lines of migration.log.", null, e);
}
