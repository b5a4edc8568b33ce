using System.Buffers;
using System.Text;

namespace VectorMigration.Files;

/// <summary>What a file can be that lies where another one should.</summary>
public enum FileForm
{
    /// <summary>Bytes of no known form.</summary>
    Unknown,
    /// <summary>A pointer of Git LFS, which stands for a file that was not fetched.</summary>
    GitLfsPointer,
    /// <summary>A pointer of git-annex.</summary>
    GitAnnexPointer,
    /// <summary>gzip.</summary>
    Gzip,
    /// <summary>A zip archive, which PyTorch and NumPy write too.</summary>
    Zip,
    /// <summary>A NumPy array (.npy).</summary>
    NumPy,
    /// <summary>A SQLite database.</summary>
    Sqlite,
    /// <summary>HDF5.</summary>
    Hdf5,
    /// <summary>Apache Parquet.</summary>
    Parquet,
    /// <summary>A Python pickle.</summary>
    Pickle,
    /// <summary>Text in UTF-16.</summary>
    Utf16,
    /// <summary>Text that begins with a JSON object.</summary>
    JsonObject,
    /// <summary>Text that begins with a JSON array.</summary>
    JsonArray,
    /// <summary>An HTML page.</summary>
    Html,
    /// <summary>Other text.</summary>
    Text,
    /// <summary>bzip2.</summary>
    Bzip2,
    /// <summary>xz.</summary>
    Xz,
}

/// <summary>Recognises the forms of files by their first bytes, for every reader that is handed one of them by mistake.</summary>
public static class FileForms
{
    /// <summary>First bytes that are enough to know a form by.</summary>
    public const int Sample = 512;

    private const int Shortest = 4;

    private static readonly SearchValues<byte> NameCharacters = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_."u8);

    /// <summary>The form of a file that begins so.</summary>
    public static FileForm Of(ReadOnlySpan<byte> head) =>
        head.Length < Shortest ? Writing(head) : Pointer(head) ?? Container(head) ?? Writing(head);

    /// <summary>A form in words; null for bytes of none.</summary>
    public static string? Name(FileForm form) => form switch
    {
        FileForm.GitLfsPointer => "a Git LFS pointer in place of the file",
        FileForm.GitAnnexPointer => "a git-annex pointer in place of the file",
        FileForm.Gzip => "gzip data",
        FileForm.Bzip2 => "bzip2 data",
        FileForm.Xz => "xz data",
        FileForm.Zip => "a zip archive",
        FileForm.NumPy => "a NumPy array (.npy)",
        FileForm.Sqlite => "a SQLite database",
        FileForm.Hdf5 => "an HDF5 file",
        FileForm.Parquet => "a Parquet file",
        FileForm.Pickle => "a Python pickle",
        FileForm.Utf16 => "text in UTF-16",
        FileForm.JsonObject or FileForm.JsonArray => "JSON text",
        FileForm.Html => "an HTML page, usually from a failed download",
        FileForm.Text => "text",
        _ => null,
    };

    private static FileForm? Pointer(ReadOnlySpan<byte> head) =>
        head.StartsWith("version https://git-lfs"u8) ? FileForm.GitLfsPointer
        : head.StartsWith("/annex/objects/"u8) || head.IndexOf(".git/annex/objects/"u8) >= 0 ? FileForm.GitAnnexPointer
        : null;

    private static FileForm? Container(ReadOnlySpan<byte> head) => head switch
    {
        [0x1F, 0x8B, ..] => FileForm.Gzip,
        [(byte)'B', (byte)'Z', (byte)'h', >= (byte)'1' and <= (byte)'9', ..] => FileForm.Bzip2,
        [0xFD, (byte)'7', (byte)'z', (byte)'X', (byte)'Z', 0, ..] => FileForm.Xz,
        [(byte)'P', (byte)'K', 3, 4, ..] or [(byte)'P', (byte)'K', 5, 6, ..] => FileForm.Zip,
        [0x93, ..] when head[1..].StartsWith("NUMPY"u8) => FileForm.NumPy,
        [0x89, ..] when head[1..].StartsWith("HDF\r\n\x1A\n"u8) => FileForm.Hdf5,
        [0xFF, 0xFE, ..] or [0xFE, 0xFF, ..] => FileForm.Utf16,
        _ => head.StartsWith("SQLite format 3\0"u8) ? FileForm.Sqlite
            : head.StartsWith("PAR1"u8) ? FileForm.Parquet
            : IsPickle(head) ? FileForm.Pickle
            : null,
    };

    /// <summary>
    /// Protocols 2 to 5 open with PROTO and their number; 0 and 1 have no mark, but open with one of a few opcodes and end with STOP.
    /// </summary>
    private static bool IsPickle(ReadOnlySpan<byte> head)
    {
        if (head[0] == 0x80 && head[1] is >= 2 and <= 5)
        {
            return true;
        }

        return head[0] switch
        {
            // MARK, then an empty dictionary, list or tuple that is put into the memo; or a text or a number.
            (byte)'(' => head[1] switch
            {
                (byte)'d' or (byte)'l' or (byte)'t' => head[2] is (byte)'p' or (byte)'q' or (byte)'r' or (byte)'.' or (byte)'s',
                (byte)'S' => head[2] is (byte)'\'' or (byte)'"',
                (byte)'I' or (byte)'L' or (byte)'F' => head[2] is >= (byte)'0' and <= (byte)'9',
                (byte)'c' or (byte)'i' => IsGlobal(head[2..]),
                _ => false,
            },
            (byte)'c' => IsGlobal(head[1..]),
            (byte)'}' or (byte)']' => head[1] is (byte)'q' or (byte)'r',
            _ => false,
        };
    }

    /// <summary>GLOBAL: two lines, module and name, as in <c>ccopy_reg\n_reconstructor\n</c>, then the next opcode.</summary>
    private static bool IsGlobal(ReadOnlySpan<byte> rest)
    {
        for (int line = 0; line < 2; line++)
        {
            int end = rest.IndexOf((byte)'\n');
            if (end <= 0 || rest[..end].ContainsAnyExcept(NameCharacters))
            {
                return false;
            }

            rest = rest[(end + 1)..];
        }

        return !rest.IsEmpty && rest[0] is (byte)'p' or (byte)'q' or (byte)'r' or (byte)'(' or (byte)')' or (byte)'.';
    }

    private static FileForm Writing(ReadOnlySpan<byte> head)
    {
        if (!IsText(head))
        {
            return FileForm.Unknown;
        }

        string text = Encoding.UTF8.GetString(head).TrimStart('\uFEFF', ' ', '\t', '\r', '\n');
        return text.StartsWith('{') ? FileForm.JsonObject
            : text.StartsWith('[') ? FileForm.JsonArray
            : text.StartsWith("<!DOCTYPE", StringComparison.OrdinalIgnoreCase) || text.StartsWith("<html", StringComparison.OrdinalIgnoreCase) ? FileForm.Html
            : FileForm.Text;
    }

    /// <summary>UTF-8 without control characters; a character that the sample cuts is let pass.</summary>
    private static bool IsText(ReadOnlySpan<byte> head)
    {
        while (!head.IsEmpty)
        {
            OperationStatus status = Rune.DecodeFromUtf8(head, out Rune rune, out int length);
            if (status == OperationStatus.NeedMoreData)
            {
                return true;
            }

            bool control = rune.Value < 0x20 && rune.Value is not ('\t' or '\r' or '\n' or '\f');
            if (status != OperationStatus.Done || control || rune.Value == 0x7F)
            {
                return false;
            }

            head = head[length..];
        }

        return true;
    }
}
