using System.ComponentModel;
using System.Globalization;
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using VectorMigration.Errors;
using VectorMigration.Files;
using VectorMigration.Store;

namespace VectorMigration.LocalServers;

/// <summary>
/// A Qdrant server on this machine for rehearsals: reachable on the loopback address only, with storage and snapshot folders of its own,
/// and gone when the process that started it is gone, however that ends. No key is passed on to it.
/// </summary>
public sealed class QdrantLocalServer : IDisposable
{
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(10);

    // Codes of Linux, macOS and Windows for a port that is taken or kept for others; the words before them are in the language of the system.
    private static readonly string[] PortTaken = ["(os error 98)", "(os error 48)", "(os error 10048)", "(os error 10013)"];

    private readonly GuardedProcess process;
    private readonly LocalServerFolders folders;
    private readonly Lock gate = new();
    private bool stopped;

    private QdrantLocalServer(GuardedProcess process, string path, LocalServerFolders folders, int port, int restPort)
    {
        this.process = process;
        this.folders = folders;
        Path = path;
        StoragePath = folders.Storage;
        SnapshotPath = folders.Snapshots;
        LogPath = folders.Log;
        IsTemporary = folders.Temporary is not null;
        if (OperatingSystem.IsWindows() && folders.Temporary is PrivateFolder folder)
        {
            // A session that ends without a stop: as long as the server runs, its folder cannot be removed.
            folder.EndUse = () => process.Stop(StopLimit);
        }

        Uri = Loopback(port);
        RestUri = Loopback(restPort);
        Connection = new QdrantConnection(new QdrantConnectionOptions { Uri = Uri });
    }

    /// <summary>The gRPC endpoint.</summary>
    public Uri Uri { get; }

    /// <summary>The REST endpoint, with the web interface where the server brings it.</summary>
    public Uri RestUri { get; }

    /// <summary>Process id of the server.</summary>
    public int ProcessId => process.ProcessId;

    /// <summary>The server's executable.</summary>
    public string Path { get; }

    /// <summary>Folder of the collections.</summary>
    public string StoragePath { get; }

    /// <summary>Folder of the snapshots.</summary>
    public string SnapshotPath { get; }

    /// <summary>File with what the server says.</summary>
    public string LogPath { get; }

    /// <summary>True when the folders go with the server.</summary>
    public bool IsTemporary { get; }

    /// <summary>A connection to it.</summary>
    public QdrantConnection Connection { get; }

    /// <summary>Version of the server.</summary>
    public string ServerVersion => Connection.ServerVersion;

    /// <summary>The folder of a stopped server that another program holds, so that it could not be removed; null otherwise.</summary>
    internal string? LeftFolder { get; private set; }

    /// <summary>False once it has ended.</summary>
    public bool IsRunning
    {
        get
        {
            lock (gate)
            {
                return !stopped && !process.HasExited;
            }
        }
    }

    /// <summary>Starts a server and waits until it is ready.</summary>
    /// <exception cref="MigrationException">There is no executable, a port is in use, or it did not start.</exception>
    public static async Task<QdrantLocalServer> StartAsync(LocalServerOptions options, CancellationToken cancellationToken)
    {
        string path = LocalServerBinary.Find(options.BinaryPath, options.SearchFolders);
        RequireFree(options.Port, "gRPC");
        RequireFree(options.RestPort, "REST");

        // A free port can be taken by somebody else before the server has it: another pair then.
        int attempts = options.Port is null || options.RestPort is null ? 3 : 1;
        for (int attempt = 1; ; attempt++)
        {
            QdrantLocalServer server = Launch(path, options);
            try
            {
                await LocalServerReadiness.WaitAsync(server, server.process, options.Timeout, cancellationToken).ConfigureAwait(false);
                return server;
            }
            catch (MigrationException ended) when (ended.ErrorId == ErrorIds.LocalServerFailed && attempt < attempts
                && Array.Exists(PortTaken, code => ended.Message.Contains(code, StringComparison.Ordinal)))
            {
                server.Dispose();
            }
            catch
            {
                server.Dispose();
                throw;
            }
        }
    }

