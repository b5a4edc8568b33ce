using System.Text;

namespace VectorMigration;

/// <summary>The file beside an index in which its lists lie. The path that the index gives is never opened: only its base name, in the index's folder.</summary>
internal static class OnDiskFile
{
    private const int LongestPath = 1 << 15;

    /// <summary>Reads the filename and reduces it to its base name.</summary>
    public static string Name(FaissCursor cursor)
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
        if (name.Length == 0 || name is "." or ".." || name.Any(c => char.IsControl(c) || c is ':' or '\uFFFD' or '*' or '?' or '"' or '<' or '>' or '|'))
        {
            throw FaissErrors.ListFileName(cursor.File.Path, offset, "a name that no file can have");
        }

        return name;
    }

    /// <summary>Opens the file beside the index.</summary>
    public static FaissFile Open(IndexParser parser, string name, long total)
    {
        string index = parser.Cursor.File.Path;
        string folder = Path.GetDirectoryName(index)!;
        FileInfo file = new(Path.Combine(folder, name));
        if (!file.Exists)
        {
            throw FaissErrors.ListFileMissing(index, name);
        }

        if (file.LinkTarget is not null)
        {
            FileSystemInfo? target = file.ResolveLinkTarget(returnFinalTarget: true);
            if (target is null || Path.GetDirectoryName(target.FullName) != folder)
            {
                throw FaissErrors.ListFileElsewhere(index, name);
            }
        }

        FaissFile opened = parser.OpenDataFile(file.FullName);
        return opened.Length >= total
            ? opened
            : throw FaissErrors.ListFileTooShort(index, opened.Path, "totsize", $"at least {total} bytes", opened.Length);
    }
}
