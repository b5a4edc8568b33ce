using System.Collections;

namespace VectorMigration.Commands;

/// <summary>Completes the named vectors of the collection that is on the same line.</summary>
public sealed class VectorNameCompleter : ServerCompleter
{
    private protected override IEnumerable<string> Names(Uri endpoint, IDictionary? bound) =>
        bound?[nameof(CollectionParameters.Collection)]?.ToString() is { Length: > 0 } collection && CollectionNames.Problem(collection) is null
            ? Ask(endpoint, (server, token) => VectorsOf(server, collection, token)) ?? [] : [];

    private static async Task<string[]> VectorsOf(QdrantConnection server, string collection, CancellationToken cancellationToken) =>
        await Parts.OpenStore(server).GetCollectionAsync(collection, cancellationToken).ConfigureAwait(false) is { } found
            ? [.. found.Vectors.Select(static vector => vector.Name).Where(static name => name.Length > 0).Order(StringComparer.Ordinal)] : [];
}
