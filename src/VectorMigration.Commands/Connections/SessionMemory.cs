using System.Management.Automation.Runspaces;
using System.Runtime.CompilerServices;

namespace VectorMigration.Commands;

/// <summary>What one PowerShell session remembers: its connection, and names of collections for tab completion. Each runspace has its own.</summary>
internal sealed class SessionMemory
{
    private static readonly ConditionalWeakTable<Runspace, SessionMemory> Sessions = [];
    private readonly Lock gate = new();
    private readonly SortedSet<string> collections = new(StringComparer.Ordinal);

    /// <summary>The memory of the runspace that this thread works for.</summary>
    public static SessionMemory Current => Sessions.GetValue(Runspace.DefaultRunspace, static _ => new SessionMemory());

    /// <summary>The connection of Connect-Qdrant, or null.</summary>
    public QdrantConnection? Connection { get; set; }

    /// <summary>Local servers that this session has started.</summary>
    public List<QdrantLocalServer> LocalServers { get; } = [];

    /// <summary>Names of collections that have been met, for completion without asking the server.</summary>
    public IReadOnlyList<string> Collections
    {
        get
        {
            lock (gate)
            {
                return [.. collections];
            }
        }
    }

    /// <summary>Adds names of collections.</summary>
    public void Remember(params IEnumerable<string> names)
    {
        lock (gate)
        {
            collections.UnionWith(names);
        }
    }
}
