using System.Diagnostics;

namespace VectorMigration.Line;

/// <summary>One way of the line, shared by all connections: says when a piece of data that sets out now arrives.</summary>
internal sealed class LineDirection(int seed)
{
    private readonly Lock gate = new();
    private readonly Random random = new(seed);
    private long freeAt;

    /// <summary>Time stamp at which <paramref name="bytes"/> bytes that set out at <paramref name="from"/> have come through.</summary>
    public long Arrival(long from, int bytes, LineOptions options)
    {
        lock (gate)
        {
            long sent = from;
            if (options.BytesPerSecond > 0)
            {
                // One piece after the other goes onto the line.
                sent = Math.Max(from, freeAt) + (long)((double)bytes / options.BytesPerSecond * Stopwatch.Frequency);
                freeAt = sent;
            }

            return sent + Ticks(options.Delay + (options.Jitter * random.NextDouble()));
        }
    }

    /// <summary>A duration in units of <see cref="Stopwatch"/>.</summary>
    public static long Ticks(TimeSpan duration) => (long)(duration.TotalSeconds * Stopwatch.Frequency);
}
