namespace VectorMigration.Errors;

/// <summary>The name that somebody most likely meant.</summary>
internal static class NearestName
{
    /// <summary>The candidate that takes the fewest edits, or null where none is near: a third of the letters may be wrong, one in any case.</summary>
    public static string? Of(string word, IEnumerable<string> candidates) => Of(word, candidates, Math.Max(1, word.Length / 3));

    /// <summary>The candidate that takes the fewest edits, and no more than so many; null where there is none.</summary>
    public static string? Of(string word, IEnumerable<string> candidates, int most) =>
        candidates
            .Select(candidate => (Name: candidate, Edits: Edits(word, candidate)))
            .Where(candidate => candidate.Edits <= most && candidate.Edits < candidate.Name.Length)
            .OrderBy(static candidate => candidate.Edits)
            .ThenBy(static candidate => candidate.Name, StringComparer.Ordinal)
            .Select(static candidate => candidate.Name)
            .FirstOrDefault();

    /// <summary>" Did you mean x?", or nothing.</summary>
    public static string Question(string word, IEnumerable<string> candidates) => Of(word, candidates) is string near ? $" Did you mean {near}?" : string.Empty;

    /// <summary>Letters to add, drop, change, or swap with their neighbour; the case of letters does not count.</summary>
    private static int Edits(string from, string to)
    {
        int[,] edits = new int[from.Length + 1, to.Length + 1];
        for (int i = 0; i <= from.Length; i++)
        {
            for (int j = 0; j <= to.Length; j++)
            {
                edits[i, j] = i == 0 || j == 0 ? i + j : Least(edits, i, j, from, to);
            }
        }

        return edits[from.Length, to.Length];
    }

    private static int Least(int[,] edits, int i, int j, string from, string to)
    {
        int change = edits[i - 1, j - 1] + (Same(from[i - 1], to[j - 1]) ? 0 : 1);
        int least = Math.Min(change, 1 + Math.Min(edits[i - 1, j], edits[i, j - 1]));
        return i > 1 && j > 1 && Same(from[i - 1], to[j - 2]) && Same(from[i - 2], to[j - 1]) ? Math.Min(least, edits[i - 2, j - 2] + 1) : least;
    }

    private static bool Same(char one, char other) => char.ToLowerInvariant(one) == char.ToLowerInvariant(other);
}
