namespace VectorMigration.SideFiles;

/// <summary>What lines are by themselves, whatever they hold.</summary>
internal static class Lines
{
    /// <summary>True for a line of spaces and tabs only.</summary>
    public static bool IsBlank(ReadOnlySpan<byte> line) => line.IndexOfAnyExcept(" \t\r"u8) < 0;
}
