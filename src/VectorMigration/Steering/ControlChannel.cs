using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using VectorMigration.Errors;

namespace VectorMigration.Steering;

/// <summary>
/// The side of a channel that the run has: takes one line from each session, bounded in size and time, and answers with one. Whatever a session does, the run
/// goes on.
/// </summary>
internal sealed class ControlChannel : IDisposable
{
    /// <summary>Bytes of the longest line.</summary>
    public const int MostBytes = 4096;

    /// <summary>Sessions that are answered at once; others wait.</summary>
    private const int AtOnce = 4;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(1);
    private readonly IChannelListener listener;
    private readonly Func<string, ChannelAnswer> answer;
    private readonly TimeSpan limit;
    private readonly CancellationTokenSource ended = new();
    private readonly SemaphoreSlim places = new(AtOnce, AtOnce);
    private int isDisposed;

    /// <summary>Begins to listen.</summary>
    /// <param name="listener">Where; disposed with this.</param>
    /// <param name="answer">Answers a line.</param>
    /// <param name="limit">How long a session may take to say its line, and to take the answer.</param>
    public ControlChannel(IChannelListener listener, Func<string, ChannelAnswer> answer, TimeSpan limit)
    {
        this.listener = listener;
        this.answer = answer;
        this.limit = limit;
        _ = Task.Run(ListenAsync);
    }

    /// <summary>Where it is.</summary>
    public string Address => listener.Address;

    /// <summary>Opens the channel of this system.</summary>
    /// <exception cref="IOException">It cannot be opened.</exception>
    public static IChannelListener Listen() => OperatingSystem.IsWindows() ? PipeListener.Open() : SocketListener.Open();

    /// <inheritdoc/>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref isDisposed, 1) != 0)
        {
            return;
        }

        // An answer that is being sent is the end of somebody's wait.
        SpinWait.SpinUntil(() => places.CurrentCount >= AtOnce - 1, EndLimit);
        ended.Cancel();
        listener.Dispose();
    }

    private async Task ListenAsync()
    {
        while (!ended.IsCancellationRequested)
        {
            try
            {
                await places.WaitAsync(ended.Token).ConfigureAwait(false);
                Stream peer;
                try
                {
                    peer = await listener.AcceptAsync(ended.Token).ConfigureAwait(false);
                }
                catch
                {
                    places.Release();
                    throw;
                }

                _ = ServeAsync(peer);
            }
            catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
            {
                return;
            }
            catch (Exception e) when (e is IOException or SocketException or UnauthorizedAccessException)
            {
                // The session was gone before it was met, or the system has no room: the next one may be luckier.
                await Task.Delay(Pause).ConfigureAwait(false);
            }
        }
    }

    private async Task ServeAsync(Stream peer)
    {
        try
        {
            ChannelAnswer given;
            await using (peer.ConfigureAwait(false))
            {
                using var reading = CancellationTokenSource.CreateLinkedTokenSource(ended.Token);
                reading.CancelAfter(limit);
                string? line = await ReadLineAsync(peer, MostBytes, reading.Token).ConfigureAwait(false);
                if (line is null)
                {
                    return;
                }

                given = answer(line);
                using CancellationTokenSource writing = new(limit);
                await peer.WriteAsync((byte[])[.. given.Line, (byte)'\n'], writing.Token).ConfigureAwait(false);
            }

            given.Afterwards?.Invoke();
        }
        catch (Exception e) when (e is IOException or SocketException or OperationCanceledException or ObjectDisposedException or InvalidOperationException
            or UnauthorizedAccessException or JsonException or MigrationException)
        {
            // The session is gone, hangs or talks nonsense. That is its own affair.
        }
        finally
        {
            places.Release();
        }
    }

    /// <summary>One line of UTF-8; null where it is longer than allowed, not text, or not ended.</summary>
    internal static async Task<string?> ReadLineAsync(Stream stream, int most, CancellationToken cancellationToken)
    {
        byte[] line = new byte[most];
        int length = 0;
        while (length < most)
        {
            int read = await stream.ReadAsync(line.AsMemory(length), cancellationToken).ConfigureAwait(false);
            if (read == 0)
            {
                return null;
            }

            int end = line.AsSpan(length, read).IndexOf((byte)'\n');
            if (end >= 0)
            {
                return Encoding.UTF8.GetString(line, 0, length + end);
            }

            length += read;
        }

        return null;
    }
}
