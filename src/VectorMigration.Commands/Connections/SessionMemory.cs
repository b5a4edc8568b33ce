using System.Management.Automation.Runspaces;
using System.Runtime.CompilerServices;

namespace VectorMigration.Commands;

/// <summary>What one PowerShell session remembers: its connection, and names of collections for tab completion. Each runspace has its own.</summary>
internal sealed class SessionMemory
{
    private static readonly ConditionalWeakTable<Runspace, SessionMemory> Sessions = [];
    private readonly Lock gate = new();
    private static readonly TimeSpan AskInterval = TimeSpan.FromSeconds(30);
    private readonly Dictionary<string, SortedSet<string>> collections = [];
    private readonly Dictionary<string, DateTimeOffset> asked = [];

    /// <summary>The memory of the runspace that this thread works for.</summary>
    public static SessionMemory Current => Sessions.GetValue(Runspace.DefaultRunspace, static _ => new SessionMemory());

    /// <summary>The connection of Connect-Qdrant, or null. Setting it, to null too, settles what a failed Connect-Qdrant left open.</summary>
    public QdrantConnection? Connection
    {
        get;
        set
        {
            field = value;
            HasFailedToConnect = false;
        }
    }

    /// <summary>The last Connect-Qdrant failed: until it succeeds or the session disconnects, no other server is used in its place.</summary>
    public bool HasFailedToConnect { get; private set; }

    /// <summary>Connect-Qdrant begins. The former server is not the one that is wanted now; the new one is not there yet.</summary>
    public void StartConnecting()
    {
        Connection = null;
        HasFailedToConnect = true;
    }

    /// <summary>Local servers that this session has started.</summary>
    public List<QdrantLocalServer> LocalServers { get; } = [];

    /// <summary>Names of collections that have been met on a server, in order, for completion without asking it.</summary>
    public IReadOnlyList<string> CollectionsOf(Uri endpoint)
    {
        lock (gate)
        {
            return collections.TryGetValue(Key(endpoint), out SortedSet<string>? names) ? [.. names] : [];
        }
    }

    /// <summary>Whether a server is to be asked for its collections now: it was not within the last half minute.</summary>
    public bool ShouldAsk(Uri endpoint, DateTimeOffset now)
    {
        lock (gate)
        {
            if (asked.TryGetValue(Key(endpoint), out DateTimeOffset last) && now - last < AskInterval)
            {
                return false;
            }

            asked[Key(endpoint)] = now;
            return true;
        }
    }

    /// <summary>A collection is there.</summary>
    public void Remember(Uri endpoint, string name)
    {
        lock (gate)
        {
            if (!collections.TryGetValue(Key(endpoint), out SortedSet<string>? names))
            {
                collections[Key(endpoint)] = names = new SortedSet<string>(StringComparer.Ordinal);
            }

            names.Add(name);
        }
    }

    /// <summary>These collections are there and no others.</summary>
    public void RememberAll(Uri endpoint, IEnumerable<string> names)
    {
        lock (gate)
        {
            collections[Key(endpoint)] = new SortedSet<string>(names, StringComparer.Ordinal);
        }
    }

    /// <summary>A collection is there no more.</summary>
    public void Forget(Uri endpoint, string name)
    {
        lock (gate)
        {
            _ = collections.TryGetValue(Key(endpoint), out SortedSet<string>? names) && names.Remove(name);
        }
    }

    private static string Key(Uri endpoint) => endpoint.GetLeftPart(UriPartial.Authority);
}
