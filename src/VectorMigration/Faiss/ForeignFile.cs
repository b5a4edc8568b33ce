using System.Buffers.Binary;
using VectorMigration.Errors;
using VectorMigration.Faiss.Fields;
using VectorMigration.Faiss.Input;
using VectorMigration.Faiss.Kinds;
using VectorMigration.Files;

namespace VectorMigration.Faiss;

/// <summary>Files that lie where an index should, recognised by their first bytes.</summary>
internal static class ForeignFile
{
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

        byte[] head = new byte[Math.Min(FileForms.Sample, file.Length)];
        file.ReadExactly(0, head);
        uint code = BinaryPrimitives.ReadUInt32LittleEndian(head);
        if (IndexKinds.Find(code) is not null || code == FourCharacters.Null)
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

    private static (string Found, string Action)? Describe(ReadOnlySpan<byte> head)
    {
        FileForm form = FileForms.Of(head);
        return form is FileForm.Unknown or FileForm.Utf16 ? PartOfIndex(head)
            : form is FileForm.Text && PartOfIndex(head) is { } part ? part
            : (FileForms.Name(form)!, Action(form));
    }

    private static string Action(FileForm form) => form switch
    {
        FileForm.GitLfsPointer => "Fetch the file itself: git lfs pull.",
        FileForm.GitAnnexPointer => "Fetch the file itself: git annex get.",
        FileForm.Gzip => "Unpack it first: gunzip (or tar xzf for a .tar.gz).",
        FileForm.Bzip2 => "Unpack it first: bunzip2 (or tar xjf for a .tar.bz2).",
        FileForm.Xz => "Unpack it first: unxz (or tar xJf for a .tar.xz).",
        FileForm.Zip => "Unpack it first, and name the index file in it (.npz and .pt files are zip archives too, but not indexes).",
        FileForm.NumPy => "If it contains the output of faiss.serialize_index, write it with faiss.write_index(faiss.deserialize_index(numpy.load(file)), "
            + "path). An array of vectors has two dimensions: vectors.reshape(-1, dimension).",
        FileForm.Sqlite => $"{UseIndexItself} Frameworks keep texts in such a database next to it.",
        FileForm.Hdf5 => $"{UseIndexItself} An HDF5 file of vectors has a dataset of real numbers with two dimensions.",
        FileForm.Parquet => $"{UseIndexItself} Parquet files next to it contain the metadata.",
        FileForm.Pickle => $"{UseIndexItself} A .pkl next to index.faiss contains the texts. Write a pickled index again with faiss.write_index.",
        FileForm.JsonObject or FileForm.JsonArray =>
            $"{UseIndexItself} JSON files next to it contain texts or settings. The default vector store of LlamaIndex is JSON, not FAISS.",
        FileForm.Html => "Download the file itself.",
        _ => UseIndexItself,
    };

    private static (string Found, string Action)? PartOfIndex(ReadOnlySpan<byte> head)
    {
        if (TransformFields.IsTransform(BinaryPrimitives.ReadUInt32LittleEndian(head)))
        {
            return ("a FAISS VectorTransform, which holds no vectors", UseIndexItself);
        }

        bool lists = head.StartsWith("ilar"u8) || head.StartsWith("ilod"u8) || head.StartsWith("ilbl"u8) || head.StartsWith("il00"u8);
        return lists ? ("FAISS inverted lists without their index", UseIndexItself) : null;
    }
}
