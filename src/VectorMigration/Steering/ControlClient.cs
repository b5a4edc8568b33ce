using System.IO.Pipes;
using System.Net.Sockets;
using System.Security.Principal;
using System.Text.Json;

namespace VectorMigration.Steering;

/// <summary>The side of a channel that another session has.</summary>
internal static class ControlClient
{
    private const int MostReplyBytes = 64 << 10;
    private static readonly TimeSpan ConnectLimit = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    /// <summary>
    /// Whether a text can be the address of a run's channel. A file of a folder that others write to could name any socket of this machine.
    /// </summary>
    public static bool IsAddress(string address) => OperatingSystem.IsWindows()
        ? address.StartsWith(PipeListener.Prefix, StringComparison.Ordinal) && address.All(static sign => char.IsAsciiLetterOrDigit(sign) || sign == '-')
        : Path.IsPathRooted(address) && Path.GetFileName(address) == SocketListener.FileName
            && Path.GetFileName(Path.GetDirectoryName(address))?.StartsWith(SocketListener.FolderPrefix, StringComparison.Ordinal) == true;

    /// <summary>Says something to a run and returns what it answers; null where nobody answers as a run does.</summary>
    /// <param name="address">Where.</param>
    /// <param name="request">What.</param>
    /// <param name="limit">Longest wait for the answer.</param>
    /// <param name="cancellationToken">Abandons it.</param>
    public static async Task<SteeringReply?> AskAsync(string address, SteeringRequest request, TimeSpan limit, CancellationToken cancellationToken)
    {
        if (!IsAddress(address))
        {
            return null;
        }

        using var waiting = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        waiting.CancelAfter(ConnectLimit + limit);
        try
        {
            Stream stream = await ConnectAsync(address, waiting.Token).ConfigureAwait(false);
            await using (stream.ConfigureAwait(false))
            {
                byte[] line = JsonSerializer.SerializeToUtf8Bytes(request, RunFileJson.Default.SteeringRequest);
                await stream.WriteAsync((byte[])[.. line, (byte)'\n'], waiting.Token).ConfigureAwait(false);
                string? said = await ControlChannel.ReadLineAsync(stream, MostReplyBytes, waiting.Token).ConfigureAwait(false);
                return said is null ? null : JsonSerializer.Deserialize(said, RunFileJson.Default.SteeringReply);
            }
        }
        catch (Exception e) when (e is IOException or SocketException or JsonException or TimeoutException or UnauthorizedAccessException
            || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return null;
        }
    }

    private static async Task<Stream> ConnectAsync(string address, CancellationToken cancellationToken)
    {
        if (OperatingSystem.IsWindows())
        {
            // The run learns who asks, but cannot act in that user's name.
            NamedPipeClientStream pipe = new(".", address, PipeDirection.InOut, PipeOptions.Asynchronous, TokenImpersonationLevel.Identification);
            try
            {
                await pipe.ConnectAsync(ConnectLimit, cancellationToken).ConfigureAwait(false);
                return pipe;
            }
            catch
            {
                await pipe.DisposeAsync().ConfigureAwait(false);
                throw;
            }
        }

        Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            while (true)
            {
                try
                {
                    await socket.ConnectAsync(new UnixDomainSocketEndPoint(address), cancellationToken).ConfigureAwait(false);
                    return new NetworkStream(socket, ownsSocket: true);
                }
                catch (SocketException e) when (e.SocketErrorCode == SocketError.WouldBlock)
                {
                    // Too many sessions wait already. They are met within seconds, or turned away.
                    await Task.Delay(Pause, cancellationToken).ConfigureAwait(false);
                }
            }
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
