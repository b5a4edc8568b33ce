namespace VectorMigration.SideFiles.Stores;

/// <summary>YAML beside an index. It is not read, but a list or a mapping with as many entries as the index has vectors may be its texts.</summary>
internal static class YamlEntries
{
    /// <summary>Whether a file is YAML by its name.</summary>
    public static bool Is(string path) => Path.GetExtension(path).ToUpperInvariant() is ".YAML" or ".YML";

    /// <summary>A file with one entry per vector; null where it has more or fewer.</summary>
    /// <param name="path">The file.</param>
    /// <param name="vectors">Vectors of the index.</param>
    public static UnusedFile? Of(string path, long vectors)
    {
        (long items, long keys) = Count(path);
        return items != vectors && (items > 0 || keys != vectors) ? null
            : new UnusedFile(path, $"it has one YAML entry per vector ({Grouped.Of(vectors)}), and YAML is not read", null, MayBeTexts: true) { Fits = true };
    }

    /// <summary>Entries that begin in the first column: those of a list, and the keys of a mapping that are numbers or quoted. Settings have
    /// names without quotes.</summary>
    private static (long Items, long Keys) Count(string path)
    {
        long items = 0, keys = 0;
        (int column, byte first) = (0, 0);
        UnreadableFiles.ForEach(path, block =>
        {
            foreach (byte letter in block)
            {
                if (letter == (byte)'\n')
                {
                    (column, items) = (0, items + (column == 1 && first == (byte)'-' ? 1 : 0));
                    continue;
                }

                if (column == 0)
                {
                    first = letter;
                    keys += letter is >= (byte)'0' and <= (byte)'9' or (byte)'"' or (byte)'\'' ? 1 : 0;
                }
                else if (column == 1 && first == (byte)'-' && (letter is (byte)' ' or (byte)'\t' or (byte)'\r'))
                {
                    items++;
                }

                column = Math.Min(column + 1, 2);
            }

            return true;
        });
        return (items, keys);
    }
}
