using System.Diagnostics;
using VectorMigration.Errors;
using VectorMigration.Journal;
using VectorMigration.Store;

namespace VectorMigration.Runs;

/// <summary>What a server was found to be and to hold. Facts only.</summary>
/// <param name="Server">The server; null where it did not answer.</param>
/// <param name="Existing">The collection as it was; null when there was none.</param>
/// <param name="Present">Points in it.</param>
/// <param name="RoundTrip">Time that a call takes to the server and back, at most; null where it did not answer.</param>
internal sealed record TargetFindings(ServerInfo? Server, CollectionDescription? Existing, long Present, TimeSpan? RoundTrip)
{
    /// <summary>Why nothing is known of it; null where it answered.</summary>
    public MigrationException? Fault { get; init; }

    /// <summary>Aliases of the server, alias to collection; only where a collection is to be deleted, or has points that the journal does not know.</summary>
    public IReadOnlyDictionary<string, string> Aliases { get; init; } = new Dictionary<string, string>();

    /// <summary>Why journal or logs cannot be written; only a dry run asks.</summary>
    public IReadOnlyList<MigrationException> PlaceFaults { get; init; } = [];

    /// <summary>Why the key may not write; only a dry run asks.</summary>
    public MigrationException? RightsFault { get; init; }

    /// <summary>Another run that is under way and writes the same ids; null where there is none, or they may be written over.</summary>
    public RunMark? Rival { get; init; }

    /// <summary>Points that are there already under ids that are to be sent; null where nothing was looked for.</summary>
    public ExistingFindings? Taken { get; init; }

    /// <summary>Points of earlier runs that stay beside those of this one; null where there are none.</summary>
    public LeftPointsPlan? Left { get; init; }

    /// <summary>What a journal is held against; null where the server did not answer.</summary>
    public JournalTarget? AsJournalTarget() => Server is null ? null : new JournalTarget(Existing is not null, JournalTarget.RunOf(Existing), Present);

    /// <summary>What is known of a server that did not answer.</summary>
    public static TargetFindings Unknown(MigrationException fault) => new(null, null, 0, null) { Fault = fault };
}

/// <summary>
/// Asks a server everything that a plan needs, side by side: over distance one call costs a round trip and so do five at once. Changes nothing.
/// </summary>
/// <param name="store">The server.</param>
/// <param name="collection">Name of the collection.</param>
/// <param name="lanes">Calls that will soon be under way at once; over distance their connections are opened meanwhile.</param>
internal sealed class TargetSurvey(IVectorStore store, string collection, int lanes)
{
    /// <summary>Calls that a run makes at once before its first vector, the creation of the collection included.</summary>
    public const int Calls = 4;

    /// <summary>A server that has not answered by then is far enough for connections to be worth opening ahead.</summary>
    private const int Attempts = 6;
    private static readonly TimeSpan NodePause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Near = TimeSpan.FromMilliseconds(15);

    /// <summary>How long the second, truer measure of the round trip is waited for: it costs nothing near by, and far away the first one is near
    /// enough.</summary>
    private static readonly TimeSpan PingPatience = TimeSpan.FromMilliseconds(30);

    /// <summary>Asks; nothing of it is under way afterwards but what opens connections.</summary>
    /// <exception cref="MigrationException">The server refused or does not answer.</exception>
    public async Task<TargetFindings> AskAsync(CancellationToken cancellationToken)
    {
        using var side = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        long asked = Stopwatch.GetTimestamp();
        Task<ServerInfo> server = store.GetServerAsync(side.Token);
        Task<CollectionDescription?> existing = store.GetCollectionAsync(collection, side.Token);
        Task<long> present = CountAsync(side.Token);
        Task<TimeSpan>? ping = null;
        _ = WarmIfFarAsync(server, cancellationToken);
        try
        {
            ServerInfo info = await server.ConfigureAwait(false);
            TimeSpan first = Stopwatch.GetElapsedTime(asked);
            ping = PingAsync(side.Token);
            CollectionDescription? found = await existing.ConfigureAwait(false);
            await RequireOneClusterAsync(side.Token).ConfigureAwait(false);
            long count = found is null ? 0 : await present.ConfigureAwait(false);
            await Task.WhenAny(ping, Task.Delay(PingPatience, side.Token)).ConfigureAwait(false);
            TimeSpan trip = ping.IsCompletedSuccessfully && ping.Result < first ? ping.Result : first;
            return new TargetFindings(info, found, count, trip);
        }
        finally
        {
            await side.CancelAsync().ConfigureAwait(false);
            await EndedAsync(server, existing, present, ping).ConfigureAwait(false);
        }
    }

    /// <summary>Refuses several endpoints that are not nodes of one cluster. Nodes learn of a collection one after the other, so a difference is asked for
    /// again.</summary>
    private async Task RequireOneClusterAsync(CancellationToken cancellationToken)
    {
        if (store is not IClusterStore { HasSeveralNodes: true } cluster)
        {
            return;
        }

        for (int attempt = 1; ; attempt++)
        {
            IReadOnlyList<NodeAnswer> answers = await cluster.AskNodesAsync(collection, cancellationToken).ConfigureAwait(false);
            if (NodeAnswer.Strangers(answers) is not (NodeAnswer one, NodeAnswer other))
            {
                return;
            }

            if (attempt == Attempts)
            {
                throw NodeAnswer.NotOneCluster(one, other, collection);
            }

            await Task.Delay(NodePause, cancellationToken).ConfigureAwait(false);
        }
    }

    private static async Task EndedAsync(params Task?[] tasks)
    {
        foreach (Task? task in tasks)
        {
            if (task is not null)
            {
                await task.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task<long> CountAsync(CancellationToken cancellationToken)
    {
        try
        {
            return checked((long)await store.CountAsync(collection, cancellationToken).ConfigureAwait(false));
        }
        catch (MigrationException missing) when (missing.ErrorId == ErrorIds.CollectionMissing)
        {
            return 0;
        }
    }

    private async Task<TimeSpan> PingAsync(CancellationToken cancellationToken)
    {
        long asked = Stopwatch.GetTimestamp();
        await store.GetServerAsync(cancellationToken).ConfigureAwait(false);
        return Stopwatch.GetElapsedTime(asked);
    }

    private async Task WarmIfFarAsync(Task server, CancellationToken cancellationToken)
    {
        await Task.WhenAny(server, Task.Delay(Near, cancellationToken)).ConfigureAwait(false);
        if (!server.IsCompleted)
        {
            await store.WarmAsync(lanes, cancellationToken).ConfigureAwait(false);
        }
    }
}
