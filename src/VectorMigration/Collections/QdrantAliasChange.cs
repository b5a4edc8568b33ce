using VectorMigration.Store;

namespace VectorMigration.Collections;

/// <summary>What became of an alias, and how to go back.</summary>
/// <param name="Alias">The alias.</param>
/// <param name="Collection">The collection it points to now; null when it was removed.</param>
/// <param name="PreviousCollection">The collection it pointed to before; null when it did not exist.</param>
/// <param name="Connection">The server.</param>
public sealed record QdrantAliasChange(string Alias, string? Collection, string? PreviousCollection, QdrantConnection Connection)
{
    /// <summary>The command that brings back what was, on the same server; null where nothing has changed.</summary>
    public string? WayBack =>
        PreviousCollection == Collection ? null
        : PreviousCollection is null ? $"Set-QdrantAlias -Name {Quoted(Alias)} -Remove{Server}"
        : $"Set-QdrantAlias -Name {Quoted(Alias)} -Collection {Quoted(PreviousCollection)}{Server}";

    /// <summary>True where the same command finds the server without being told.</summary>
    internal bool ImpliesServer { get; init; }

    private string Server => ImpliesServer ? string.Empty : $" -Uri {Quoted(Connection.ToString())}";

    private static string Quoted(string name) => $"'{name.Replace("'", "''", StringComparison.Ordinal)}'";
}
