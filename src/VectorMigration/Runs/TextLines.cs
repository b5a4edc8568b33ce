using System.Globalization;

namespace VectorMigration.Runs;

/// <summary>Texts in lines that fit a screen, broken at words.</summary>
internal static class TextLines
{
    /// <summary>Narrower screens are not wrapped for: nothing would stand beside a label.</summary>
    private const int Least = 40;

    /// <summary>What <c>COLUMNS</c> asks for, the width of whoever catches the output and shows it; null where it asks for nothing.</summary>
    public static int? Asked() =>
        int.TryParse(Environment.GetEnvironmentVariable("COLUMNS"), NumberStyles.None, CultureInfo.InvariantCulture, out int columns) ? Usable(columns) : null;

    /// <summary>Columns of the screen that shows the output; null where its lines stay whole, because it goes to a file or a program.</summary>
    /// <param name="width">Width of the screen.</param>
    public static int? Screen(Func<int> width) => Asked() ?? (Console.IsOutputRedirected ? null : Usable(width()));

    /// <summary>A width that is wrapped for; null for a narrower one.</summary>
    public static int? Usable(int columns) => columns >= Least ? columns : null;

    /// <summary>A text in lines that fit behind an indent; a word that is longer than a line, as paths are, stays whole.</summary>
    /// <param name="text">The text, of one line.</param>
    /// <param name="width">Columns of a line; null leaves it whole.</param>
    public static IEnumerable<string> Of(string text, int? width)
    {
        if (width is not int most || text.Length <= most)
        {
            yield return text;
            yield break;
        }

        int start = 0;
        while (text.Length - start > most)
        {
            int end = text.LastIndexOf(' ', start + most, most + 1);
            end = end > start ? end : text.IndexOf(' ', start + most);
            if (end < 0)
            {
                break;
            }

            yield return text[start..end].TrimEnd();
            start = end + 1;
        }

        yield return text[start..];
    }
}
