using VectorMigration.Errors;
using VectorMigration.Store;

namespace VectorMigration.Runs;

/// <summary>
/// What a pipeline leaves in the metadata of its collection where a script changed vectors on their way, or left some out: the index file does not tell
/// what is in the collection. Servers before 1.16 keep no metadata.
/// </summary>
internal static class ChangedMark
{
    /// <summary>The key that it stands under.</summary>
    public const string Key = "vector_migration_changed_by_pipeline";

    /// <summary>Whether a pipeline has left its mark.</summary>
    public static bool IsIn(CollectionDescription? collection) => collection?.Metadata.ContainsKey(Key) == true;

    /// <summary>Leaves the mark. A key that may only write points leaves none; the run itself is none the worse for it.</summary>
    public static async Task PutAsync(IVectorStore store, string collection, Guid run, CancellationToken cancellationToken)
    {
        try
        {
            await store.UpdateCollectionAsync(
                collection, new CollectionChange { Metadata = new Dictionary<string, string> { [Key] = run.ToString() } }, cancellationToken)
                .ConfigureAwait(false);
        }
        catch (MigrationException)
        {
            // Without the mark a verification tells differences instead of saying why it finds them.
        }
    }
}
