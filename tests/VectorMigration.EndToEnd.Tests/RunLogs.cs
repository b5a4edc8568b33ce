namespace VectorMigration.EndToEnd.Tests;

/// <summary>The lines that runs have logged, also while they are under way.</summary>
internal static class RunLogs
{
    /// <summary>The lines of all runs of a log folder; the last one of a run that was killed may be torn.</summary>
    public static IEnumerable<string> Lines(string logs)
    {
        foreach (RunFolder run in RunFolder.All(logs).Where(static run => File.Exists(run.Log)))
        {
            using FileStream file = new(run.Log, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using StreamReader reader = new(file);
            while (reader.ReadLine() is string line)
            {
                yield return line;
            }
        }
    }

    /// <summary>Batches that they tell of.</summary>
    public static int Batches(string logs) => Lines(logs).Count(static line => line.Contains("\"event\":\"batch\"", StringComparison.Ordinal));
}
