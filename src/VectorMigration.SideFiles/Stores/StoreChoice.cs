namespace VectorMigration.SideFiles.Stores;

/// <summary>Which texts are to travel with an index, as a command was told.</summary>
/// <param name="StorePath">Path of the store, a folder or a file of it; null for the one that lies beside the index.</param>
/// <param name="PayloadPath">Path of a payload file that takes the store's place; null without one.</param>
/// <param name="StaysBehind">Leave the texts behind.</param>
public sealed record StoreChoice(string? StorePath = null, string? PayloadPath = null, bool StaysBehind = false)
{
    /// <summary>
    /// The same to describe an index: what is wrong with a store that nobody named is told, and the index is described without it.
    /// </summary>
    /// <param name="path">Path of a folder or a file.</param>
    /// <param name="warn">Is told what is wrong.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="MigrationException">There is no index, or several; what was named is none.</exception>
    public FoundStore FindToDescribe(string path, Action<string> warn, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(warn);
        try
        {
            FoundStore found = Find(path, cancellationToken);
            foreach (string note in found.Notes)
            {
                warn(note);
            }

            return found;
        }
        catch (MigrationException error) when (StorePath is null)
        {
            // What is wrong with the index, or several of them, is refused here too.
            FoundStore index = StoreFinder.Find(path, withStore: false, cancellationToken);
            warn($"The store is not described. {error.Message} {error.RecommendedAction}");
            return index;
        }
    }

    /// <summary>Finds index and store.</summary>
    /// <param name="path">Path of a folder or a file.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="MigrationException">What was told contradicts itself; a folder without an index, or with several; several stores that would
    /// fit.</exception>
    public FoundStore Find(string path, CancellationToken cancellationToken)
    {
        if (StorePath is null)
        {
            return StoreFinder.Find(path, withStore: PayloadPath is null && !StaysBehind, cancellationToken);
        }

        return StaysBehind ? throw StoreErrors.StorePathNotApplicable("-NoStore")
            : PayloadPath is not null ? throw StoreErrors.StorePathNotApplicable("-PayloadPath")
            : StoreFinder.Find(path, StorePath, cancellationToken);
    }
}
