namespace VectorMigration.Tuning;

/// <summary>
/// Chooses which setting to try next: a compass search around the best so far, then the best few again, because one trial tells as much of chance as
/// of the setting, then whatever else was asked for. Knows no clock and no server: it is told rates.
/// </summary>
internal sealed class TuningSearch(TuningGrid grid)
{
    /// <summary>Trials after which a setting is known.</summary>
    public const int Enough = 3;

    /// <summary>Trials after which the search goes on from a setting.</summary>
    private const int Sure = 2;

    /// <summary>Settings that are tried again.</summary>
    private const int Finalists = 3;

    /// <summary>Rates that differ by less are the same: the smaller window is taken then, for it repeats less and waits less.</summary>
    private const double Same = 0.93;

    private readonly Dictionary<TuningSetting, List<double>> rates = [];

    /// <summary>All that was tried.</summary>
    public IEnumerable<TuningSetting> Tried => rates.Keys;

    /// <summary>The setting to recommend: the least vectors under way among those that are as fast as the fastest; null before the first trial.</summary>
    public TuningSetting? Best
    {
        get
        {
            if (rates.Count == 0)
            {
                return null;
            }

            // One good trial proves little where other settings were tried more often.
            int trials = Math.Min(Sure, rates.Values.Max(static known => known.Count));
            return Smallest([.. rates.Where(entry => entry.Value.Count >= trials).Select(static entry => entry.Key)]);
        }
    }

    /// <summary>Median of the rates of a setting; 0 where it was not tried.</summary>
    public double Rate(TuningSetting setting)
    {
        if (!rates.TryGetValue(setting, out List<double>? known))
        {
            return 0;
        }

        double[] sorted = [.. known.Order()];
        return sorted.Length % 2 == 1 ? sorted[sorted.Length / 2] : (sorted[(sorted.Length / 2) - 1] + sorted[sorted.Length / 2]) / 2;
    }

    /// <summary>How often a setting was tried.</summary>
    public int Trials(TuningSetting setting) => rates.TryGetValue(setting, out List<double>? known) ? known.Count : 0;

    /// <summary>A trial came to so many vectors a second.</summary>
    public void Record(TuningSetting setting, double rate)
    {
        if (!rates.TryGetValue(setting, out List<double>? known))
        {
            rates[setting] = known = [];
        }

        known.Add(rate);
    }

    /// <summary>The setting to try next; null where enough is known.</summary>
    public TuningSetting? Next()
    {
        if (rates.Count == 0)
        {
            return grid.Start;
        }

        TuningSetting[] ranking = [.. rates.Keys.OrderByDescending(Rate)];
        TuningSetting leader = Smallest(ranking);
        if (rates.Count > 1 && Trials(leader) < Sure)
        {
            // One lucky trial would lead the whole search astray.
            return leader;
        }

        foreach (TuningSetting neighbour in grid.Neighbours(leader))
        {
            if (!rates.ContainsKey(neighbour))
            {
                return neighbour;
            }
        }

        TuningSetting[] unsure = [.. ranking.Take(Finalists).Where(setting => Trials(setting) < Enough).OrderBy(Trials)];
        if (unsure.Length > 0)
        {
            return unsure[0];
        }

        foreach (TuningSetting other in grid.IsGiven ? grid.All : [])
        {
            if (!rates.ContainsKey(other))
            {
                return other;
            }
        }

        return null;
    }

    private TuningSetting Smallest(TuningSetting[] among)
    {
        double fastest = among.Max(Rate);
        return among.Where(setting => Rate(setting) >= Same * fastest).OrderBy(static setting => setting.Window).ThenBy(static setting => setting.BatchDelay)
            .First();
    }
}
