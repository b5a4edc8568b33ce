using VectorMigration.Vectors;

namespace VectorMigration.Journal;

/// <summary>
/// What a journal belongs to: the index, how its ids and payloads become points, and where they go. Not the limit, so that a larger one goes on.
/// </summary>
/// <param name="Index">Length and fingerprint of the index, never its path: a moved file is still itself.</param>
/// <param name="Vectors">Vectors of the index.</param>
/// <param name="Payload">Length and fingerprint of the payload file; <c>none</c>, or <c>pipeline</c> for payloads that came with the vectors.</param>
/// <param name="IdMapping">How FAISS ids become point ids.</param>
/// <param name="Endpoint">Endpoint without secrets.</param>
/// <param name="Collection">Collection.</param>
/// <param name="VectorName">Name of the vector; empty for the unnamed one.</param>
internal sealed record JournalKey(string Index, long Vectors, string Payload, IdMapping IdMapping, string Endpoint, string Collection, string VectorName)
{
    /// <summary>No payload.</summary>
    public const string NoPayload = "none";

    /// <summary>Payloads that came with the vectors through a pipeline.</summary>
    public const string PipelinePayload = "pipeline";

    /// <summary>The key of vectors of an index.</summary>
    public static JournalKey Of(IndexDescription index, string? payload, IdMapping idMapping, string endpoint, string collection, string? vectorName) => new(
        $"{index.Identity.Length} bytes, {index.Identity.Fingerprint}", index.Count, payload ?? NoPayload, idMapping, endpoint, collection, vectorName ?? string.Empty);

    /// <summary>What differs from the key that a journal was begun with, in words; empty when nothing does.</summary>
    public IReadOnlyList<string> DifferencesFrom(JournalKey begun)
    {
        var differences = new List<string>();
        Compare("index", begun.Index, Index);
        Compare("vectors of the index", begun.Vectors, Vectors);
        Compare("payload", begun.Payload, Payload);
        Compare("id mapping", begun.IdMapping, IdMapping);
        Compare("endpoint", begun.Endpoint, Endpoint);
        Compare("collection", begun.Collection, Collection);
        Compare("vector name", Named(begun.VectorName), Named(VectorName));
        return differences;

        void Compare<T>(string what, T was, T now)
        {
            if (!EqualityComparer<T>.Default.Equals(was, now))
            {
                differences.Add($"{what}: {was} in the journal, {now} now");
            }
        }
    }

    private static string Named(string name) => name.Length == 0 ? "the unnamed one" : $"'{name}'";
}
