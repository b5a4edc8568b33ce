using System.Buffers;
using System.Diagnostics;
using System.Net.Sockets;
using System.Threading.Channels;

namespace VectorMigration.Line;

/// <summary>
/// One way of one connection. What is read is stamped with the time at which it arrives and queued; a second loop hands it over at that time.
/// Delays are therefore those of the line however much is under way, and lateness of one piece is not added to the next.
/// </summary>
internal sealed class LinePipe(Socket from, Socket to, LineDirection direction, Func<LineOptions> options, long opened)
{
    private const int Piece = 64 << 10;

    // Timers go by whole milliseconds and are late rather than early: the last of them is left to the thread itself.
    private static readonly TimeSpan Resolution = TimeSpan.FromMilliseconds(1);

    private readonly Channel<InTransit> queue = Channel.CreateUnbounded<InTransit>(new UnboundedChannelOptions { SingleReader = true, SingleWriter = true });
    private readonly Channel<bool> room = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private long underWay;
    private long last;

    /// <summary>Carries bytes until the sender ends or either side breaks; the end is carried like data.</summary>
    public Task RunAsync(CancellationToken cancellationToken) => Task.WhenAll(ReadAsync(cancellationToken), WriteAsync(cancellationToken));

    private async Task ReadAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                while (Interlocked.Read(ref underWay) >= options().Window)
                {
                    if (!await room.Reader.WaitToReadAsync(cancellationToken).ConfigureAwait(false))
                    {
                        return;
                    }

                    room.Reader.TryRead(out _);
                }

                byte[] buffer = ArrayPool<byte>.Shared.Rent(Piece);
                int read = await ReadPieceAsync(buffer, cancellationToken).ConfigureAwait(false);
                if (read <= 0)
                {
                    ArrayPool<byte>.Shared.Return(buffer);
                    Enqueue([], read);
                    return;
                }

                Interlocked.Add(ref underWay, read);
                Enqueue(buffer, read);
            }
        }
        finally
        {
            queue.Writer.TryComplete();
        }
    }

    /// <summary>Bytes read; 0 at the end, −1 where the connection broke.</summary>
    private async ValueTask<int> ReadPieceAsync(byte[] buffer, CancellationToken cancellationToken)
    {
        try
        {
            return await from.ReceiveAsync(buffer.AsMemory(0, Piece), cancellationToken).ConfigureAwait(false);
        }
        catch (Exception broken) when (broken is SocketException or ObjectDisposedException)
        {
            return -1;
        }
    }

    private void Enqueue(byte[] buffer, int length)
    {
        LineOptions now = options();
        long start = Math.Max(Stopwatch.GetTimestamp(), opened + (now.Handshake ? 2 * LineDirection.Ticks(now.Delay) : 0));
        last = Math.Max(last, direction.Arrival(start, Math.Max(0, length), now));
        queue.Writer.TryWrite(new InTransit(buffer, length, last));
    }

    private async Task WriteAsync(CancellationToken cancellationToken)
    {
        await foreach (InTransit piece in queue.Reader.ReadAllAsync(cancellationToken).ConfigureAwait(false))
        {
            await UntilAsync(piece.Due, cancellationToken).ConfigureAwait(false);
            if (piece.Length <= 0)
            {
                End(broken: piece.Length < 0);
                return;
            }

            bool written = await TryWriteAsync(piece, cancellationToken).ConfigureAwait(false);
            ArrayPool<byte>.Shared.Return(piece.Buffer);
            Interlocked.Add(ref underWay, -piece.Length);
            room.Writer.TryWrite(true);
            if (!written)
            {
                // The receiver is gone; the sender learns it as it would from a reset.
                Abort(from);
                room.Writer.TryComplete();
                return;
            }
        }
    }

    private async ValueTask<bool> TryWriteAsync(InTransit piece, CancellationToken cancellationToken)
    {
        try
        {
            int written = 0;
            while (written < piece.Length)
            {
                written += await to.SendAsync(piece.Buffer.AsMemory(written, piece.Length - written), cancellationToken).ConfigureAwait(false);
            }

            return true;
        }
        catch (Exception broken) when (broken is SocketException or ObjectDisposedException)
        {
            return false;
        }
    }

    private static async ValueTask UntilAsync(long due, CancellationToken cancellationToken)
    {
        TimeSpan left = Stopwatch.GetElapsedTime(Stopwatch.GetTimestamp(), due);
        while (left > Resolution)
        {
            await Task.Delay(left - Resolution, cancellationToken).ConfigureAwait(false);
            left = Stopwatch.GetElapsedTime(Stopwatch.GetTimestamp(), due);
        }
    }

    private void End(bool broken)
    {
        if (broken)
        {
            Abort(to);
            return;
        }

        try
        {
            to.Shutdown(SocketShutdown.Send);
        }
        catch (Exception gone) when (gone is SocketException or ObjectDisposedException)
        {
            // It has ended already.
        }
    }

    private static void Abort(Socket socket)
    {
        try
        {
            socket.Close(0);
        }
        catch (Exception gone) when (gone is SocketException or ObjectDisposedException)
        {
            // It has ended already.
        }
    }

    /// <summary>A piece of data under way; length 0 is the end, −1 a broken connection.</summary>
    private readonly record struct InTransit(byte[] Buffer, int Length, long Due);
}
