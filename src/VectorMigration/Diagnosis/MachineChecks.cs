using VectorMigration.Runs;
using VectorMigration.Store;

namespace VectorMigration.Diagnosis;

/// <summary>Clocks, disks and memory of both sides, as far as they are told.</summary>
internal static class MachineChecks
{
    /// <summary>The server tells its time in whole seconds, and the answer travels.</summary>
    private static readonly TimeSpan ClockDifference = TimeSpan.FromSeconds(5);

    /// <summary>Logs and journal of a long run need less than a hundred megabytes; below this, a run may not even begin them.</summary>
    private const string NothingLeft = " The run has nothing left to send. What the collection needs as it is, is not known.";
    private const long LeastDisk = 50_000_000;
    private const long LittleDisk = 1_000_000_000;

    /// <summary>Memory of a run with large batches.</summary>
    private const long LittleMemory = 500_000_000;

    /// <summary>Optimising needs room for a second copy of what it works on.</summary>
    private const double Headroom = 2;

    /// <summary>The difference of the clocks.</summary>
    /// <param name="answer">An answer that tells the server's time; null where there is none.</param>
    /// <param name="reason">Why there is none.</param>
    public static ConnectionCheck Clock(RestFindings? answer, string reason)
    {
        if (answer is not { Date: DateTimeOffset told })
        {
            return ConnectionCheck.Skip(CheckNames.Clock, answer is null ? reason : "The server does not tell its time.");
        }

        // A whole second stands for the time until the next one.
        TimeSpan difference = told + TimeSpan.FromSeconds(0.5) - answer.AskedAt;
        return difference.Duration() > ClockDifference
            ? ConnectionCheck.Warn(
                CheckNames.Clock, $"The server's clock is {Units.Time(difference.Duration())} "
                    + $"{(difference > TimeSpan.Zero ? "ahead of" : "behind")} this machine's.",
                "Set both clocks by NTP. Tokens and certificates may look expired, and logs of both sides do not match.")
            : ConnectionCheck.Pass(CheckNames.Clock, "The clocks of both machines agree.");
    }

    /// <summary>The disk of logs and journal.</summary>
    /// <param name="folder">Full path of the log folder.</param>
    /// <param name="refusal">Why nothing can be written there; null where it can.</param>
    /// <param name="free">Free bytes; null where they are not known.</param>
    public static ConnectionCheck ClientDisk(string folder, Exception? refusal, long? free)
    {
        if (refusal is not null)
        {
            return ConnectionCheck.Fail(CheckNames.ClientDisk, LogErrors.Unwritable(folder, refusal));
        }

        return free switch
        {
            null => ConnectionCheck.Skip(CheckNames.ClientDisk, $"The free space of {folder} is not known."),
            < LeastDisk => ConnectionCheck.Fail(
                CheckNames.ClientDisk, $"{Units.Bytes(free.Value)} are free at {folder}. Logs and journal need up to {Units.Bytes(LeastDisk)}.",
                "Free disk space, or use -LogDirectory for another disk."),
            < LittleDisk => ConnectionCheck.Warn(
                CheckNames.ClientDisk, $"{Units.Bytes(free.Value)} are free at {folder}, where logs and journal are written.",
                "Free disk space, or use -LogDirectory for another disk."),
            _ => ConnectionCheck.Pass(CheckNames.ClientDisk, $"{Units.Bytes(free.Value)} are free at {folder}, where logs and journal are written."),
        };
    }

    /// <summary>Memory of this machine.</summary>
    /// <param name="available">Bytes that this process can take.</param>
    public static ConnectionCheck ClientMemory(long available) => available < LittleMemory
        ? ConnectionCheck.Warn(CheckNames.ClientMemory, $"{Units.Bytes(available)} of memory are available here.",
            "Use a smaller -BatchSize and -ThrottleLimit, or give the process more memory.")
        : ConnectionCheck.Pass(CheckNames.ClientMemory, $"{Units.Bytes(available)} of memory are available here.");

    /// <summary>The disk of the server.</summary>
    /// <param name="told">What the server says of its machine, or null.</param>
    /// <param name="run">What is to be sent, or null.</param>
    /// <param name="reason">Why the server says nothing.</param>
    public static ConnectionCheck ServerDisk(ServerTelemetry? told, ExpectedLoad? run, string reason)
    {
        string need = run is { Points: 0 } ? NothingLeft
            : run?.Disk is long disk ? $" The run needs about {Units.Bytes(disk * Headroom)} there, half of it for a while only." : string.Empty;
        if (told?.Disk is not long size)
        {
            return ConnectionCheck.Skip(CheckNames.ServerDisk, $"{reason}{need}", need.Length == 0 ? string.Empty : "Check the free space at the server.");
        }

        return run?.Disk is long needed && needed * Headroom > size
            ? ConnectionCheck.Fail(CheckNames.ServerDisk, $"The server's disks hold {Units.Bytes(size)} in all.{need}", "Give the server a larger disk.")
            : ConnectionCheck.Skip(
                CheckNames.ServerDisk, $"Qdrant reports {Units.Bytes(size)} in all, but not how much of it is free.{need}",
                "Check the free space at the server.");
    }

    /// <summary>The memory of the server.</summary>
    /// <param name="told">What the server says of its machine, or null.</param>
    /// <param name="run">What is to be sent, or null.</param>
    /// <param name="reason">Why the server says nothing.</param>
    public static ConnectionCheck ServerMemory(ServerTelemetry? told, ExpectedLoad? run, string reason)
    {
        string need = run is { Points: 0 } ? NothingLeft
            : run?.Memory is long memory ? $" The collection needs about {Units.Bytes(memory)} of memory when it is indexed." : string.Empty;
        if (told?.Memory is not long size)
        {
            return ConnectionCheck.Skip(CheckNames.ServerMemory, $"{reason}{need}", need.Length == 0 ? string.Empty : "Check the memory of the server.");
        }

        long left = size - (told.ResidentMemory ?? 0);
        string words = $"The server's machine has {Units.Bytes(size)} of memory"
            + (told.ResidentMemory is long used ? $", of which Qdrant uses {Units.Bytes(used)}" : string.Empty) + "."
            + (told.IsInContainer ? " A limit of its container is not reported." : string.Empty) + need;
        return run?.Memory is long needed && needed > left
            ? ConnectionCheck.Warn(
                CheckNames.ServerMemory, words, "Keep vectors on disk (-OnDisk), use -Quantization, or give the server more memory.")
            : ConnectionCheck.Pass(CheckNames.ServerMemory, words);
    }
}
