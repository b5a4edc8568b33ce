using System.Buffers;
using System.Diagnostics.Tracing;

namespace VectorMigration.Fuzzing;

/// <summary>
/// Counts what a thread has on lease from the shared array pools, by the events of the pools themselves: memory that is used again
/// is no allocation, but it is memory. Only rents and returns of a measured thread are counted.
/// </summary>
internal sealed class PoolMeter : EventListener
{
    private const string Pools = "System.Buffers.ArrayPoolEventSource";
    private const int Rented = 1;
    private const int Returned = 3;

    [ThreadStatic]
    private static bool measuring;

    [ThreadStatic]
    private static long leased;

    [ThreadStatic]
    private static long peak;

    private static readonly Dictionary<int, int> ElementSizes = new()
    {
        [ArrayPool<byte>.Shared.GetHashCode()] = sizeof(byte),
        [ArrayPool<int>.Shared.GetHashCode()] = sizeof(int),
        [ArrayPool<float>.Shared.GetHashCode()] = sizeof(float),
        [ArrayPool<long>.Shared.GetHashCode()] = sizeof(long),
    };

    /// <summary>Begins to count on this thread.</summary>
    public static void Begin()
    {
        leased = 0;
        peak = 0;
        measuring = true;
    }

    /// <summary>Ends counting; the most bytes that were on lease at once, and those that were not given back.</summary>
    public static (long Peak, long Kept) End()
    {
        measuring = false;
        return (peak, leased);
    }

    /// <inheritdoc/>
    protected override void OnEventSourceCreated(EventSource eventSource)
    {
        ArgumentNullException.ThrowIfNull(eventSource);
        if (eventSource.Name == Pools)
        {
            EnableEvents(eventSource, EventLevel.Verbose);
        }
    }

    /// <inheritdoc/>
    protected override void OnEventWritten(EventWrittenEventArgs eventData)
    {
        if (!measuring || eventData is not { EventId: Rented or Returned, Payload: [_, int length, int pool, ..] })
        {
            return;
        }

        // An empty array is handed out without a lease, but taken back like any other.
        long bytes = (long)length * ElementSizes.GetValueOrDefault(pool, sizeof(long));
        leased += eventData.EventId == Rented ? bytes : -bytes;
        peak = Math.Max(peak, leased);
    }
}
