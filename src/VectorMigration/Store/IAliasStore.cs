namespace VectorMigration.Store;

/// <summary>A server that gives collections second names. Calls behave as those of <see cref="IVectorStore"/>.</summary>
public interface IAliasStore
{
    /// <summary>Points an alias to a collection in one step, whether or not the alias stood before (the cut-over of a migration).</summary>
    /// <param name="name">Alias.</param>
    /// <param name="collection">Collection.</param>
    /// <param name="cancellationToken">Abandons the call.</param>
    Task SetAliasAsync(string name, string collection, CancellationToken cancellationToken);

    /// <summary>Deletes an alias; nothing happens where there is none.</summary>
    Task DeleteAliasAsync(string name, CancellationToken cancellationToken);

    /// <summary>All aliases: name of the alias to name of the collection.</summary>
    Task<IReadOnlyDictionary<string, string>> ListAliasesAsync(CancellationToken cancellationToken);
}
