namespace VectorMigration.Bench;

/// <summary>Contenders that are measured in turns, so that what else happens on the machine meets all of them.</summary>
internal static class Turns
{
    /// <summary>Of a grid, how many are measured again: the best of many single runs is a lucky one.</summary>
    public const int Finalists = 3;

    /// <summary>The best few of a grid that was gone through once; what was measured is forgotten.</summary>
    public static Dictionary<Pace, List<double>> Choose(IReadOnlyDictionary<Pace, double> scanned) =>
        scanned.OrderBy(static entry => entry.Value).Take(Finalists).ToDictionary(static entry => entry.Key, static _ => new List<double>());

    /// <summary>Each contender once a round; another one begins each time.</summary>
    public static async Task RoundAsync(int round, IReadOnlyList<Func<Task>> contenders)
    {
        for (int i = 0; i < contenders.Count; i++)
        {
            await contenders[(round + i) % contenders.Count]();
        }
    }
}
