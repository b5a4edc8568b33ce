using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace VectorMigration.Bench;

/// <summary>A page of results in Markdown: tables, what they mean, and what they were measured on.</summary>
internal sealed class Page(string title, string command)
{
    private readonly StringBuilder text = new($"# {title}\n\nMade by `./build.sh bench {command}`. Medians of the runs of one sitting, the candidates "
        + $"taking turns; compare ratios, not figures of different days.\n");

    public Page Say(string words)
    {
        text.Append('\n').Append(words).Append('\n');
        return this;
    }

    public Page Table(string[] head, IEnumerable<string[]> rows)
    {
        text.Append('\n').Append(Row(head)).Append(Row([.. head.Select(static _ => "---")]));
        foreach (string[] row in rows)
        {
            text.Append(Row(row));
        }

        return this;
    }

    public override string ToString() => text + Machine();

    public static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted.Length == 0 ? double.NaN : sorted[sorted.Length / 2];
    }

    public static string Whole(double value) => value.ToString("N0", CultureInfo.InvariantCulture);

    public static string Number(double value, int digits = 1) => value.ToString("F" + digits, CultureInfo.InvariantCulture);

    public static string Percent(double share) => (share * 100).ToString("F0", CultureInfo.InvariantCulture) + " %";

    private static string Row(string[] cells) => "| " + string.Join(" | ", cells) + " |\n";

    private static string Machine()
    {
        string model = Field("/proc/cpuinfo", "model name");
        string memory = Field("/proc/meminfo", "MemTotal");
        string load = File.Exists("/proc/loadavg") ? File.ReadAllText("/proc/loadavg").Split(' ')[0] : "unknown";
        string date = DateTime.UtcNow.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        return $"""

            | on | |
            | --- | --- |
            | date | {date} |
            | machine | {Environment.ProcessorCount} cores ({model}), memory {memory}, {RuntimeInformation.OSDescription} |
            | load average at the end | {load} |
            | runtime | {RuntimeInformation.FrameworkDescription} |
            | server | Qdrant 1.16.3 on the same machine unless `QDRANT_BIN` named another, on the same cores |

            """;
    }

    private static string Field(string path, string name) =>
        File.Exists(path) ? File.ReadLines(path).FirstOrDefault(line => line.StartsWith(name, StringComparison.Ordinal))?.Split(':')[1].Trim() ?? "unknown"
            : "unknown";
}
