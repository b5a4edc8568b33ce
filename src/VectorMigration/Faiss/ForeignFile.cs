using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using VectorMigration.Errors;

namespace VectorMigration.Faiss;

/// <summary>Files that lie where an index should, recognised by their first bytes.</summary>
internal static class ForeignFile
{
    private const int Sample = 512;

    private static readonly SearchValues<byte> NameCharacters = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_."u8);

    private const string UseIndexItself = "Name the FAISS index file itself.";

    /// <summary>Refuses a file that does not begin as an index.</summary>
    /// <exception cref="MigrationException">It does not; the error says what it is and what to do.</exception>
    public static void ThrowIfNotIndex(FaissFile file)
    {
        if (file.Length == 0)
        {
            throw FaissErrors.Empty(file.Path);
        }

        if (file.Length < sizeof(uint))
        {
            throw FaissErrors.TooShort(file.Path, file.Length);
        }

        byte[] head = new byte[Math.Min(Sample, file.Length)];
        file.ReadExactly(0, head);
        uint code = BinaryPrimitives.ReadUInt32LittleEndian(head);
        if (IndexKinds.Find(code) is not null || code == IndexKinds.Null)
        {
            return;
        }

        if (Describe(head) is (string found, string action))
        {
            throw FaissErrors.NotAnIndex(file.Path, found, action);
        }

        throw IndexKinds.Find(BinaryPrimitives.ReverseEndianness(code)) is not null
            ? FaissErrors.BigEndian(file.Path, code)
            : FaissErrors.UnknownKind(file.Path, "start of the file", 0, code);
    }

    private static (string Found, string Action)? Describe(ReadOnlySpan<byte> head) => Pointer(head) ?? Container(head) ?? PartOfIndex(head) ?? Writing(head);

    private static (string Found, string Action)? Pointer(ReadOnlySpan<byte> head)
    {
        if (head.StartsWith("version https://git-lfs"u8))
        {
            return ("a Git LFS pointer, which stands for the file", "Fetch the file itself: git lfs pull.");
        }

        bool annex = head.StartsWith("/annex/objects/"u8) || head.IndexOf(".git/annex/objects/"u8) >= 0;
        return annex ? ("a git-annex pointer, which stands for the file", "Fetch the file itself: git annex get.") : null;
    }

    private static (string Found, string Action)? Container(ReadOnlySpan<byte> head)
    {
        if (head[0] == 0x1F && head[1] == 0x8B)
        {
            return ("gzip data", "Unpack it first: gunzip (or tar xzf for a .tar.gz).");
        }

        if (head.StartsWith("PK\x03\x04"u8) || head.StartsWith("PK\x05\x06"u8))
        {
            return ("a zip archive", "Unpack it first, and name the index file in it (.npz and .pt files are zip archives too, and no indexes).");
        }

        if (head[0] == 0x93 && head[1..].StartsWith("NUMPY"u8))
        {
            return ("a NumPy array (.npy)", "If it holds faiss.serialize_index, write the index with "
                + "faiss.write_index(faiss.deserialize_index(numpy.load(file)), path); if it holds vectors, add them to an IndexFlat.");
        }

        if (head.StartsWith("SQLite format 3\0"u8))
        {
            return ("a SQLite database", $"{UseIndexItself} Frameworks keep texts in such a database beside it.");
        }

        if (head[0] == 0x89 && head[1..].StartsWith("HDF\r\n\x1A\n"u8))
        {
            return ("an HDF5 file", UseIndexItself);
        }

        if (head.StartsWith("PAR1"u8))
        {
            return ("a Parquet file", $"{UseIndexItself} Parquet files beside it hold the metadata.");
        }

        return IsPickle(head)
            ? ("a Python pickle", $"{UseIndexItself} A .pkl beside index.faiss holds the texts; a pickled index has to be written again with faiss.write_index.")
            : null;
    }

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

    private static (string Found, string Action)? PartOfIndex(ReadOnlySpan<byte> head)
    {
        if (TransformFields.IsTransform(BinaryPrimitives.ReadUInt32LittleEndian(head)))
        {
            return ("a FAISS VectorTransform, which holds no vectors", UseIndexItself);
        }

        bool lists = head.StartsWith("ilar"u8) || head.StartsWith("ilod"u8) || head.StartsWith("ilbl"u8) || head.StartsWith("il00"u8);
        return lists ? ("FAISS inverted lists without their index", UseIndexItself) : null;
    }

    private static (string Found, string Action)? Writing(ReadOnlySpan<byte> head)
    {
        if (!IsText(head))
        {
            return null;
        }

        string text = Encoding.UTF8.GetString(head).TrimStart('\uFEFF', ' ', '\t', '\r', '\n');
        if (text.StartsWith('{') || text.StartsWith('['))
        {
            return ("JSON text", $"{UseIndexItself} JSON beside it holds texts or settings (LlamaIndex: its default vector store is JSON without vectors "
                + $"in FAISS).");
        }

        return text.StartsWith("<!DOCTYPE", StringComparison.OrdinalIgnoreCase) || text.StartsWith("<html", StringComparison.OrdinalIgnoreCase)
            ? ("an HTML page, as a failed download leaves it", "Download the file itself.")
            : ("text", UseIndexItself);
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
