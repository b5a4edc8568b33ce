using System.Globalization;
using System.Text;

namespace VectorMigration.Reports;

/// <summary>
/// Breaks the texts of list views at words. PowerShell does so itself in six languages; in all others, and without a language, it breaks lines in the
/// middle of a word.
/// </summary>
public static class ListText
{
    /// <summary>What stands between a label and its text.</summary>
    private const int Colon = 3;

    /// <summary>Fewer columns have no room for words.</summary>
    private const int LeastRoom = 20;

    private static readonly HashSet<string> WrappedByPowerShell = new(StringComparer.Ordinal) { "en", "fr", "de", "it", "pt", "es" };

    /// <summary>A text for a list on the console; as it is where PowerShell breaks it at words, or where the output goes elsewhere.</summary>
    /// <param name="text">The text; it may contain colours.</param>
    /// <param name="label">Columns of the longest label of the list.</param>
    public static string Wrap(string text, int label)
    {
        ArgumentNullException.ThrowIfNull(text);
        return WrappedByPowerShell.Contains(CultureInfo.CurrentCulture.TwoLetterISOLanguageName) || Console.IsOutputRedirected
            ? text : WrapWithin(text, Console.BufferWidth - label - Colon);
    }

    /// <summary>A text in lines of at most so many columns; words that are longer stay whole.</summary>
    internal static string WrapWithin(string text, int room)
    {
        if (room < LeastRoom)
        {
            return text;
        }

        StringBuilder wrapped = new();
        foreach (string line in text.ReplaceLineEndings("\n").Split('\n'))
        {
            wrapped.Append(wrapped.Length > 0 ? "\n" : string.Empty);
            int used = 0;
            foreach (string word in line.Split(' '))
            {
                int columns = Columns(word);
                if (used > 0)
                {
                    bool fits = used + 1 + columns <= room;
                    wrapped.Append(fits ? ' ' : '\n');
                    used = fits ? used + 1 : 0;
                }

                wrapped.Append(word);
                used += columns;
            }
        }

        return wrapped.ToString();
    }

    /// <summary>Columns of a word: sequences that set a colour take none.</summary>
    private static int Columns(string word)
    {
        int columns = 0;
        bool isSequence = false;
        foreach (char sign in word)
        {
            bool begins = sign == '\e';
            columns += begins || isSequence ? 0 : 1;
            isSequence = begins || (isSequence && sign != 'm');
        }

        return columns;
    }
}
