using System.Globalization;
using System.Text;
using VectorMigration.Faiss.Input;
using VectorMigration.Files;

namespace VectorMigration.Faiss.Fields;

/// <summary>The name under which an index looks for its lists.</summary>
/// <param name="Name">Base name, beside the index.</param>
/// <param name="Offset">Where the index tells it.</param>
internal readonly record struct OnDiskName(string Name, long Offset);

/// <summary>
/// The file in which the lists of an index lie. The path that the index gives is never opened: only its base name, in the
/// index's folder, and only a regular file that lies there itself. A file that somebody names may lie anywhere, also behind links.
/// </summary>
internal static class OnDiskFile
{
    private const int LongestPath = 1 << 15;

    /// <summary>Longest name of a file, in bytes (NAME_MAX); an index from elsewhere has no longer one.</summary>
    private const int LongestName = 255;

    /// <summary>Links to links that are followed, as many as Linux follows.</summary>
    private const int MostLinks = 40;

    /// <summary>Reads the filename and reduces it to its base name.</summary>
    public static OnDiskName Name(FaissCursor cursor)
    {
        FileSpan span = cursor.Vector("filename", 1);
        long offset = cursor.FieldOffset;
        if (span.Count is 0 or > LongestPath)
        {
            throw FaissErrors.ListFileName(cursor.File.Path, offset, $"a name of {span.Count} bytes");
        }

        byte[] bytes = new byte[span.Count];
        cursor.File.ReadExactly(span.Offset, bytes);
        string path = Encoding.UTF8.GetString(bytes);

        // Either separator: the index may come from another system than this one.
        string name = path[(path.LastIndexOfAny(['/', '\\']) + 1)..];
        if (Encoding.UTF8.GetByteCount(name) > LongestName)
        {
            throw FaissErrors.ListFileName(cursor.File.Path, offset, $"a name of more than {LongestName} bytes");
        }

        return IsFileName(name) ? new OnDiskName(name, offset) : throw FaissErrors.ListFileName(cursor.File.Path, offset, "an invalid file name");
    }

    /// <summary>Opens the file beside the index, which holds at least <paramref name="total"/> bytes, one or more.</summary>
    public static FaissFile Open(IndexParser parser, OnDiskName listFile, long total)
    {
        string index = parser.Cursor.File.Path;
        FileInfo file = parser.ListPath is string named ? Named(index, named, listFile) : Follow(index, listFile);

        // Before it is opened: a pipe or a device has no length, and opening it could wait for ever.
        return file.Length >= total
            ? Opened(parser, index, listFile, file.FullName, total)
            : throw FaissErrors.ListFileTooShort(index, file.FullName, listFile.Offset, "totsize", $"at least {total} bytes", file.Length);
    }

    private static FaissFile Opened(IndexParser parser, string index, OnDiskName listFile, string path, long total)
    {
        FaissFile opened = parser.OpenDataFile(path);
        return opened.Length >= total
            ? opened
            : throw FaissErrors.ListFileTooShort(index, path, listFile.Offset, "totsize", $"at least {total} bytes", opened.Length);
    }

    /// <summary>The file that was named: whoever names it has chosen where its links lead.</summary>
    private static FileInfo Named(string index, string named, OnDiskName listFile)
    {
        FileInfo file = new(named);
        file = file.LinkTarget is null ? file : file.ResolveLinkTarget(returnFinalTarget: true) as FileInfo ?? file;
        return file.Exists ? file : throw FaissErrors.NamedListFileMissing(index, listFile.Offset, named, Directory.Exists(named));
    }

    /// <summary>
    /// The file itself. Links are followed by hand and only to names in the same folder: what a path with folders in it leads to is
    /// decided by the links among these folders, not by its text.
    /// </summary>
    private static FileInfo Follow(string index, OnDiskName listFile)
    {
        string folder = Path.GetDirectoryName(index)!;
        string name = listFile.Name;
        for (int links = 0; links <= MostLinks; links++)
        {
            FileInfo file = new(Path.Combine(folder, name));
            if (file.LinkTarget is not string target)
            {
                return file.Exists
                    ? file
                    : throw (Directory.Exists(file.FullName)
                        ? FaissErrors.ListFileElsewhere(index, listFile.Offset, listFile.Name, "a folder")
                        : FaissErrors.ListFileMissing(index, listFile.Offset, listFile.Name));
            }

            name = Path.GetFileName(target);
            string within = target[..^name.Length];
            if (name.Length == 0 || name is "." or ".." || within is not ("" or "./")
                && within.TrimEnd(Path.DirectorySeparatorChar) != folder.TrimEnd(Path.DirectorySeparatorChar))
            {
                throw FaissErrors.ListFileElsewhere(index, listFile.Offset, listFile.Name, "a link that points outside it");
            }
        }

        throw FaissErrors.ListFileElsewhere(index, listFile.Offset, listFile.Name, $"a chain of more than {MostLinks} links");
    }

    private static bool IsFileName(string name)
    {
        if (name.Length == 0 || name is "." or ".." || name[^1] is '.' or ' ' || FileNames.IsDevice(name))
        {
            return false;
        }

        foreach (Rune rune in name.EnumerateRunes())
        {
            // Characters that direct a terminal are in no name that was meant well.
            bool directs = Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator
                or UnicodeCategory.ParagraphSeparator or UnicodeCategory.Surrogate;
            if (directs || rune == Rune.ReplacementChar || rune.Value is ':' or '*' or '?' or '"' or '<' or '>' or '|')
            {
                return false;
            }
        }

        return true;
    }
}
