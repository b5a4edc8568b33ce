using System.Globalization;

namespace VectorMigration.Reporting;

/// <summary>Tables of texts.</summary>
internal static class HtmlTables
{
    /// <summary>Labels and what they stand for.</summary>
    public static void Facts(this HtmlWriter html, IEnumerable<(string Label, string? Text)> facts)
    {
        html.Markup("<table class=\"facts\">");
        foreach ((string label, string? text) in facts)
        {
            html.Markup("<tr>").Markup("<th scope=\"row\">").Text(label).Markup("</th>").Element("td", text).Markup("</tr>");
        }

        html.Markup("</table>");
    }

    /// <summary>A table with a head.</summary>
    /// <param name="html">Where to.</param>
    /// <param name="head">Names of the columns.</param>
    /// <param name="numbers">Columns of numbers, from 0.</param>
    /// <param name="rows">Cells by row.</param>
    /// <param name="words">Columns of times and single words, which are not broken; null for none.</param>
    public static void Table(
        this HtmlWriter html, IReadOnlyList<string> head, IReadOnlyCollection<int> numbers, IEnumerable<string[]> rows,
        IReadOnlyCollection<int>? words = null)
    {
        string? ClassOf(int column) => numbers.Contains(column) ? "number" : words?.Contains(column) == true ? "word" : null;
        html.Markup("<div class=\"scroll\"><table><thead><tr>");
        for (int i = 0; i < head.Count; i++)
        {
            html.Markup(ClassOf(i) switch
            {
                "number" => "<th scope=\"col\" class=\"number\">",
                "word" => "<th scope=\"col\" class=\"word\">",
                _ => "<th scope=\"col\">",
            }).Text(head[i]).Markup("</th>");
        }

        html.Markup("</tr></thead><tbody>");
        foreach (string[] row in rows)
        {
            html.Markup("<tr>");
            for (int i = 0; i < row.Length; i++)
            {
                html.Element("td", row[i], ClassOf(i));
            }

            html.Markup("</tr>");
        }

        html.Markup("</tbody></table></div>");
    }

    /// <summary>A time of UTC to the second.</summary>
    public static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);
}
