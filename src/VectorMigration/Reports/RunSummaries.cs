using System.Reflection;
using System.Text.Encodings.Web;
using System.Text.Json;
using VectorMigration.Errors;
using VectorMigration.Files;
using VectorMigration.Runs;
using VectorMigration.Verification;

namespace VectorMigration.Reports;

/// <summary>The summaries of runs in a log folder: one small file a run, <c>runs/&lt;start&gt;-&lt;run id&gt;/summary.json</c>.</summary>
public static class RunSummaries
{
    /// <summary>Name of the folder within the log folder.</summary>
    public const string FolderName = RunFolder.ParentName;

    /// <summary>A summary is some two kilobytes; what is larger than this is something else.</summary>
    private const long MostBytes = 1 << 20;

    /// <summary>Words stay words: the text goes to a file, never into a web page.</summary>
    private static readonly RunSummaryJson Json = new(new JsonSerializerOptions(
        RunSummaryJson.Default.Options)
    { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    /// <summary>The summary of a run that has ended.</summary>
    /// <param name="result">What it came to.</param>
    /// <param name="startedAt">When it began, UTC.</param>
    public static RunSummary Of(MigrationResult result, DateTimeOffset startedAt)
    {
        ArgumentNullException.ThrowIfNull(result);
        return new RunSummary
        {
            Format = RunSummary.FormatName,
            RunId = result.RunId,
            StartedAt = startedAt,
            Duration = result.Duration,
            Status = result.Status,
            ExitCode = result.ExitCode,
            ErrorId = result.Error?.ErrorId,
            ErrorKind = result.Error?.Kind,
            Version = typeof(RunSummaries).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? string.Empty,
            Collection = result.Collection,
            Endpoint = result.Endpoint,
            Source = result.Path,
            Journal = result.JournalPath,
            LostLogLines = result.LostLogLines,
            Error = result.Error?.Message,
            RecommendedAction = result.Error?.RecommendedAction is { Length: > 0 } next ? next : null,
            Warnings = result.Warnings,
            Indexing = result.Indexing?.Message,
            Plan = result.Plan is MigrationPlan plan ? Of(plan) : null,
            Counts = result.Counts,
            Perf = result.Perf,
            Verification = result.Verification is VerificationResult proof ? Of(proof) : null,
        };
    }

    /// <summary>Writes a summary into the folder of its run in a log folder and answers with its full path.</summary>
    /// <exception cref="MigrationException">It cannot be written.</exception>
    public static string Write(string logDirectory, RunSummary summary)
    {
        ArgumentNullException.ThrowIfNull(summary);
        RunFolder run = RunFolder.Of(logDirectory, summary.StartedAt, summary.RunId);
        try
        {
            Write(run, summary);
            return run.Summary;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw LogErrors.Unwritable(run.Summary, e);
        }
    }

    /// <summary>Writes the summary of a run into its folder, whole or not at all.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    internal static void Write(RunFolder run, RunSummary summary)
    {
        Directory.CreateDirectory(run.Path);
        WholeFile.Write(run.Summary, [.. JsonSerializer.SerializeToUtf8Bytes(summary, Json.RunSummary), (byte)'\n']);
    }

    /// <summary>Reads a summary.</summary>
    /// <exception cref="MigrationException">The file cannot be read or is no summary.</exception>
    public static RunSummary Read(string path)
    {
        try
        {
            using FileStream file = File.OpenRead(path);
            if (file.Length > MostBytes)
            {
                throw HistoryErrors.NoRun(path, $"it is {Units.Count(file.Length)} bytes long, and a summary has at most {Units.Count(MostBytes)}");
            }

            RunSummary? summary = JsonSerializer.Deserialize(file, Json.RunSummary);
            return summary?.Format == RunSummary.FormatName
                ? summary
                : throw HistoryErrors.NoRun(path, $"its \"format\" is not \"{RunSummary.FormatName}\"");
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
        {
            throw HistoryErrors.NoRun(path, "it is not a JSON object with the fields of a summary", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw HistoryErrors.Unreadable(path, e);
        }
    }

    /// <summary>The latest summaries of a log folder, latest first; what cannot be read is passed over.</summary>
    /// <param name="logDirectory">Log folder, which need not exist.</param>
    /// <param name="most">At most as many files are opened.</param>
    public static IEnumerable<RunSummary> Latest(string logDirectory, int most = 200)
    {
        string[] earlier;
        try
        {
            // Until version 0.1 summaries lay beside each other; they begin with the time, like the folders of runs.
            earlier = Directory.GetFiles(Path.Combine(logDirectory, FolderName), "*.json");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            earlier = [];
        }

        return earlier.Select(static path => (Name: Path.GetFileName(path), Path: path))
            .Concat(RunFolder.All(logDirectory).Select(static run => (Name: Path.GetFileName(run.Path), Path: run.Summary)))
            .OrderByDescending(static run => run.Name, StringComparer.Ordinal)
            .Take(most).Select(static run => TryRead(run.Path)).OfType<RunSummary>();
    }

    /// <summary>A summary; null where it cannot be read.</summary>
    internal static RunSummary? TryRead(string path)
    {
        try
        {
            return Read(path);
        }
        catch (MigrationException)
        {
            // A summary only serves forecasts; a run must not fail because of it.
            return null;
        }
    }

    private static RunSummaryPlan Of(MigrationPlan plan) => new()
    {
        Kind = plan.Index.Kind,
        Dimension = plan.Index.Dimension,
        Distance = plan.Settings.Distance,
        Offset = plan.Offset,
        Count = plan.Count,
        Batches = plan.Batches,
        Bytes = plan.Bytes,
        Flow = plan.Flow,
        FromPipeline = plan.FromPipeline,
        HasPayload = plan.PayloadPath is not null || plan.BringsPayload,
        ServerVersion = plan.ServerVersion,
        Protocol = plan.Protocol,
        IndexBytes = plan.Index.Identity.Length,
        Fingerprint = plan.Index.Identity.Fingerprint,
        Expected = plan.Expectation?.Duration,
        CreatesCollection = plan.CreatesCollection || plan.RecreatesCollection,
        Rows = [.. PlanRows.Of(plan).Select(static row => new RunSummaryRow(row.Label, row.Text))],
    };

    private static RunSummaryProof Of(VerificationResult proof) => new()
    {
        Mode = proof.Mode,
        Passed = proof.Passed,
        Expected = proof.Expected,
        Compared = proof.Compared,
        Missing = proof.Missing,
        Different = proof.Different,
        Duration = proof.Duration,
        CollectionCount = proof.CollectionCount,
        Extra = proof.Extra,
        Comparison = proof.Comparison,
        MaxDeviation = proof.MaxDeviation,
        PayloadPath = proof.PayloadPath,
        Sample = proof.Sample?.Statement,
        Repair = proof.Repair?.ToString(),
        Recall = proof.Recall,
    };
}