    /// <summary>Ends the server and waits until it is gone. Doing it again does nothing.</summary>
    /// <exception cref="MigrationException">It still runs.</exception>
    public void Stop()
    {
        lock (gate)
        {
            if (stopped)
            {
                return;
            }

            // An open connection would let the server wait for it.
            Connection.Dispose();
            if (!process.Stop(StopLimit))
            {
                throw LocalServerErrors.StillRuns(ProcessId);
            }

            stopped = true;
            // Where no shell watches over the server (Windows), its folder is removed from here.
            LeftFolder = folders.Remove();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Stop();
        process.Dispose();
    }

    /// <summary>Address and process.</summary>
    public override string ToString() => FormattableString.Invariant($"{Uri.GetLeftPart(UriPartial.Authority)} (process {ProcessId})");

    private static QdrantLocalServer Launch(string path, LocalServerOptions options)
    {
        (int port, int restPort) = ChoosePorts(options);
        LocalServerFolders folders = LocalServerFolders.Make(options);
        try
        {
            GuardedProcess process = GuardedProcess.Start(
                path, ["--disable-telemetry"], folders.Working, folders.Log, folders.Temporary?.Path, environment =>
                    SetEnvironment(environment, folders, port, restPort));
            return new QdrantLocalServer(process, path, folders, port, restPort);
        }
        catch (Exception error) when (error is Win32Exception or InvalidOperationException)
        {
            folders.Remove();
            throw LocalServerErrors.CannotStart(path, error);
        }
    }

    private static void SetEnvironment(IDictionary<string, string?> environment, LocalServerFolders folders, int port, int restPort)
    {
        // Neither the key of this session nor settings that were meant for another server.
        foreach (string name in environment.Keys.Where(static name => name.StartsWith("QDRANT_", StringComparison.OrdinalIgnoreCase)).ToArray())
        {
            environment.Remove(name);
        }

        environment["QDRANT__SERVICE__HOST"] = IPAddress.Loopback.ToString();
        environment["QDRANT__SERVICE__HTTP_PORT"] = restPort.ToString(CultureInfo.InvariantCulture);
        environment["QDRANT__SERVICE__GRPC_PORT"] = port.ToString(CultureInfo.InvariantCulture);
        environment["QDRANT__STORAGE__STORAGE_PATH"] = folders.Storage;
        environment["QDRANT__STORAGE__SNAPSHOTS_PATH"] = folders.Snapshots;
        environment["QDRANT__STORAGE__TEMP_PATH"] = folders.Temp;
        environment["QDRANT__TELEMETRY_DISABLED"] = "true";
        environment["QDRANT__LOG_LEVEL"] = "WARN";
        if (OperatingSystem.IsWindows())
        {
            environment["QDRANT__LOGGER__ON_DISK__ENABLED"] = "true";
            environment["QDRANT__LOGGER__ON_DISK__LOG_FILE"] = folders.Log;
        }
    }

    private static (int Port, int RestPort) ChoosePorts(LocalServerOptions options)
    {
        using TcpListener first = new(IPAddress.Loopback, 0);
        using TcpListener second = new(IPAddress.Loopback, 0);
        first.Start();
        second.Start();
        return (
            options.Port ?? ((IPEndPoint)first.LocalEndpoint).Port,
            options.RestPort ?? ((IPEndPoint)second.LocalEndpoint).Port);
    }

    private static void RequireFree(int? asked, string which)
    {
        if (asked is not int port)
        {
            return;
        }

        if (IsListenedOn(port))
        {
            throw LocalServerErrors.PortInUse(port, which);
        }

        try
        {
            using TcpListener listener = new(IPAddress.Loopback, port) { ExclusiveAddressUse = true };
            listener.Start();
        }
        catch (SocketException)
        {
            throw LocalServerErrors.PortInUse(port, which);
        }
    }

    /// <summary>Windows lets a port be taken on one address that a program holds on all of them: clients would then find either.</summary>
    private static bool IsListenedOn(int port)
    {
        try
        {
            return IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpListeners().Any(listener => listener.Port == port
                && (listener.Address.Equals(IPAddress.Any) || listener.Address.Equals(IPAddress.IPv6Any) || listener.Address.Equals(IPAddress.Loopback)));
        }
        catch (Exception e) when (e is NetworkInformationException or PlatformNotSupportedException or IOException or UnauthorizedAccessException)
        {
            // A system that does not tell: taking the port says whether it is free.
            return false;
        }
    }

    private static Uri Loopback(int port) => new UriBuilder(Uri.UriSchemeHttp, IPAddress.Loopback.ToString(), port).Uri;
}
