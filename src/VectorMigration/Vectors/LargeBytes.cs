using System.Buffers;

namespace VectorMigration.Vectors;

/// <summary>
/// Buffers for payloads of any weight. Small ones come from the shared pool. Large ones are made to measure and left to the collector: the pool would keep
/// them, rounded up to the next power of two, for each thread that gave one back. When many large ones were left, they are collected at once, because the
/// collector waits for them longer than the memory of a small process allows. Thread-safe.
/// </summary>
public static class LargeBytes
{
    /// <summary>Buffers beyond this are large.</summary>
    public const int Largest = 1 << 20;

    /// <summary>Bytes of large buffers that may wait for the collector.</summary>
    private const long MostLeft = 16 << 20;

    private static long left;

    /// <summary>A buffer of at least so many bytes.</summary>
    public static byte[] Rent(int least) => least <= Largest ? ArrayPool<byte>.Shared.Rent(least) : GC.AllocateUninitializedArray<byte>(least);

    /// <summary>Gives a buffer back.</summary>
    public static void Return(byte[] buffer)
    {
        ArgumentNullException.ThrowIfNull(buffer);
        if (buffer.Length <= Largest)
        {
            if (buffer.Length > 0)
            {
                ArrayPool<byte>.Shared.Return(buffer);
            }

            return;
        }

        Leave(buffer.Length);
    }

    /// <summary>So many bytes of buffers from elsewhere are used no longer; nothing happens where they are few.</summary>
    public static void Leave(long bytes)
    {
        if (bytes > Largest && Interlocked.Add(ref left, bytes) is long sum && sum >= MostLeft && Interlocked.CompareExchange(ref left, 0, sum) == sum)
        {
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        }
    }
}
