using System.Globalization;
using System.Net;
using System.Runtime.CompilerServices;
using VectorMigration.Errors;
using VectorMigration.Files;
using VectorMigration.Runs;
using VectorMigration.Store;
using VectorMigration.Vectors;

namespace VectorMigration.Diagnosis;

/// <summary>
/// Looks at a server, at the line to it and at this machine before a run, and says what stands in its way. Every check ends; none of them changes anything,
/// unless a scratch collection is allowed, which is removed whatever happens.
/// </summary>
/// <param name="probe">The ports of the server.</param>
/// <param name="store">The server as a run would use it.</param>
/// <param name="request">What is to be checked.</param>
/// <param name="time">The clock of this machine.</param>
internal sealed class ConnectionDiagnosis(IServerProbe probe, IVectorStore store, DiagnosisRequest request, TimeProvider time)
{
    private const string NoServer = "The server was not reached.";
    private const string RefusedKey = "The server refuses the API key.";
    private const string NoRest = "The REST interface does not answer. gRPC does not report this.";

    private static readonly string[] OfServer =
    [
        CheckNames.ApiKey, CheckNames.WriteAccess, CheckNames.ServerVersion, CheckNames.KnownFault, CheckNames.RecoveryMode, CheckNames.Cluster,
        CheckNames.Shards, CheckNames.Collection, CheckNames.StrictMode, CheckNames.HiddenPoints, CheckNames.UpdateQueue, CheckNames.Quotas, CheckNames.Clock,
        CheckNames.ServerDisk, CheckNames.ServerMemory, CheckNames.RoundTrip, CheckNames.Throughput,
    ];

    private static readonly string[] OfCollection =
        [CheckNames.Shards, CheckNames.Collection, CheckNames.StrictMode, CheckNames.HiddenPoints, CheckNames.UpdateQueue];

    private readonly ThroughputCheck throughput = new(store, request, time);
    private CertificateFindings? certificate;
    private MigrationException? lost;

    private QdrantConnectionOptions Connection => request.Connection;

    /// <summary>Why the scratch collection may still be there; null where it is gone, or there was none.</summary>
    public string? LeftBehind => throughput.LeftBehind;

