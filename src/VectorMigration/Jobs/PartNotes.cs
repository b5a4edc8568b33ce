namespace VectorMigration.Jobs;

/// <summary>What next to a part is worth telling.</summary>
internal static class PartNotes
{
    /// <summary>A pickle of an empty list is shorter.</summary>
    private const int LongestEmpty = 16;

    /// <summary>The notes, in whole sentences.</summary>
    /// <param name="indexPath">Full path of the index.</param>
    public static IReadOnlyList<string> Of(string indexPath)
    {
        string? folder = Path.GetDirectoryName(indexPath);
        string buffer = Path.Combine(folder ?? string.Empty, "buffer.pkl");
        return new FileInfo(buffer) is { Exists: true, Length: > LongestEmpty } && File.Exists(Path.Combine(folder!, "cfg.json"))
            ? [$"'{buffer}' can contain vectors that distributed-faiss had not added to the index when it was saved. They are not in the index, and "
                + "are not sent."]
            : [];
    }
}
