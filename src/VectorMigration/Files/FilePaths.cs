namespace VectorMigration.Files;

/// <summary>Comparison of full paths.</summary>
internal static class FilePaths
{
    /// <summary>Windows and macOS do not tell names apart by their case.</summary>
    public static StringComparison Comparison { get; } =
        OperatingSystem.IsWindows() || OperatingSystem.IsMacOS() ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal;
}
