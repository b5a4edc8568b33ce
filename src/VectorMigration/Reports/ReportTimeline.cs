namespace VectorMigration.Reports;

/// <summary>Folds what happened in a run into stretches of equal length, in bounded memory: where there are too many, two and two become one.</summary>
/// <param name="start">Begin of the first stretch, UTC.</param>
internal sealed class ReportTimeline(DateTime start)
{
    /// <summary>Stretches that are kept at most.</summary>
    public const int Most = 240;

    private static readonly TimeSpan Longest = TimeSpan.FromDays(366);
    private readonly List<ReportSlice> slices = [];

    /// <summary>Length of a stretch.</summary>
    public TimeSpan Width { get; private set; } = TimeSpan.FromMilliseconds(250);

    /// <summary>The stretches from the begin on.</summary>
    public IReadOnlyList<ReportSlice> Slices => slices;

    /// <summary>The stretch that a time lies in. A time before the begin, or a year after it, is that of a clock that was set: it counts to the
    /// nearest.</summary>
    public ReportSlice At(DateTime time)
    {
        long ticks = Math.Clamp((time - start).Ticks, 0, Longest.Ticks);
        while (ticks / Width.Ticks >= Most)
        {
            Halve();
        }

        int index = (int)(ticks / Width.Ticks);
        while (slices.Count <= index)
        {
            slices.Add(new ReportSlice());
        }

        return slices[index];
    }

    /// <summary>Spreads a pause over the stretches that it lies in.</summary>
    public void Pause(DateTime begin, TimeSpan length)
    {
        length = length < Longest ? length : Longest;
        DateTime end = begin + length;
        _ = At(end);
        for (DateTime at = begin; at < end;)
        {
            long into = Math.Max(0, (at - start).Ticks) % Width.Ticks;
            DateTime next = at + (Width - TimeSpan.FromTicks(into));
            DateTime until = next < end ? next : end;
            At(at).Paused += until - at;
            at = until;
        }
    }

    private void Halve()
    {
        for (int i = 0; i < slices.Count; i += 2)
        {
            ReportSlice slice = slices[i];
            if (i + 1 < slices.Count)
            {
                slice.Add(slices[i + 1]);
            }

            slices[i / 2] = slice;
        }

        slices.RemoveRange((slices.Count + 1) / 2, slices.Count / 2);
        Width *= 2;
    }
}
