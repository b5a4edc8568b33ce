namespace VectorMigration.Qdrant;

/// <summary>A Qdrant server over gRPC: collections and transport. Points are in the other part of the class.</summary>
public sealed partial class QdrantStore : IVectorStore, IAliasStore, IClusterStore
{
    private readonly QdrantConnection connection;
    private readonly ControlCalls calls;
    private readonly Protocol.QdrantGrpcClient clients;
    private ServerInfo? server;

    private QdrantStore(QdrantConnection connection, GrpcTransport transport, ControlCalls? shared = null)
    {
        this.connection = connection;
        Transport = transport;
        clients = transport.Clients;
        calls = shared ?? new ControlCalls(transport, connection.Options.Timeout);
    }

    /// <inheritdoc/>
    public string Endpoint => connection.ToString();

    /// <summary>True when the server's certificate is not verified: worth a warning to whoever reads the output.</summary>
    public bool CertificateUnchecked => connection.Options.SkipCertificateCheck && connection.Uri.Scheme == Uri.UriSchemeHttps;

    /// <summary>The transport shared by all calls.</summary>
    internal GrpcTransport Transport { get; }

    /// <summary>Version of the server as far as it has been learned.</summary>
    internal ServerVersion? Version => server is null ? null : ServerVersion.TryParse(server.Version);

    /// <summary>Opens the store of a connection; nothing is sent yet.</summary>
    /// <exception cref="MigrationException">The key, the CA file or the proxy cannot be used.</exception>
    public static IVectorStore Open(QdrantConnection connection)
    {
        ArgumentNullException.ThrowIfNull(connection);
        return new QdrantStore(connection, connection.Open(static (options, apiKey) => new GrpcTransport(options, apiKey)));
    }

    /// <inheritdoc/>
    public string? ProtocolWarning => Transport.Fallback;

    /// <inheritdoc/>
    public void SetPatience(CallPatience patience) => calls.Patience = patience;

    /// <inheritdoc/>
    public IDisposable? WatchOutages(Action<ServerOutage?> tell, TimeSpan? giveUpAfter = null) =>
        Transport.Outages.Watch(tell, Transport.AskForLifeAsync, giveUpAfter);

    /// <inheritdoc/>
    public void HoldOutages(bool isHeld) => Transport.Outages.Hold(isHeld);

    /// <inheritdoc/>
    public void LimitRequests(double? perSecond) => Transport.Pace.LeastInterval = perSecond is > 0 and double rate ? 1 / rate : 0;

    /// <inheritdoc/>
    public IDisposable? WatchReadLimit(Action<TimeSpan> tell) => calls.WatchLimit(tell);

