using System.Buffers;
using System.Runtime.CompilerServices;

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

    /// <summary>Bytes of large buffers that were left since the last collection: the memory is that of the whole process.</summary>
    private static readonly StrongBox<long> Left = new();

    /// <summary>A buffer of at least so many bytes.</summary>
    public static byte[] Rent(int least)
    {
        if (least <= Largest)
        {
            return ArrayPool<byte>.Shared.Rent(least);
        }

        MakeRoom();
        return GC.AllocateUninitializedArray<byte>(least);
    }

    /// <summary>Gives a buffer back.</summary>
    public static void Return(byte[] buffer)
    {
        ArgumentNullException.ThrowIfNull(buffer);
        if (buffer.Length > Largest)
        {
            Leave(buffer.Length);
        }
        else if (buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>So many bytes of a buffer from elsewhere are used no longer, or soon will not be; small ones do not count.</summary>
    public static void Leave(long bytes)
    {
        if (bytes > Largest)
        {
            Interlocked.Add(ref Left.Value, bytes);
        }
    }

    /// <summary>Collects what was left, where it is much: before the next large buffer is made, when the last ones are held by nobody any more.</summary>
    public static void MakeRoom()
    {
        long sum = Volatile.Read(ref Left.Value);
        if (sum >= MostLeft && Interlocked.CompareExchange(ref Left.Value, 0, sum) == sum)
        {
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        }
    }
}
