using VectorMigration.Qdrant;
using VectorMigration.SideFiles;

namespace VectorMigration.Composition;

/// <summary>
/// The parts that both faces put together; the only place that names their implementations. Compiled into each of them: the core must not know these
/// assemblies, and one more assembly for so little would be loaded and published for nothing.
/// </summary>
internal static class Parts
{
    /// <summary>Describes an index by its header.</summary>
    public static IndexDescription Describe(string path) => FaissIndex.Describe(path);

    /// <summary>Opens an index.</summary>
    public static IVectorSource OpenIndex(string path) => FaissIndex.Open(path);

    /// <summary>Opens a payload file; its rows are looked at by whoever plans.</summary>
    /// <param name="path">Path of the file.</param>
    /// <param name="rules">What its rows must be.</param>
    /// <param name="spillFolder">Folder for tables that do not fit in memory; null for that of the system.</param>
    public static IPayloadSource OpenPayload(string path, PayloadRules rules, string? spillFolder) => JsonLinesPayloadSource.Open(path, rules, spillFolder);

    /// <summary>The server of a connection, opened once.</summary>
    public static IVectorStore OpenStore(QdrantConnection connection) => connection.GetStore(QdrantStore.Open);

    /// <summary>The aliases of a connection's server.</summary>
    public static IAliasStore OpenAliases(QdrantConnection connection) => (IAliasStore)OpenStore(connection);

    /// <summary>Backoff and circuit breaker of one run.</summary>
    /// <param name="giveUpAfter">Failures without one success for this long end the run.</param>
    public static IRetryPolicy NewRetryPolicy(TimeSpan giveUpAfter) => new PollyRetryPolicy(new RetryOptions { CircuitTime = giveUpAfter });
}
