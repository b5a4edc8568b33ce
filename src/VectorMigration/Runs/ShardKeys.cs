using VectorMigration.Collections;
using VectorMigration.Store;

namespace VectorMigration.Runs;

/// <summary>The shard keys of one collection: each that a run needs is created once, if it is not there. Thread-safe.</summary>
/// <param name="store">The server.</param>
/// <param name="collection">Collection.</param>
#pragma warning disable CA1001 // A semaphore without a wait handle holds nothing.
internal sealed class ShardKeys(IVectorStore store, string collection)
#pragma warning restore CA1001
{
    /// <summary>A field with another value in every payload would create a shard for each vector.</summary>
    public const int MostCreated = 100;

    private readonly SemaphoreSlim gate = new(1);
    private HashSet<ShardKey>? known;
    private int created;

    private IClusterStore Cluster => store as IClusterStore ?? throw CollectionErrors.NoShardKeys(collection, store.Endpoint);

    /// <summary>The key of a text: one that is there, as a text or as a number; otherwise it is created, as a number if it has digits alone.</summary>
    /// <exception cref="Errors.MigrationException">The server refused.</exception>
    public async Task<ShardKey> EnsureAsync(string text, CancellationToken cancellationToken)
    {
        ShardKey literal = new(text, 0);
        HashSet<ShardKey> there = await KnownAsync(cancellationToken).ConfigureAwait(false);
        ShardKey key = there.Contains(literal) ? literal : ShardKey.Parse(text);
        await EnsureAsync(key, cancellationToken).ConfigureAwait(false);
        return key;
    }

    /// <summary>Creates a key that is not there.</summary>
    /// <exception cref="Errors.MigrationException">The server refused, or a run creates too many.</exception>
    public async Task EnsureAsync(ShardKey key, CancellationToken cancellationToken)
    {
        HashSet<ShardKey> there = await KnownAsync(cancellationToken).ConfigureAwait(false);
        await gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (there.Contains(key))
            {
                return;
            }

            if (++created > MostCreated)
            {
                throw CollectionErrors.TooManyShardKeys(collection, MostCreated);
            }

            await Cluster.CreateShardKeyAsync(collection, key, cancellationToken).ConfigureAwait(false);
            there.Add(key);
        }
        finally
        {
            gate.Release();
        }
    }

    /// <summary>The same connection, whose targets write to the shards of a key.</summary>
    public IVectorStore Writing(WriteOrdering? ordering, ShardKey? key) => Cluster.Writing(ordering, key);

    private async Task<HashSet<ShardKey>> KnownAsync(CancellationToken cancellationToken)
    {
        await gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return known ??= [.. (await Cluster.ListReplicasAsync(collection, cancellationToken).ConfigureAwait(false)
                ?? throw CollectionErrors.NoShardKeys(collection, store.Endpoint)).Select(static replica => replica.Key).OfType<ShardKey>()];
        }
        finally
        {
            gate.Release();
        }
    }
}
