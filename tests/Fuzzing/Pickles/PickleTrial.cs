using System.Buffers;
using System.Diagnostics;
using VectorMigration.SideFiles.Pickles;
using VectorMigration.SideFiles.Stores;

namespace VectorMigration.Fuzzing.Pickles;

/// <summary>Recognises a damaged pickle, reads it, makes a store of it where it is one, and renders what it holds, as all commands together do.</summary>
internal static class PickleTrial
{
    /// <summary>Longest time a pickle may take.</summary>
    public static readonly TimeSpan TimeLimit = TimeSpan.FromSeconds(2);

    /// <summary>Bytes that may be allocated in all for each byte of the file, freed or not.</summary>
    public const int MemoryFactor = 400;

    /// <summary>Bytes that may be allocated in any case.</summary>
    public const long AlwaysMemory = 1 << 20;

    private const int LongestMessage = 1_000;
    private const string Name = "fuzz.pkl";

    /// <summary>Reads one pickle.</summary>
    public static TrialResult Run(byte[] bytes)
    {
        long allocated = GC.GetAllocatedBytesForCurrentThread();
        long started = Stopwatch.GetTimestamp();
        long rendered = 0;
        (TrialEnd end, string reason) = Attempt(bytes, ref rendered);
        TimeSpan time = Stopwatch.GetElapsedTime(started);
        long memory = GC.GetAllocatedBytesForCurrentThread() - allocated - bytes.Length;

        // What was rendered has limits of its own; a buffer that doubles has allocated at most four times what it holds.
        bool isTooMuch = memory > AlwaysMemory + ((long)bytes.Length * MemoryFactor) + (4 * rendered);
        string? fault = end == TrialEnd.Fault ? reason : isTooMuch ? $"it took {memory} bytes more than its {bytes.Length}" : null;
        return new TrialResult(fault is null ? end : TrialEnd.Fault, fault ?? reason, time, memory);
    }

    private static (TrialEnd End, string Reason) Attempt(byte[] bytes, ref long rendered)
    {
        try
        {
            LangChainStore.Recognizes(new MemoryStream(bytes), bytes.Length, CancellationToken.None);
            PickleContent content = PickleReader.Read(new MemoryStream(bytes), bytes.Length, Name, new PickleLimits(), CancellationToken.None);
            if (content.Length + content.TrailingBytes != bytes.Length || content.InertClasses.Any(name => name.Any(char.IsControl)))
            {
                return (TrialEnd.Fault, "what is told of it is not so");
            }

            if (content.Root is not (PickleTuple or PickleRecord))
            {
                ArrayBufferWriter<byte> output = new();
                new ValueJson(Name, StorePickles.Text("d"), LargeInteger.Text).WriteObject(output, [("v", content.Root)]);
                rendered = output.WrittenCount;
                return (TrialEnd.Described, "a value");
            }

            LangChainStore store = LangChainStore.Read(new MemoryStream(bytes), bytes.Length, Name, CancellationToken.None);
            rendered = store.Check(LargeInteger.Text, CancellationToken.None);
            return (TrialEnd.Read, "a store");
        }
        catch (MigrationException error)
        {
            return WrongWithError(error) is string wrong ? (TrialEnd.Fault, $"{wrong}: {error.ErrorId}: {error.Message}") : (TrialEnd.Rejected, error.ErrorId);
        }
        catch (Exception error)
        {
            return (TrialEnd.Fault, error.ToString());
        }
    }

    private static string? WrongWithError(MigrationException error) =>
        error.Message.Length > LongestMessage ? "an error of too many words"
        : error.Message.Any(char.IsControl) ? "an error with control characters"
        : string.IsNullOrWhiteSpace(error.RecommendedAction) ? "an error that says not what to do"
        : error.ErrorId.StartsWith("Pickle", StringComparison.Ordinal) && !error.Message.Contains("offset ", StringComparison.Ordinal)
            && !error.Message.Contains(" as JSON, ", StringComparison.Ordinal) ? "an error without its place"
        : null;
}