    /// <summary>The checks, each as soon as it is made.</summary>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public async IAsyncEnumerable<ConnectionCheck> RunAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        string endpoint = Connection.Uri.GetLeftPart(UriPartial.Authority);
        await foreach (ConnectionCheck check in ChecksAsync(cancellationToken).ConfigureAwait(false))
        {
            yield return check with { Endpoint = endpoint };
        }
    }

    private async IAsyncEnumerable<ConnectionCheck> ChecksAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        yield return await PortChecks.HostAddressAsync(Connection.Uri.Host, UsesProxy(), ResolveAsync, cancellationToken).ConfigureAwait(false);
        Task<PortFindings> rest = probe.LookAsync(QdrantProtocol.Rest, cancellationToken);
        PortFindings grpc = await probe.LookAsync(QdrantProtocol.Grpc, cancellationToken).ConfigureAwait(false);
        PortFindings other = await rest.ConfigureAwait(false);
        yield return PortChecks.Port(CheckNames.GrpcPort, grpc, other);
        yield return PortChecks.Port(CheckNames.RestPort, other, grpc);

        certificate = await probe.ReadCertificateAsync(cancellationToken).ConfigureAwait(false);
        foreach (ConnectionCheck check in TlsChecks.Of(Connection.Uri, request.HasKey, Connection.SkipCertificateCheck, certificate, time.GetUtcNow()))
        {
            yield return check;
        }

        ServerInfo? server = await TryAsync(() => store.GetServerAsync(cancellationToken), cancellationToken).ConfigureAwait(false);
        yield return PortChecks.Protocol(Connection.Protocol, grpc, other, server);
        if (server is not null)
        {
            await foreach (ConnectionCheck check in ServerAsync(server, cancellationToken).ConfigureAwait(false))
            {
                yield return check;
            }
        }
        else
        {
            foreach (string name in OfServer)
            {
                yield return ConnectionCheck.Skip(name, NoServer);
            }

            foreach (ConnectionCheck check in IndexAlone(NoServer))
            {
                yield return check;
            }
        }

        yield return MachineChecks.ClientDisk(request.LogDirectory, FolderProbe.Refusal(request.LogDirectory), DiskSpace.Free(Nearest(request.LogDirectory)));
        yield return MachineChecks.ClientMemory(Available());
    }

    private async IAsyncEnumerable<ConnectionCheck> ServerAsync(ServerInfo server, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        RestFindings? open = await probe.ReadAsync("/collections", withKey: false, cancellationToken).ConfigureAwait(false);
        await TryAsync(() => store.ListCollectionsAsync(cancellationToken), cancellationToken).ConfigureAwait(false);
        MigrationException? refusal = lost?.Kind == ErrorKind.Authentication ? lost : null;
        bool? isOpen = open?.Status switch { 200 => true, 401 or 403 => false, _ => request.HasKey || refusal is not null ? null : true };
        ConnectionCheck key = KeyChecks.Key(Connection.Uri, request.HasKey, probe.KeyExpiresAt, refusal, isOpen, time.GetUtcNow());
        yield return key;
        bool isRefused = key.Status == CheckStatus.Fail;
        CollectionDescription? found = request.Collection is null || isRefused ? null
            : await TryAsync(() => store.GetCollectionAsync(request.Collection, cancellationToken), cancellationToken).ConfigureAwait(false);
        MigrationException? unread = request.Collection is null || isRefused ? null : lost;
        yield return isRefused ? ConnectionCheck.Skip(CheckNames.WriteAccess, RefusedKey)
            : await WriteAccessAsync(found, cancellationToken).ConfigureAwait(false);
        foreach (ConnectionCheck check in VersionChecks.Of(server))
        {
            yield return check;
        }

        ServerTelemetry? told = await TelemetryAsync(cancellationToken).ConfigureAwait(false);
        yield return VersionChecks.Recovery(told, NoRest);
        if (store is IClusterStore { HasSeveralNodes: true } nodes)
        {
            yield return ClusterChecks.Nodes(await nodes.AskNodesAsync(request.Collection, cancellationToken).ConfigureAwait(false));
        }

        (string? cluster, string whyNot) = await ReadAsync(ClusterChecks.Path, cancellationToken).ConfigureAwait(false);
        yield return ClusterChecks.Cluster(cluster, told, whyNot);
        MigrationPlan? plan = null;
        if (isRefused)
        {
            foreach (ConnectionCheck check in IndexAlone(RefusedKey))
            {
                yield return check;
            }
        }
        else
        {
            plan = await TryAsync(() => PlanAsync(cancellationToken), cancellationToken).ConfigureAwait(false);
            foreach (ConnectionCheck check in OfRun(plan, found))
            {
                yield return check;
            }
        }

        ExpectedLoad? load = plan is null ? null : RunChecks.Load(plan);
        await foreach (ConnectionCheck check in CollectionAsync(server, found, unread, isRefused, load, cancellationToken).ConfigureAwait(false))
        {
            yield return check;
        }

        yield return CollectionChecks.Quotas(server.Version);
        yield return MachineChecks.Clock(open, NoRest);
        yield return MachineChecks.ServerDisk(told, load, NoRest);
        yield return MachineChecks.ServerMemory(told, load, NoRest);
        IReadOnlyList<TimeSpan>? trips =
            await TryAsync(() => new LineMeasure(store, request.Measuring, 0).RoundTripsAsync(cancellationToken), cancellationToken).ConfigureAwait(false);
        yield return trips is { Count: > 0 } ? LineChecks.RoundTrip(trips) : ConnectionCheck.Fail(CheckNames.RoundTrip, lost!);
        yield return await throughput.RunAsync(found, isRefused, cancellationToken).ConfigureAwait(false);
        if (load is not null)
        {
            yield return RunChecks.Duration(
                load, plan!.Expectation, throughput.Speed, request.AllowWrite, CollectionChecks.WriteTime(found, load), Ends(), time.GetUtcNow());
        }
    }

    private async Task<ConnectionCheck> WriteAccessAsync(CollectionDescription? found, CancellationToken cancellationToken)
    {
        bool creates = found is null;
        try
        {
            MigrationException? missing = await store.FindMissingRightsAsync(request.Collection ?? "any", creates, cancellationToken).ConfigureAwait(false);
            return KeyChecks.Write(request.Collection, creates, missing);
        }
        catch (MigrationException error)
        {
            return ConnectionCheck.Fail(CheckNames.WriteAccess, error);
        }
    }

    private async Task<ServerTelemetry?> TelemetryAsync(CancellationToken cancellationToken) =>
        await ReadAsync(ServerTelemetry.Path, cancellationToken).ConfigureAwait(false) is (string body, _) ? ServerTelemetry.Read(body) : null;

    /// <summary>A resource of the REST interface, or why there is none.</summary>
    private async Task<(string? Body, string Reason)> ReadAsync(string path, CancellationToken cancellationToken) =>
        await probe.ReadAsync(path, withKey: true, cancellationToken).ConfigureAwait(false) switch
        {
            null => (null, NoRest),
            { Status: 200 } answer => (answer.Body, "The answer of the server cannot be read."),
            { Status: 401 or 403 } => (null, "The API key does not have the rights to read this."),
            { Status: int status } => (null, $"The server answered with HTTP {status}."),
        };

    private IEnumerable<ConnectionCheck> IndexAlone(string reason)
    {
        if (request.SourceFault is MigrationException fault)
        {
            yield return ConnectionCheck.Fail(CheckNames.Index, fault);
        }
        else if (request.Source is not null)
        {
            yield return RunChecks.Index(request.Source.Description);
            yield return ConnectionCheck.Skip(CheckNames.Plan, reason);
        }
    }

    /// <summary>The plan of a run with the defaults; null where no index or no collection was named.</summary>
    private async Task<MigrationPlan?> PlanAsync(CancellationToken cancellationToken)
    {
        if (request is not { Source: IVectorSource source, Collection: string collection } || !source.Description.IsSupported)
        {
            return null;
        }

        MigrationOptions options = new()
        {
            Collection = collection,
            VectorName = request.VectorName,
            SourceNotes = request.SourceNotes,
            DryRun = true,
            Upload = new Engine.UploadOptions { Timeout = Connection.Timeout, GiveUpAfter = Connection.Timeout, NoProgressTimeout = TimeSpan.FromMinutes(1) },
        };
        options = options with
        {
            JournalPath = DefaultJournal.Find(request.LogDirectory, options, source.Description.Path, () => source.Description),
            JournalIsDefault = true,
        };
        Migration migration = new(source, request.Payload, store, request.NewRetry(), options, new Engine.DelegateObserver(static _ => { }))
        {
            History = request.History,
        };
        return await migration.PlanAsync(cancellationToken).ConfigureAwait(false);
    }

    private IEnumerable<ConnectionCheck> OfRun(MigrationPlan? plan, CollectionDescription? found)
    {
        if (request.SourceFault is MigrationException fault)
        {
            yield return ConnectionCheck.Fail(CheckNames.Index, fault);
        }

        if (request.Source is null)
        {
            yield break;
        }

        yield return RunChecks.Index(request.Source.Description);
        if (plan is null)
        {
            if (lost is not null)
            {
                yield return ConnectionCheck.Fail(CheckNames.Plan, lost);
            }
            else if (request.Collection is null)
            {
                yield return ConnectionCheck.Skip(CheckNames.Plan, "No collection was named.", "Use -Collection to check the plan of a run.");
            }

            yield break;
        }

        HashSet<string> told = found is { WantsShardKey: true } ? [ErrorIds.CustomSharding] : [];
        foreach (ConnectionCheck check in RunChecks.Plan(plan, told))
        {
            yield return check;
        }

        yield return RunChecks.Existing(plan);
    }

    private async IAsyncEnumerable<ConnectionCheck> CollectionAsync(
        ServerInfo server, CollectionDescription? found, MigrationException? unread, bool isRefused, ExpectedLoad? load,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (request.Collection is not string name || isRefused || unread is not null)
        {
            string why = isRefused ? "The server refuses the API key." : unread is not null ? "The collection was not read." : "No collection was named.";
            string advice = request.Collection is null ? "Use -Collection to check a collection." : string.Empty;
            foreach (string check in OfCollection)
            {
                yield return check == CheckNames.Collection && unread is not null ? ConnectionCheck.Fail(check, unread)
                    : ConnectionCheck.Skip(check, why, check == CheckNames.Collection ? advice : string.Empty);
            }

            yield break;
        }

        yield return CollectionChecks.State(name, found);
        if (found is null)
        {
            yield return ConnectionCheck.Skip(CheckNames.Shards, $"There is no collection '{name}'.");
        }
        else
        {
            (string? shards, string reason) = await ReadAsync($"/collections/{Uri.EscapeDataString(name)}/cluster", cancellationToken).ConfigureAwait(false);
            yield return ClusterChecks.Shards(name, shards, reason);
        }

        yield return CollectionChecks.StrictMode(name, found, load);
        yield return CollectionChecks.Hidden(name, found);
        yield return CollectionChecks.Queue(name, found, ServerInfo.TellsQueue(server.Version), server.Version);
    }

    private (string What, DateTimeOffset At)[] Ends() =>
    [
        .. probe.KeyExpiresAt is DateTimeOffset token ? ((string, DateTimeOffset)[])[("The API key expires", token)] : [],
        .. certificate is { } shown ? ((string, DateTimeOffset)[])[("The certificate expires", shown.NotAfter)] : [],
    ];

    /// <summary>What a call brought; null where it failed, for the reason in <see cref="lost"/>.</summary>
    private async Task<T?> TryAsync<T>(Func<Task<T>> call, CancellationToken cancellationToken)
    {
        lost = null;
        try
        {
            return await call().ConfigureAwait(false);
        }
        catch (MigrationException error)
        {
            cancellationToken.ThrowIfCancellationRequested();
            lost = error;
            return default;
        }
    }

    private static async Task<IReadOnlyList<string>> ResolveAsync(string host, CancellationToken cancellationToken) =>
        [.. (await Dns.GetHostAddressesAsync(host, cancellationToken).ConfigureAwait(false)).Select(static address => address.ToString())];

    private bool UsesProxy() => Connection.Proxy is not null
        || (!Connection.Uri.IsLoopback && !HttpClient.DefaultProxy.IsBypassed(Connection.Uri) && HttpClient.DefaultProxy.GetProxy(Connection.Uri) is not null);

    private static string? Nearest(string folder)
    {
        string? there = Path.GetFullPath(folder);
        while (there is not null && !Directory.Exists(there))
        {
            there = Path.GetDirectoryName(there);
        }

        return there;
    }

    /// <summary>Memory that this process can take: that of the machine or its container, and on Linux no more than is free.</summary>
    private static long Available()
    {
        long all = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        string? free = File.Exists("/proc/meminfo")
            ? File.ReadLines("/proc/meminfo").FirstOrDefault(static line => line.StartsWith("MemAvailable:", StringComparison.Ordinal)) : null;
        return free?.Split(' ', StringSplitOptions.RemoveEmptyEntries) is [_, string kilobytes, ..]
            && long.TryParse(kilobytes, NumberStyles.None, CultureInfo.InvariantCulture, out long left) ? Math.Min(all, left * 1024) : all;
    }
}
