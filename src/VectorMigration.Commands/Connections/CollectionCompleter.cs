using System.Collections;

namespace VectorMigration.Commands;

/// <summary>
/// Completes names of collections. What the session has met there is known; otherwise the server is asked once in a while.
/// </summary>
public sealed class CollectionCompleter : ServerCompleter
{
    private protected override IEnumerable<string> Names(Uri endpoint, IDictionary? bound)
    {
        SessionMemory session = SessionMemory.Current;
        if (session.ShouldAsk(endpoint, DateTimeOffset.UtcNow)
            && Ask(endpoint, static (server, token) => Parts.OpenStore(server).ListCollectionsAsync(token)) is { } found)
        {
            session.RememberAll(endpoint, found);
        }

        return session.CollectionsOf(endpoint);
    }
}
