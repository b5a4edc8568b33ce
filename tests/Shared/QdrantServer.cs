using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Security.Cryptography.X509Certificates;

namespace VectorMigration.TestSupport;

/// <summary>How a test's server is started.</summary>
public sealed record QdrantServerOptions
{
    /// <summary>Key that may do everything; null for a server without keys.</summary>
    public string? ApiKey { get; init; }

    /// <summary>Key that may only read.</summary>
    public string? ReadOnlyApiKey { get; init; }

    /// <summary>PEM certificate; together with <see cref="TlsKeyPath"/> it turns TLS on for both ports.</summary>
    public string? TlsCertificatePath { get; init; }

    /// <summary>PEM private key.</summary>
    public string? TlsKeyPath { get; init; }

    /// <summary>A node of a cluster, which takes custom sharding; the first, and so far the only one, unless <see cref="Bootstrap"/> names another.</summary>
    public bool Cluster { get; init; }

    /// <summary>Address among nodes of a node whose cluster this one joins; null for the first node.</summary>
    public Uri? Bootstrap { get; init; }

    /// <summary>Qdrant's log level.</summary>
    public string LogLevel { get; init; } = "WARN";

    /// <summary>Further environment settings (<c>QDRANT__…</c>).</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();
}

/// <summary>
/// A real Qdrant on free loopback ports with its own storage and snapshots folders. It never outlives the test process, however that ends,
/// and its folders go with it. Where the binary cannot be had the test FAILS, saying what to do: no test is passed over in silence.
/// </summary>
public sealed class QdrantServer : IAsyncDisposable
{
    // The shell holds the read end of our pipe: when this process dies, even by SIGKILL, the pipe ends and the server is killed.
    // setpriv covers the other case, the death of the shell. (It must not be used from here directly: the signal follows the death
    // of the *thread* that forked, and the thread pool retires its threads.)
    private const string Watcher = """
        log=$1; shift
        exec 3<&0
        if command -v setpriv >/dev/null; then set -- setpriv --pdeathsig KILL "$@"; fi
        "$@" </dev/null >>"$log" 2>&1 3<&- &
        server=$!
        echo "$server"
        (cat <&3; kill -KILL "$server") >/dev/null 2>&1 &
        watcher=$!
        wait "$server"
        code=$?
        kill "$watcher" 2>/dev/null
        exit "$code"
        """;

    // On Wine the server is no child of ours: a qdrant.exe stands for it, and a helper outside, which this variable names, starts and freezes it.
    private const string HelperVariable = "VECTORMIGRATION_TEST_SERVERS";

