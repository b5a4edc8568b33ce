namespace VectorMigration.Jobs;

/// <summary>
/// Short names of parts, each different from the others: the file name without its extension, the whole file name, the same with its folder, or with a
/// number. Journals and UUIDs of a part contain it, so a part keeps the name that it had when it was first sent.
/// </summary>
internal static class PartLabels
{
    /// <summary>The names, in the order of the parts.</summary>
    /// <param name="paths">Full paths of the parts.</param>
    /// <param name="known">Names of the first parts, from the record of the job.</param>
    public static IReadOnlyList<string> Of(IReadOnlyList<string> paths, IReadOnlyList<string> known)
    {
        Func<string, string>[] forms =
        [
            static path => Path.GetFileNameWithoutExtension(path),
            static path => Path.GetFileName(path),
            static path => $"{Path.GetFileName(Path.GetDirectoryName(path))}.{Path.GetFileName(path)}",
        ];
        string[] fresh = [.. paths.Skip(known.Count)];
        foreach (Func<string, string> form in forms)
        {
            string[] labels = [.. known, .. fresh.Select(form)];
            if (labels.All(static label => label.Length > 0) && labels.Distinct(StringComparer.OrdinalIgnoreCase).Count() == labels.Length)
            {
                return labels;
            }
        }

        var taken = new HashSet<string>(known, StringComparer.OrdinalIgnoreCase);
        return [.. known, .. fresh.Select((path, at) => Free($"{known.Count + at + 1}.{Path.GetFileName(path)}", taken))];
    }

    private static string Free(string label, HashSet<string> taken)
    {
        string free = label;
        for (int n = 2; !taken.Add(free); n++)
        {
            free = $"{label}.{n}";
        }

        return free;
    }
}
