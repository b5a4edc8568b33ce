namespace VectorMigration.Faiss.Layouts;

/// <summary>
/// The lists of an inverted file that hold something: the number of each, where its vectors and ids lie, and the ordinal of its first.
/// Empty lists take no room, so that memory is bounded by the bytes in the file.
/// </summary>
internal sealed class ListTable
{
    private long[] numbers = [];
    private long[] firstOrdinal = [];
    private long[] components = [];
    private long[] ids = [];

    /// <summary>Number of lists that hold something.</summary>
    public int Length { get; private set; }

    /// <summary>Number of vectors in all lists.</summary>
    public long Count { get; private set; }

    /// <summary>Adds the next list; an empty one is left out. Numbers ascend.</summary>
    public void Add(long number, long size, long componentsOffset, long idsOffset)
    {
        if (size == 0)
        {
            return;
        }

        if (Length == firstOrdinal.Length)
        {
            int capacity = Math.Max(16, checked(Length * 2));
            Array.Resize(ref numbers, capacity);
            Array.Resize(ref firstOrdinal, capacity);
            Array.Resize(ref components, capacity);
            Array.Resize(ref ids, capacity);
        }

        numbers[Length] = number;
        firstOrdinal[Length] = Count;
        components[Length] = componentsOffset;
        ids[Length] = idsOffset;
        Length++;
        Count = checked(Count + size);
    }

    /// <summary>The list that holds a vector.</summary>
    public int Find(long ordinal)
    {
        int found = Array.BinarySearch(firstOrdinal, 0, Length, ordinal);
        return found >= 0 ? found : ~found - 1;
    }

    /// <summary>The number of a list among all of the index, empty ones included.</summary>
    public long Number(int list) => numbers[list];

    public long FirstOrdinal(int list) => firstOrdinal[list];

    public long EndOrdinal(int list) => list + 1 < Length ? firstOrdinal[list + 1] : Count;

    public long ComponentsOffset(int list) => components[list];

    public long IdsOffset(int list) => ids[list];

    /// <summary>Sets where a list lies, for layouts that tell sizes before offsets.</summary>
    public void Place(int list, long componentsOffset, long idsOffset)
    {
        components[list] = componentsOffset;
        ids[list] = idsOffset;
    }
}
