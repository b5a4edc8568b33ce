using SQLitePCL;

namespace VectorMigration.SideFiles.Stores.Sqlite;

/// <summary>SQLite's native library, which is loaded when the first SQLite file is opened and not before.</summary>
internal static class SqliteLibrary
{
    private static readonly Lazy<Exception?> Loading = new(static () =>
    {
        try
        {
            Batteries_V2.Init();
            return null;
        }
        catch (Exception error) when (error is DllNotFoundException or BadImageFormatException or EntryPointNotFoundException
            or TypeInitializationException)
        {
            return error;
        }
    });

    /// <summary>Loads it.</summary>
    /// <param name="file">The file that it is needed for, for messages.</param>
    /// <exception cref="MigrationException">It is not there.</exception>
    public static void Load(string file)
    {
        if (Loading.Value is Exception error)
        {
            throw SqliteErrors.NoLibrary(file, error);
        }
    }
}
