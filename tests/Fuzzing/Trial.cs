using System.Diagnostics;
using System.Text.RegularExpressions;

namespace VectorMigration.Fuzzing;

/// <summary>What came of reading a damaged file.</summary>
internal enum TrialEnd
{
    /// <summary>All of it was read: the damage is where no reader can see it, or none.</summary>
    Read,

    /// <summary>Described, and refused by its kind, whose vectors are not read.</summary>
    Described,

    /// <summary>Refused with an error that names offset, field, expected and found.</summary>
    Rejected,

    /// <summary>Anything else: what must not be.</summary>
    Fault,
}

/// <summary>How reading a damaged file ended and what it cost.</summary>
/// <param name="End">How.</param>
/// <param name="Reason">Error id, or what is wrong.</param>
/// <param name="Time">Wall-clock time.</param>
/// <param name="Memory">Bytes allocated in all, plus the most that were on lease from pools at once, less the length of the file.</param>
internal readonly record struct TrialResult(TrialEnd End, string Reason, TimeSpan Time, long Memory)
{
    /// <summary>Wall-clock time of the first reading, where it was read again because that was slow.</summary>
    public TimeSpan FirstTime { get; init; } = Time;

    /// <summary>How often it was read again.</summary>
    public int Again { get; init; }
}

/// <summary>Describes a damaged file, opens it, reads every vector and id, and scans it, as all commands together do.</summary>
internal static partial class Trial
{
    /// <summary>Longest time a file may take.</summary>
    public static readonly TimeSpan TimeLimit = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Bytes that reading may take beyond twice the length of the file, whose numbers of quantizers are read at each of two openings: three windows, buffers
    /// of digests, the block of ids, tables of lists, rounding of pools.
    /// </summary>
    public const long MemoryLimit = 3 << 19;

    /// <summary>
    /// Decoded vectors that may be held beyond that, in bytes: the scan reads blocks of that size, and codes of few bits (LSH, binary vectors) decode to
    /// many times the length of the file. They are counted once as allocated, once as on lease, and once more for the reading.
    /// </summary>
    public const long DecodedLimit = 4 << 20;

    private const int BatchBytes = 64 << 10;

    /// <summary>Longest message: no error repeats a file.</summary>
    private const int LongestMessage = 1_000;

    /// <summary>Reads one file.</summary>
    public static TrialResult Run(FuzzCase file)
    {
        long allocated = GC.GetAllocatedBytesForCurrentThread();
        long started = Stopwatch.GetTimestamp();
        PoolMeter.Begin();
        long decoded = 0;
        (TrialEnd end, string reason) = Attempt(
            () => new FaissFile(file.Path, new MemoryBytes(file.Bytes)), file.Bytes.Length, described => decoded = Held(described));
        (long peak, long kept) = PoolMeter.End();
        TimeSpan time = Stopwatch.GetElapsedTime(started);
        long memory = GC.GetAllocatedBytesForCurrentThread() - allocated + peak - file.Bytes.Length;
        string? fault = end == TrialEnd.Fault ? reason
            : memory > MemoryLimit + file.Bytes.Length + decoded ? $"it took {memory} bytes more than its length"
            : kept > 0 ? $"{kept} bytes were not given back to the pool"
            : null;
        return new TrialResult(fault is null ? end : TrialEnd.Fault, fault ?? reason, time, memory);
    }

    /// <summary>Reads what <paramref name="open"/> opens, twice: once for the description, once for the vectors.</summary>
    public static (TrialEnd End, string Reason) Attempt(Func<FaissFile> open, long length, Action<IndexDescription>? onDescribed = null)
    {
        try
        {
            IndexDescription described;
            using (OpenedIndex index = OpenedIndex.Open(open()))
            {
                described = index.Description;
            }

            onDescribed?.Invoke(described);
            if (Impossible(described) is string impossible)
            {
                return (TrialEnd.Fault, impossible);
            }

            using IVectorSource source = FaissIndex.SourceOf(OpenedIndex.Open(open()), allowDecoded: true);
            ReadAll(source);
            new IndexScanner(source).Run(null, CancellationToken.None);
            return (TrialEnd.Read, described.FourCC);
        }
        catch (MigrationException error) when (error.ErrorId == "UnsupportedIndexKind")
        {
            return (TrialEnd.Described, error.ErrorId);
        }
        catch (MigrationException error)
        {
            return WrongWithError(error, length) is string wrong ? (TrialEnd.Fault, $"{wrong}: {error.ErrorId}: {error.Message}")
                : (TrialEnd.Rejected, error.ErrorId);
        }
        catch (Exception error)
        {
            return (TrialEnd.Fault, error.ToString());
        }
    }

    /// <summary>Bytes of decoded vectors that may be held of an index: all, or a block and the vector that reaches over its end.</summary>
    private static long Held(IndexDescription index)
    {
        long vector = (long)sizeof(float) * index.Dimension;
        return 3 * (long)Int128.Min((Int128)vector * index.Count, DecodedLimit + vector);
    }

    /// <summary>What a description says that cannot be; null where nothing is wrong with it.</summary>
    private static string? Impossible(IndexDescription index)
    {
        if (index.Count < 0 || index.Dimension is < 1 or > IndexParser.MaximalDimension || index.TrailingBytes < 0)
        {
            return $"described as {index.Count} vectors of {index.Dimension} components, {index.TrailingBytes} bytes behind";
        }

        long components = 0;
        bool codes = false;
        foreach (IndexRegion region in index.Regions)
        {
            long length = region.File == index.Path ? index.Size : new FileInfo(region.File).Length;
            if (region.Offset < 0 || region.Length < 0 || region.Offset > length - region.Length)
            {
                return $"region {region} lies outside its file of {length} bytes";
            }

            components += region.Content == RegionContent.Components ? region.Length : 0;
            codes |= region.Content == RegionContent.Codes;
        }

        return index.IsSupported && !codes && components != index.Count * index.Dimension * sizeof(float)
            ? $"{components} bytes hold {index.Count} vectors of {index.Dimension}" : null;
    }

    private static void ReadAll(IVectorSource source)
    {
        IndexDescription index = source.Description;
        int rows = 1 + (BatchBytes / (sizeof(float) * index.Dimension));
        for (long next = 0; next < index.Count; next += rows)
        {
            int expected = (int)Math.Min(rows, index.Count - next);
            using VectorBatch batch = source.Read(next, expected, CancellationToken.None);
            if (batch.Count != expected || batch.FirstOrdinal != next || batch.Components.Length != expected * index.Dimension)
            {
                throw new InvalidOperationException($"Asked for {expected} vectors from {next} on, got {batch.Count} from {batch.FirstOrdinal} on.");
            }
        }
    }

    /// <summary>What an error lacks; null where it lacks nothing.</summary>
    public static string? WrongWithError(MigrationException error, long length)
    {
        Match place = Place().Match(error.Message);
        return !place.Success ? "an error without offset, field, expected and found"
            : !long.TryParse(place.Groups[1].Value, out long offset) || offset > length ? "an error at an offset outside the file"
            : error.Message.Length > LongestMessage + (error.Target?.ToString()?.Length ?? 0) ? "an error of too many words"
            : error.Message.Any(char.IsControl) ? "an error with control characters"
            : string.IsNullOrWhiteSpace(error.RecommendedAction) ? "an error that says not what to do"
            : null;
    }

    [GeneratedRegex(@"at offset (\d+)(?: of the index)?, field '[^']+'[^,]*, expected .+, found .+")]
    private static partial Regex Place();
}