    private const int SignalContinue = 18;
    private const int SignalStop = 19;
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);
    private static readonly Lazy<Task<string>> Binary = new(FindBinaryAsync);
    private readonly QdrantServerOptions options;
    private Process? shell;
    private readonly int clusterPort = FreePorts().RestPort;
    private bool paused;

    private QdrantServer(QdrantServerOptions options)
    {
        this.options = options;
        ApiKey = options.ApiKey;
        Folder = Directory.CreateTempSubdirectory("qdrant-test-").FullName;
    }

    /// <summary>The key that may do everything, from the next start on.</summary>
    public string? ApiKey { get; set; }

    /// <summary>The server's own folder.</summary>
    public string Folder { get; }

    /// <summary>Process id of the server.</summary>
    public int ProcessId { get; private set; }

    /// <summary>Port of the REST interface.</summary>
    public int RestPort { get; private set; }

    /// <summary>Port of the gRPC interface.</summary>
    public int GrpcPort { get; private set; }

    /// <summary>The REST interface, which does not speak gRPC.</summary>
    public Uri RestUri => new($"{Scheme}://127.0.0.1:{RestPort}");

    /// <summary>The gRPC interface.</summary>
    public Uri GrpcUri => new($"{Scheme}://127.0.0.1:{GrpcPort}");

    /// <summary>The address among nodes of a cluster.</summary>
    public Uri NodeUri => new($"http://127.0.0.1:{clusterPort}");

    /// <summary>False once the server has ended.</summary>
    public bool IsRunning => shell is { HasExited: false };

    private string Scheme => options.TlsCertificatePath is null ? "http" : "https";

    private string LogPath => Path.Combine(Folder, "qdrant.log");

    /// <summary>Starts a server and waits until it is ready on both ports.</summary>
    public static async Task<QdrantServer> StartAsync(QdrantServerOptions? options = null, CancellationToken cancellationToken = default)
    {
        QdrantServer server = new(options ?? new QdrantServerOptions());
        try
        {
            // Free ports can be taken by somebody else between asking for them and using them: another pair then.
            for (int attempt = 1; ; attempt++)
            {
                (server.RestPort, server.GrpcPort) = FreePorts();
                try
                {
                    await server.LaunchAsync(cancellationToken);
                    return server;
                }
                catch (ServerEndedException) when (attempt < 3)
                {
                    File.Delete(server.LogPath);
                }
            }
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Kills the server as a power cut would (SIGKILL) and waits until it is gone.</summary>
    public void Kill()
    {
        if (shell is null)
        {
            return;
        }

        try
        {
            using Process server = Process.GetProcessById(ProcessId);
            server.Kill();
        }
        catch (Exception gone) when (gone is ArgumentException or InvalidOperationException)
        {
            // It had ended by itself.
        }

        shell.StandardInput.Close();
        shell.WaitForExit();
        shell.Dispose();
        shell = null;
        paused = false;
    }

    /// <summary>Freezes the server (SIGSTOP): connections stand, nothing answers.</summary>
    public void Pause()
    {
        Send(SignalStop);
        paused = true;
    }

    /// <summary>Lets a frozen server go on (SIGCONT).</summary>
    public void Resume()
    {
        Send(SignalContinue);
        paused = false;
    }

    /// <summary>Starts the server again on the same ports and storage, killing it first where it still runs.</summary>
    public async Task RestartAsync(CancellationToken cancellationToken = default)
    {
        Kill();
        await LaunchAsync(cancellationToken);
    }

    /// <summary>The last lines of the server's log, for messages.</summary>
    public string ReadLog()
    {
        if (!File.Exists(LogPath))
        {
            return string.Empty;
        }

        using FileStream file = new(LogPath, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using StreamReader reader = new(file);
        return string.Join('\n', reader.ReadToEnd().Split('\n').TakeLast(40));
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        if (paused)
        {
            Resume();
        }

        Kill();
        Directory.Delete(Folder, recursive: true);
        return ValueTask.CompletedTask;
    }

    /// <summary>The folder that holds <c>Migration.sln</c>.</summary>
    public static string RepositoryRoot()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Migration.sln")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException(
            $"No folder above {AppContext.BaseDirectory} holds Migration.sln: run the tests from the repository's build output.");
    }

    private static async Task<string> FindBinaryAsync()
    {
        if (OperatingSystem.IsWindows())
        {
            return Environment.GetEnvironmentVariable("QDRANT_BIN")
                ?? throw new InvalidOperationException("This test needs a real Qdrant server: set QDRANT_BIN to a qdrant.exe.");
        }

        string script = Path.Combine(RepositoryRoot(), "tools", "qdrant-local", "install.sh");
        using Process install = Process.Start(new ProcessStartInfo("bash", [script]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        Task<string> said = install.StandardError.ReadToEndAsync();
        string path = (await install.StandardOutput.ReadToEndAsync()).Trim();
        await install.WaitForExitAsync();
        return install.ExitCode == 0 && File.Exists(path)
            ? path
            : throw new InvalidOperationException($"This test needs a real Qdrant server and {script} could not give one. {(await said).Trim()}");
    }

    private static (int RestPort, int GrpcPort) FreePorts()
    {
        using TcpListener first = new(IPAddress.Loopback, 0);
        using TcpListener second = new(IPAddress.Loopback, 0);
        first.Start();
        second.Start();
        return (((IPEndPoint)first.LocalEndpoint).Port, ((IPEndPoint)second.LocalEndpoint).Port);
    }

    private string[] ClusterArguments() => !options.Cluster ? []
        : options.Bootstrap is Uri first ? ["--uri", NodeUri.ToString(), "--bootstrap", first.ToString()] : ["--uri", NodeUri.ToString()];

    private async Task LaunchAsync(CancellationToken cancellationToken)
    {
        string binary = await Binary.Value;
        string[] command = OperatingSystem.IsWindows() ? [binary] : ["sh", "-c", Watcher, "sh", LogPath, binary];
        ProcessStartInfo start = new(command[0], [.. command[1..], "--disable-telemetry", .. ClusterArguments()])
        {
            WorkingDirectory = Folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = !OperatingSystem.IsWindows(),
        };
        SetEnvironment(start.Environment);
        shell = Process.Start(start) ?? throw new InvalidOperationException($"{command[0]} could not be started.");
        string? pid = OperatingSystem.IsWindows() ? null : await shell.StandardOutput.ReadLineAsync(cancellationToken);
        ProcessId = pid is null ? shell.Id : int.Parse(pid, CultureInfo.InvariantCulture);
        await WaitUntilReadyAsync(cancellationToken);
    }

    private void SetEnvironment(IDictionary<string, string?> environment)
    {
        foreach (string name in environment.Keys.Where(static name => name.StartsWith("QDRANT_", StringComparison.Ordinal)).ToArray())
        {
            environment.Remove(name);
        }

        environment["QDRANT__SERVICE__HOST"] = "127.0.0.1";
        environment["QDRANT__SERVICE__HTTP_PORT"] = RestPort.ToString(CultureInfo.InvariantCulture);
        environment["QDRANT__SERVICE__GRPC_PORT"] = GrpcPort.ToString(CultureInfo.InvariantCulture);
        environment["QDRANT__STORAGE__STORAGE_PATH"] = Path.Combine(Folder, "storage");
        environment["QDRANT__STORAGE__SNAPSHOTS_PATH"] = Path.Combine(Folder, "snapshots");
        environment["QDRANT__STORAGE__TEMP_PATH"] = Path.Combine(Folder, "temp");
        environment["QDRANT__TELEMETRY_DISABLED"] = "true";
        SetIfGiven(environment, "QDRANT__LOGGER__ON_DISK__ENABLED", OperatingSystem.IsWindows() ? "true" : null);
        SetIfGiven(environment, "QDRANT__LOGGER__ON_DISK__LOG_FILE", OperatingSystem.IsWindows() ? LogPath : null);
        if (options.Cluster)
        {
            environment["QDRANT__CLUSTER__ENABLED"] = "true";
            environment["QDRANT__CLUSTER__P2P__PORT"] = clusterPort.ToString(CultureInfo.InvariantCulture);
        }

        environment["QDRANT__LOG_LEVEL"] = options.LogLevel;
        SetIfGiven(environment, "QDRANT__SERVICE__API_KEY", ApiKey);
        SetIfGiven(environment, "QDRANT__SERVICE__READ_ONLY_API_KEY", options.ReadOnlyApiKey);
        SetIfGiven(environment, "QDRANT__TLS__CERT", options.TlsCertificatePath);
        SetIfGiven(environment, "QDRANT__TLS__KEY", options.TlsKeyPath);
        SetIfGiven(environment, "QDRANT__SERVICE__ENABLE_TLS", options.TlsCertificatePath is null ? null : "true");
        foreach ((string name, string value) in options.Environment)
        {
            environment[name] = value;
        }
    }

    private static void SetIfGiven(IDictionary<string, string?> environment, string name, string? value)
    {
        if (value is not null)
        {
            environment[name] = value;
        }
    }

    private async Task WaitUntilReadyAsync(CancellationToken cancellationToken)
    {
        using SocketsHttpHandler handler = new() { UseProxy = false };
        // Whether a chain is trusted is what the tests look at; here it is enough that our own child answers.
        handler.SslOptions.RemoteCertificateValidationCallback = (_, shown, _, _) => shown is not null && shown.GetCertHashString() == OwnCertificate();
        using HttpClient client = new(handler) { Timeout = TimeSpan.FromSeconds(5) };
        Stopwatch clock = Stopwatch.StartNew();
        while (!await IsReadyAsync(client, cancellationToken))
        {
            if (!IsRunning)
            {
                throw new ServerEndedException($"Qdrant ended with code {shell!.ExitCode} while starting: {ReadLog()}");
            }

            // One of two interfaces may go on without the other.
            if (ReadLog().Contains("Address already in use", StringComparison.Ordinal))
            {
                Kill();
                throw new ServerEndedException($"A port of Qdrant was taken: {ReadLog()}");
            }

            if (clock.Elapsed > StartLimit)
            {
                throw new TimeoutException($"Qdrant was not ready after {StartLimit.TotalSeconds} s: {ReadLog()}");
            }

            await Task.Delay(TimeSpan.FromMilliseconds(20), cancellationToken);
        }
    }

    private async Task<bool> IsReadyAsync(HttpClient client, CancellationToken cancellationToken)
    {
        try
        {
            using HttpResponseMessage answer = await client.GetAsync(new Uri(RestUri, "/readyz"), cancellationToken);
            using TcpClient grpc = new();
            await grpc.ConnectAsync(IPAddress.Loopback, GrpcPort, cancellationToken);
            return answer.IsSuccessStatusCode;
        }
        catch (Exception notYet) when (notYet is HttpRequestException or SocketException or TaskCanceledException && !cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }

    private string? OwnCertificate()
    {
        if (options.TlsCertificatePath is null)
        {
            return null;
        }

        using X509Certificate2 certificate = X509CertificateLoader.LoadCertificateFromFile(options.TlsCertificatePath);
        return certificate.GetCertHashString();
    }

    private void Send(int signal)
    {
        if (OperatingSystem.IsWindows() ? !Relay(signal) : Signal(ProcessId, signal) != 0)
        {
            throw new InvalidOperationException($"Signal {signal} could not be sent to the server, process {ProcessId}.");
        }
    }

    private bool Relay(int signal)
    {
        string helper = Environment.GetEnvironmentVariable(HelperVariable)
            ?? throw new InvalidOperationException($"A server can be frozen on Wine only, where {HelperVariable} names a helper.");
        using SocketsHttpHandler handler = new() { UseProxy = false };
        using HttpClient client = new(handler);
        using HttpRequestMessage request = new(HttpMethod.Post, $"{helper}/signal?port={RestPort}&signal={(signal == SignalStop ? "SIGSTOP" : "SIGCONT")}");
        using HttpResponseMessage answer = client.Send(request);
        return answer.IsSuccessStatusCode;
    }

    [DllImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Signal(int processId, int signal);

    private sealed class ServerEndedException(string message) : Exception(message);
}
