namespace VectorMigration.SideFiles.Stores.Json;

/// <summary>What stores in JSON may hold. Whatever takes memory is read from the file first, so that a short file cannot ask for much of it.</summary>
internal static class StoreLimits
{
    /// <summary>Bytes of one document, as of a line of a payload file.</summary>
    public const int MostDocumentBytes = 64 << 20;

    /// <summary>Bytes of an id as it stands in the file.</summary>
    public const int MostIdBytes = 4 << 10;

    /// <summary>Documents, and entries of a map.</summary>
    public const int MostEntries = 200_000_000;

    /// <summary>Bytes of a map that lies in a text, or is written as Python writes it: it is in memory as a whole.</summary>
    public const int MostMapBytes = 1 << 30;

    /// <summary>Memory for each byte of such a map at the peak: the text, its bytes without escapes, and the table of them.</summary>
    public const int MapMemoryFactor = 6;

    /// <summary>Refuses one entry more.</summary>
    public static void ThrowIfFull(string file, int count)
    {
        if (count >= MostEntries)
        {
            throw JsonErrors.TooLarge(file, "entries", MostEntries);
        }
    }

    /// <summary>Bytes from where a value begins to where the reader is.</summary>
    public static int LengthOf(JsonFileReader reader, long start, string name)
    {
        long length = reader.End - start;
        return length <= MostDocumentBytes ? (int)length
            : throw JsonErrors.DocumentTooLarge(reader.Name, name, MostDocumentBytes);
    }
}
