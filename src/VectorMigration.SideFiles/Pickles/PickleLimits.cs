namespace VectorMigration.SideFiles.Pickles;

/// <summary>
/// How much a pickle may hold. Whatever a file announces is compared with what the file still has before anything is allocated; these limits are for what a
/// file really has, and for what a few bytes of it can be made into.
/// </summary>
internal readonly record struct PickleLimits()
{
    /// <summary>Containers in each other. CPython's own pickler ends at its recursion limit, 1,000.</summary>
    public const int MostDepth = 1_000;

    /// <summary>Entries of the memo.</summary>
    public const int MostMemo = 250_000_000;

    /// <summary>Values in all.</summary>
    public const long MostValues = 500_000_000;

    /// <summary>Bytes of one text.</summary>
    public const int MostText = 256 << 20;

    /// <summary>Bytes of a whole number: 4,300 digits, which is also where CPython stops.</summary>
    public const int MostIntegerBytes = 1_786;

    /// <summary>Digits of a whole number that is written as text.</summary>
    public const int MostIntegerDigits = 4_300;

    /// <summary>A longer run of bytes (an index in the pickle) stays in the file; its place is kept.</summary>
    public const int MostBytesKept = 1 << 20;

    /// <summary>Bytes of the name of a module or a class that is looked up.</summary>
    public const int MostName = 200;

    /// <summary>Bytes of the line of a name; of a longer one no sound pickle consists.</summary>
    public const int MostNameLine = 10_000;

    /// <summary>What values that are made of others (a path of its parts, bytes of a text) may take, in lengths of the file.</summary>
    public const int MostMade = 32;

    /// <summary>What such values may take in any case.</summary>
    public const long AlwaysMade = 64 << 10;

    /// <summary>Memory for each byte of a file at the peak: 8.6 was measured for documents of 10 bytes, 2 for documents of 1 KB.</summary>
    public const int MemoryFactor = 10;

    /// <summary>Containers in each other.</summary>
    public int Depth { get; init; } = MostDepth;

    /// <summary>Entries of the memo.</summary>
    public int Memo { get; init; } = MostMemo;

    /// <summary>Values in all.</summary>
    public long Values { get; init; } = MostValues;

    /// <summary>Bytes of one text.</summary>
    public int Text { get; init; } = MostText;

    /// <summary>Bytes that reading a store of that length takes at most, as far as frameworks write them; measured, see docs/pickles.md.</summary>
    public static long PredictMemory(long length) => length > long.MaxValue / MemoryFactor ? long.MaxValue : length * MemoryFactor;
}
