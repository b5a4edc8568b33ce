using System.IO.Enumeration;
using System.Text.RegularExpressions;
using VectorMigration.Faiss;
using VectorMigration.Files;

namespace VectorMigration.Jobs;

/// <summary>Files that a pattern stands for, where no shell has expanded it.</summary>
internal static partial class PartPaths
{
    private static readonly char[] Wildcards = ['*', '?'];

    /// <summary>Whether a path is a pattern: it contains a wildcard, and nothing of that name exists.</summary>
    public static bool IsPattern(string path) => path.IndexOfAny(Wildcards) >= 0 && !File.Exists(path) && !Directory.Exists(path);

    /// <summary>The parts that paths stand for, in natural order; null where one path stands for one index.</summary>
    /// <param name="paths">Files, folders and patterns, one at least.</param>
    /// <exception cref="Errors.MigrationException">A pattern matches nothing, or a path cannot be one.</exception>
    public static IReadOnlyList<string>? Several(IReadOnlyList<string> paths)
    {
        if (paths is [string only])
        {
            return only.Length == 0 ? null : IsPattern(only) ? Expand(only) : OfFolder(only) is { Count: > 1 } parts ? parts : null;
        }

        List<string> all = [.. paths.SelectMany(static path => IsPattern(path) ? Expand(path) : [FileNames.Full(path)])];
        all.Sort(PartOrder.Natural);
        return all;
    }

    /// <summary>
    /// The parts of one index in a folder: files whose names differ only in their numbers, or folders of such names with an index.faiss in each. Empty for
    /// every other folder, and for a file.
    /// </summary>
    public static IReadOnlyList<string> OfFolder(string path)
    {
        try
        {
            if (!Directory.Exists(path))
            {
                return [];
            }

            string[] indexes = [.. Directory.EnumerateFiles(FileNames.Full(path)).Where(BeginsLikeIndex).Order(PartOrder.Natural)];
            if (indexes.Length > 0)
            {
                return AreAlike(indexes) ? indexes : [];
            }

            string[] folders = [.. Directory.EnumerateDirectories(FileNames.Full(path))
                .Where(static folder => BeginsLikeIndex(Path.Combine(folder, "index.faiss"))).Order(PartOrder.Natural)];
            return AreAlike(folders) ? [.. folders.Select(static folder => Path.Combine(folder, "index.faiss"))] : [];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    private static bool AreAlike(string[] paths) =>
        paths.Length > 1 && paths.Select(static path => Digits().Replace(Path.GetFileName(path), "#")).Distinct(StringComparer.Ordinal).Count() == 1
            && Digits().IsMatch(Path.GetFileName(paths[0]));

    /// <summary>Whether a file begins as indexes do; false for one that cannot be read.</summary>
    internal static bool BeginsLikeIndex(string file)
    {
        try
        {
            if (!File.Exists(file))
            {
                return false;
            }

            using FileStream stream = new(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            Span<byte> head = stackalloc byte[4];
            return stream.ReadAtLeast(head, head.Length, throwOnEndOfStream: false) == head.Length && FaissIndex.BeginsLikeIndex(head);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    [GeneratedRegex("[0-9]+", RegexOptions.CultureInvariant)]
    private static partial Regex Digits();

    /// <summary>The files and folders that a pattern matches, in natural order.</summary>
    /// <exception cref="Errors.MigrationException">It matches nothing.</exception>
    public static IReadOnlyList<string> Expand(string pattern)
    {
        // A name with a wildcard is none that the file system has on Windows, so the root is taken without it.
        string[] segments = pattern.Split(Path.DirectorySeparatorChar, Path.AltDirectorySeparatorChar);
        int fixedSegments = Array.FindIndex(segments, static segment => segment.IndexOfAny(Wildcards) >= 0);
        string root = string.Join(Path.DirectorySeparatorChar, segments[..fixedSegments]);
        root = FileNames.Full(fixedSegments == 0 ? "." : root.Length == 0 ? Path.DirectorySeparatorChar.ToString() : root + Path.DirectorySeparatorChar);
        List<string> found = [root];
        for (int i = fixedSegments; i < segments.Length; i++)
        {
            string segment = segments[i];
            bool isLast = i == segments.Length - 1;
            found = [.. found.SelectMany(folder => Matches(folder, segment, isLast))];
        }

        found.Sort(PartOrder.Natural);
        return found.Count == 0 ? throw JobErrors.NothingMatches(pattern) : found;
    }

    private static IEnumerable<string> Matches(string folder, string segment, bool isLast)
    {
        if (segment.IndexOfAny(Wildcards) < 0)
        {
            string only = Path.Combine(folder, segment);
            return (isLast ? Path.Exists(only) : Directory.Exists(only)) ? [only] : [];
        }

        try
        {
            return [.. new DirectoryInfo(folder).EnumerateFileSystemInfos()
                .Where(entry => (isLast || entry is DirectoryInfo) && !entry.Name.StartsWith('.')
                    && FileSystemName.MatchesSimpleExpression(segment, entry.Name, ignoreCase: OperatingSystem.IsWindows()))
                .Select(static entry => entry.FullName)];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