    /// <inheritdoc/>
    public async Task<ServerInfo> GetServerAsync(CancellationToken cancellationToken)
    {
        Protocol.HealthCheckReply reply = await calls.CallAsync(
            options => clients.Qdrant.HealthCheckAsync(new Protocol.HealthCheckRequest(), options),
            "ask the server for its version", null, cancellationToken).ConfigureAwait(false);
        return Learn(reply);
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<string>> ListCollectionsAsync(CancellationToken cancellationToken)
    {
        Protocol.ListCollectionsResponse reply = await calls.CallAsync(
            options => clients.Collections.ListAsync(new Protocol.ListCollectionsRequest(), options),
            "list the collections", null, cancellationToken).ConfigureAwait(false);
        return [.. reply.Collections.Select(static collection => collection.Name)];
    }

    /// <inheritdoc/>
    public async Task<CollectionDescription?> GetCollectionAsync(string name, CancellationToken cancellationToken)
    {
        CollectionNames.Require(name);
        string action = $"read the collection '{name}'";
        Protocol.GetCollectionInfoRequest request = new() { CollectionName = name };
        ControlReply<Protocol.GetCollectionInfoResponse> call = await calls.SendAsync(
            options => clients.Collections.GetAsync(request, options), cancellationToken).ConfigureAwait(false);
        if (!call.Reply.IsOk)
        {
            return QdrantAnswers.Find(call.Reply).ErrorId == ErrorIds.CollectionMissing ? null
                : throw QdrantErrors.From(call.Reply, calls.Endpoint, action, name);
        }

        return CollectionMapping.ToDescription(
            name, call.Answer!.Result ?? throw QdrantErrors.MalformedAnswer(calls.Endpoint, action, "it describes no collection", null));
    }

    /// <summary>Whether there is a collection, or an alias, of that name.</summary>
    public async Task<bool> CollectionExistsAsync(string name, CancellationToken cancellationToken)
    {
        CollectionNames.Require(name);
        Protocol.CollectionExistsResponse reply = await calls.CallAsync(
            options => clients.Collections.CollectionExistsAsync(new Protocol.CollectionExistsRequest { CollectionName = name }, options),
            $"look for the collection '{name}'", name, cancellationToken).ConfigureAwait(false);
        return reply.Result?.Exists == true;
    }

    /// <inheritdoc/>
    public async Task CreateCollectionAsync(string name, CollectionSettings settings, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(settings);
        CollectionNames.Require(name);
        Protocol.CreateCollection request = CollectionMapping.ToCreate(name, settings);
        await RequireFeaturesAsync(settings, cancellationToken).ConfigureAwait(false);
        await CreateCollectionAsync(request, settings, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async Task<bool> DeleteCollectionAsync(string name, CancellationToken cancellationToken)
    {
        CollectionNames.Require(name);
        string action = $"delete the collection '{name}'";
        Protocol.DeleteCollection request = new() { CollectionName = name };
        ControlReply<Protocol.CollectionOperationResponse> call = await calls.SendAsync(
            options => clients.Collections.DeleteAsync(request, options), cancellationToken).ConfigureAwait(false);
        if (!call.Reply.IsOk)
        {
            throw QdrantErrors.From(call.Reply, calls.Endpoint, action, name);
        }

        Transport.WatchCollection(null);
        await SettleNodesAsync(name, exists: false, cancellationToken).ConfigureAwait(false);

        // "Not found" after an attempt without an answer means that this attempt deleted the collection.
        return call.Answer!.Result || call.MayHaveApplied;
    }

    /// <inheritdoc/>
    public async Task UpdateCollectionAsync(string name, CollectionChange change, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(change);
        CollectionNames.Require(name);
        await UpdateCollectionAsync(CollectionMapping.ToUpdate(name, change), cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async Task SetAliasAsync(string name, string collection, CancellationToken cancellationToken)
    {
        CollectionNames.Require(name);
        CollectionNames.Require(collection);
        Protocol.ChangeAliases request = new()
        {
            Actions =
            {
                new Protocol.AliasOperations { DeleteAlias = new Protocol.DeleteAlias { AliasName = name } },
                new Protocol.AliasOperations { CreateAlias = new Protocol.CreateAlias { AliasName = name, CollectionName = collection } },
            },
        };
        await ChangeAliasesAsync(request, $"point the alias '{name}' to the collection '{collection}'", name, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async Task DeleteAliasAsync(string name, CancellationToken cancellationToken)
    {
        CollectionNames.Require(name);
        Protocol.ChangeAliases request = new() { Actions = { new Protocol.AliasOperations { DeleteAlias = new Protocol.DeleteAlias { AliasName = name } } } };
        await ChangeAliasesAsync(request, $"delete the alias '{name}'", name, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyDictionary<string, string>> ListAliasesAsync(CancellationToken cancellationToken)
    {
        Protocol.ListAliasesResponse reply = await calls.CallAsync(
            options => clients.Collections.ListAliasesAsync(new Protocol.ListAliasesRequest(), options),
            "list the aliases", null, cancellationToken).ConfigureAwait(false);
        return reply.Aliases.ToDictionary(static entry => entry.AliasName, static entry => entry.CollectionName);
    }

    /// <inheritdoc/>
    public Task WarmAsync(int calls, CancellationToken cancellationToken) => Transport.WarmAsync(calls, cancellationToken);

    /// <inheritdoc/>
    public void Dispose() => Transport.Dispose();

    /// <summary>Creates a collection from a message; <paramref name="settings"/> recognise a collection that an unanswered attempt has made.</summary>
    internal async Task CreateCollectionAsync(Protocol.CreateCollection request, CollectionSettings settings, CancellationToken cancellationToken)
    {
        string name = request.CollectionName;
        ControlReply<Protocol.CollectionOperationResponse> call = await calls.SendAsync(
            options => clients.Collections.CreateAsync(request, options), cancellationToken).ConfigureAwait(false);
        if (call.Reply.IsOk)
        {
            await SettleNodesAsync(name, exists: true, cancellationToken).ConfigureAwait(false);
            return;
        }

        if (call.MayHaveApplied && call.Reply.Code == GrpcCode.AlreadyExists && await IsAsAskedAsync(name, settings, cancellationToken).ConfigureAwait(false))
        {
            return;
        }

        throw QdrantErrors.From(call.Reply, calls.Endpoint, $"create the collection '{name}'", name);
    }

    /// <summary>Changes a collection by a message.</summary>
    internal async Task UpdateCollectionAsync(Protocol.UpdateCollection request, CancellationToken cancellationToken) =>
        await calls.CallAsync(
            options => clients.Collections.UpdateAsync(request, options),
            $"change the collection '{request.CollectionName}'", request.CollectionName, cancellationToken).ConfigureAwait(false);

    /// <summary>Asks for the version once, in a single attempt; null when it is known, otherwise why it is not.</summary>
    internal async ValueTask<GrpcReply?> LearnVersionAsync(TimeSpan timeout, CancellationToken cancellationToken)
    {
        if (server is not null)
        {
            return null;
        }

        GrpcAnswer<Protocol.HealthCheckReply> answer = await Transport.CallAsync(
            options => clients.Qdrant.HealthCheckAsync(new Protocol.HealthCheckRequest(), options), timeout, cancellationToken).ConfigureAwait(false);
        if (answer.Message is not { } reply)
        {
            return answer.Reply;
        }

        Learn(reply);
        return null;
    }

    private async Task RequireFeaturesAsync(CollectionSettings settings, CancellationToken cancellationToken)
    {
        ServerFeature[] asked = [.. ServerFeature.AskedBy(settings)];
        if (asked.Length == 0)
        {
            return;
        }

        ServerInfo known = server ?? await GetServerAsync(cancellationToken).ConfigureAwait(false);
        if (Version is { } version && asked.FirstOrDefault(feature => !version.IsAtLeast(feature.Since)) is { } missing)
        {
            throw QdrantErrors.ServerTooOld(calls.Endpoint, known.Version, missing);
        }
    }

    private ServerInfo Learn(Protocol.HealthCheckReply reply)
    {
        ServerInfo learned = new(reply.Title, reply.Version) { Protocol = Transport.Protocol, ProtocolWarning = Transport.Fallback };
        server = learned;
        connection.Remember(learned);
        return learned;
    }

    private async Task<bool> IsAsAskedAsync(string name, CollectionSettings settings, CancellationToken cancellationToken)
    {
        CollectionDescription? there = await GetCollectionAsync(name, cancellationToken).ConfigureAwait(false);
        CollectionVector? vector = there is { Vectors.Count: 1 } ? there.Vectors[0] : null;
        return vector is not null
            && there!.PointsCount == 0
            && vector.Name == (settings.VectorName ?? string.Empty)
            && vector.Dimension == settings.Dimension
            && vector.Distance == settings.Distance;
    }

    private async Task ChangeAliasesAsync(Protocol.ChangeAliases request, string action, string alias, CancellationToken cancellationToken) =>
        await calls.CallAsync(options => clients.Collections.UpdateAliasesAsync(request, options), action, alias, cancellationToken).ConfigureAwait(false);
}
