using System.Globalization;
using VectorMigration.TestSupport;

namespace VectorMigration.EndToEnd.Tests.Faults;

/// <summary>What one fault came to, seen by the witness.</summary>
/// <param name="Fault">What was done.</param>
/// <param name="Times">How often.</param>
/// <param name="Runs">Runs of the tool until one ended with 0.</param>
/// <param name="Vectors">Vectors of the index.</param>
/// <param name="Again">Vectors that were acknowledged more than once.</param>
/// <param name="Repeated">Attempts beyond one a batch.</param>
/// <param name="Rejected">Requests that the rate limit refused.</param>
/// <param name="Lost">Vectors that are not there.</param>
/// <param name="Duplicated">Points that are too many.</param>
/// <param name="Wrong">Vectors that are not what they were.</param>
/// <param name="Duration">All runs together.</param>
internal sealed record FaultRow(string Fault, int Times, int Runs, long Vectors, long Again, long Repeated, long Rejected, long Lost, long Duplicated,
    long Wrong, TimeSpan Duration)
{
    /// <summary>Expects that nothing was lost, duplicated or changed.</summary>
    public void ShouldBeWhole()
    {
        Lost.ShouldBe(0, Fault);
        Duplicated.ShouldBe(0, Fault);
        Wrong.ShouldBe(0, Fault);
    }
}

/// <summary>Collects the rows: <c>./build.sh faults</c> plays every fault in full and prints them; the tests play a short form.</summary>
internal static class FaultTable
{
    private static readonly Lock Gate = new();

    /// <summary>True under <c>./build.sh faults</c>.</summary>
    public static bool IsFull => Environment.GetEnvironmentVariable("VECTORMIGRATION_FAULTS") == "full";

    /// <summary>A number of times.</summary>
    public static int Times(int full, int brief) => IsFull ? full : brief;

    /// <summary>Adds a row.</summary>
    public static void Add(FaultRow row) => Write(string.Create(
        CultureInfo.InvariantCulture,
        $"| {row.Fault} | {row.Times} | {row.Runs} | {row.Vectors:N0} | {row.Again:N0} | {row.Repeated:N0} | {row.Rejected:N0} | **{row.Lost}** | "
            + $"**{row.Duplicated}** | **{row.Wrong}** | {row.Duration.TotalSeconds:N1} |"));

    /// <summary>Says that a fault could not be played on this machine; the test run tells it in its last lines.</summary>
    public static void NotRun(string fault, string reason)
    {
        Write($"| {fault} | NOT RUN: {reason} | | | | | | | | | |");
        string notes = Path.Combine(QdrantServer.RepositoryRoot(), "artifacts", "test", "not-run.txt");
        Directory.CreateDirectory(Path.GetDirectoryName(notes)!);
        lock (Gate)
        {
            File.AppendAllText(notes, $"NOT RUN: {fault}, because {reason}\n");
        }
    }

    private static void Write(string line)
    {
        if (!IsFull)
        {
            return;
        }

        string path = Path.Combine(QdrantServer.RepositoryRoot(), "artifacts", "faults", "rows.md");
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        lock (Gate)
        {
            File.AppendAllText(path, line + "\n");
        }
    }
}
