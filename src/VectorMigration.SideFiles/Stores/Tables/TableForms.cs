using VectorMigration.SideFiles.Stores.Json;

namespace VectorMigration.SideFiles.Stores.Tables;

/// <summary>Tells which table a file is, by its content, and opens it.</summary>
internal static class TableForms
{
    /// <summary>Bytes that are looked at: the header of a CSV file and its first row.</summary>
    private const int Sample = 64 << 10;

    /// <summary>What an open file is; nothing, where it is no table.</summary>
    public static StoreForm Of(FileBytes bytes, string path)
    {
        byte[] head = Head(bytes);
        if (NumpyIds.Begins(head))
        {
            return StoreForm.NumPy;
        }

        if (!IsText(head))
        {
            return StoreForm.None;
        }

        return string.Equals(Path.GetFileName(path), DocIdLines.FileName, StringComparison.Ordinal) ? StoreForm.DocIds
            : CsvDocuments.Begins(head, head.Length == bytes.Length) ? StoreForm.Csv
            : StoreForm.None;
    }

    /// <summary>Whether a file that is named, and is nothing else, begins with a header of CSV: what is wrong with it is told as CSV.</summary>
    public static bool HasHeader(string path)
    {
        try
        {
            using DiskBytes bytes = new(path, FileShare.ReadWrite | FileShare.Delete);
            byte[] head = Head(bytes);
            return IsText(head) && (CsvHeader.DelimiterOf(head) is not null || Path.GetExtension(path).ToUpperInvariant() is ".CSV" or ".TSV");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            return false;
        }
    }

    /// <summary>Opens a table.</summary>
    /// <exception cref="MigrationException">It is missing, damaged or refused.</exception>
    public static StoredDocuments Open(string path, StoreForm form, PayloadRules rules, SpillFolder spill, CancellationToken cancellationToken) => form switch
    {
        StoreForm.NumPy => NumpyIds.Open(new StorePart(path)),
        StoreForm.DocIds => DocIdLines.Open(new StorePart(path), spill, cancellationToken),
        _ => CsvDocuments.Open(new StorePart(path), spill, cancellationToken),
    };

    private static byte[] Head(FileBytes bytes)
    {
        byte[] head = new byte[(int)Math.Min(Sample, bytes.Length)];
        int length = 0;
        for (int read = -1; read != 0 && length < head.Length; length += read)
        {
            read = bytes.Read(length, head.AsSpan(length));
        }

        return head[..length];
    }

    private static bool IsText(byte[] head) => FileForms.Of(head.AsSpan(0, Math.Min(head.Length, FileForms.Sample))) == FileForm.Text;
}
