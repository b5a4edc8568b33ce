using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using VectorMigration.Errors;

namespace VectorMigration.LocalServers;

/// <summary>Waits until a local server answers on both ports.</summary>
internal static class LocalServerReadiness
{
    private const int LogLines = 10;
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(25);
    private static readonly TimeSpan OneLook = TimeSpan.FromSeconds(5);

    /// <summary>Waits until <c>/readyz</c> is answered and the gRPC port takes connections.</summary>
    /// <exception cref="MigrationException">The process ended, or time ran out.</exception>
    public static async Task WaitAsync(QdrantLocalServer server, GuardedProcess process, TimeSpan limit, CancellationToken cancellationToken)
    {
        using SocketsHttpHandler handler = new() { UseProxy = false };
        using HttpClient client = new(handler) { Timeout = OneLook };
        Stopwatch clock = Stopwatch.StartNew();
        while (true)
        {
            // Check the process first: if the server has died, somebody else may answer on its port.
            if (process.HasExited)
            {
                throw LocalServerErrors.EndedWhileStarting(server.Path, process.ExitCode,
                    OnOneLine(process.LastWords is { Length: > 0 } words ? words : ReadLog(server.LogPath)));
            }

            if (await IsReadyAsync(client, server, cancellationToken).ConfigureAwait(false) && !process.HasExited)
            {
                return;
            }

            if (clock.Elapsed > limit)
            {
                throw LocalServerErrors.NotReady(server.Path, limit, OnOneLine(ReadLog(server.LogPath)));
            }

            await Task.Delay(Step, cancellationToken).ConfigureAwait(false);
        }
    }

    private static async Task<bool> IsReadyAsync(HttpClient client, QdrantLocalServer server, CancellationToken cancellationToken)
    {
        try
        {
            using HttpResponseMessage answer = await client.GetAsync(new Uri(server.RestUri, "/readyz"), cancellationToken).ConfigureAwait(false);
            using TcpClient grpc = new();
            await grpc.ConnectAsync(IPAddress.Loopback, server.Uri.Port, cancellationToken).ConfigureAwait(false);
            return answer.IsSuccessStatusCode;
        }
        catch (Exception notYet) when (notYet is HttpRequestException or SocketException
            || (notYet is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return false;
        }
    }

    private static string OnOneLine(string log) =>
        string.Join(' ', log.Split(['\r', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).TakeLast(LogLines));

    private static string ReadLog(string path)
    {
        try
        {
            using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using StreamReader reader = new(file);
            return reader.ReadToEnd();
        }
        catch (IOException)
        {
            // Gone with the folder, or never written.
            return string.Empty;
        }
    }
}
