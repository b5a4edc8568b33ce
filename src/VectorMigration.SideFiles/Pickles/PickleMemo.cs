namespace VectorMigration.SideFiles.Pickles;

/// <summary>
/// What was remembered under numbers. Picklers count from 0 or 1 on; a number far off takes one entry and no array up to it.
/// </summary>
internal sealed class PickleMemo
{
    private readonly List<PickleValue?> row = [];
    private readonly Dictionary<long, PickleValue> scattered = [];

    /// <summary>Entries.</summary>
    public int Count { get; private set; }

    /// <summary>Remembers a value under the number of entries there are.</summary>
    public void Add(PickleValue value) => Put(Count, value);

    /// <summary>Remembers a value.</summary>
    public void Put(long index, PickleValue value)
    {
        if (index < row.Count)
        {
            Count += row[(int)index] is null ? 1 : 0;
            row[(int)index] = value;
            return;
        }

        // One number may be left out: Python 2 counts from 1.
        if (index <= row.Count + 1L && scattered.Count == 0)
        {
            if (index > row.Count)
            {
                row.Add(null);
            }

            row.Add(value);
            Count++;
            return;
        }

        Count += scattered.ContainsKey(index) ? 0 : 1;
        scattered[index] = value;
    }

    /// <summary>The value under a number; null where there is none.</summary>
    public PickleValue? Get(long index) =>
        index >= 0 && index < row.Count ? row[(int)index] : scattered.GetValueOrDefault(index);
}
