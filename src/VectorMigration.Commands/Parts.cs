using VectorMigration.Qdrant;
using VectorMigration.SideFiles;

namespace VectorMigration.Commands;

/// <summary>The parts that the cmdlets put together; the only place that names their implementations.</summary>
internal static class Parts
{
    public static IndexDescription Describe(string path) => FaissIndex.Describe(path);

    public static IVectorSource OpenIndex(string path) => FaissIndex.Open(path);

    public static IPayloadSource OpenPayload(string path, PayloadRules rules, string? spillFolder) => JsonLinesPayloadSource.Open(path, rules, spillFolder);

    public static IVectorStore OpenStore(QdrantConnection connection) => connection.GetStore(QdrantStore.Open);

    public static IAliasStore OpenAliases(QdrantConnection connection) => (IAliasStore)OpenStore(connection);

    public static IRetryPolicy NewRetryPolicy(in UploadOptions pacing) => new PollyRetryPolicy(new RetryOptions { CircuitTime = pacing.GiveUpAfter });
}
