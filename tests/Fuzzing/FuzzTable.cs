using System.Globalization;
using System.Text;

namespace VectorMigration.Fuzzing;

/// <summary>The figures of a run as Markdown.</summary>
internal static class FuzzTable
{
    /// <summary>One row for each mutation and one for all, then the errors that were met.</summary>
    public static string Of<T>(IReadOnlyDictionary<T, FuzzFigures> figures)
        where T : notnull
    {
        FuzzFigures all = new();
        StringBuilder table = new();
        table.Append("| damage | files | read | described | rejected | faults | mean time, ms | worst first reading, ms | over 1 s at first | most "
            + "memory beyond the file, KiB |\n");
        table.Append("|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|\n");
        foreach ((T mutation, FuzzFigures row) in figures)
        {
            Append(table, $"{mutation}", row);
            all.Add(row);
        }

        Append(table, "**all**", all);
        table.Append("\n| rejected with | files |\n|---|---:|\n");
        foreach ((string reason, long count) in all.Reasons.OrderByDescending(pair => pair.Value))
        {
            table.Append(CultureInfo.InvariantCulture, $"| {reason} | {count:N0} |\n");
        }

        return table.ToString();
    }

    private static void Append(StringBuilder table, string name, FuzzFigures row)
    {
        double memory = row.Files == 0 ? 0 : row.WorstMemory / 1024.0;
        table.Append(
            CultureInfo.InvariantCulture,
            $"| {name} | {row.Files:N0} | {row.Of(TrialEnd.Read):N0} | {row.Of(TrialEnd.Described):N0} | {row.Of(TrialEnd.Rejected):N0} | "
                + $"{row.Of(TrialEnd.Fault):N0} | {row.TotalTime.TotalMilliseconds / Math.Max(1, row.Files):F2} | {row.WorstTime.TotalMilliseconds:F1} | "
                + $"{row.ReadAgain:N0} | {memory:N0} |\n");
    }
}
