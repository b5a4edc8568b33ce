using System.Text;
using VectorMigration.Errors;
using VectorMigration.Files;
using VectorMigration.Runs;

namespace VectorMigration.Reports;

/// <summary>
/// The metrics of a run as a file for the textfile collectors of node_exporter and windows_exporter: replaced in one step, so that a collector never reads
/// half of it. Where a reader holds it, the next writing is tried.
/// </summary>
internal sealed class MetricsFile
{
    /// <summary>An earlier file of metrics is some kilobytes.</summary>
    private const int MostBytes = 1 << 20;

    private readonly string path;
    private readonly RunMetrics metrics;
    private readonly Lock writing = new();

    private MetricsFile(string path, RunMetrics metrics) => (this.path, this.metrics) = (path, metrics);

    /// <summary>Makes sure that the file can be written.</summary>
    /// <exception cref="MigrationException">It cannot be written, or is another file.</exception>
    public static MetricsFile Open(string path, RunMetrics metrics)
    {
        if (OwnFile.Refusal(path, OwnFile.MetricsMark, "a metrics file") is Exception refused)
        {
            throw LogErrors.MetricsUnwritable(path, refused);
        }

        MetricsFile file = new(path, metrics);
        return file.TryWrite() is Exception failure ? throw LogErrors.MetricsUnwritable(path, failure) : file;
    }

    /// <summary>When a run last succeeded, by the file of an earlier one; null where it does not tell.</summary>
    public static DateTimeOffset? LastSuccess(string path)
    {
        try
        {
            return File.Exists(path) && SpecialFile.KindOf(path) is null && new FileInfo(path).Length < MostBytes
                ? RunMetrics.LastSuccess(File.ReadAllText(path)) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // What an earlier run told is gone; this one tells anew.
            return null;
        }
    }

    /// <summary>Writes the file; what cannot be written is tried again at the next turn.</summary>
    public void Write() => _ = TryWrite();

    private Exception? TryWrite()
    {
        lock (writing)
        {
            try
            {
                WholeFile.Write(path, Encoding.UTF8.GetBytes(metrics.ToText()));
                return null;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
            {
                return e;
            }
        }
    }
}
