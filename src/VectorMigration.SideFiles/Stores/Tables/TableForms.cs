using VectorMigration.SideFiles.Stores.Json;
using VectorMigration.SideFiles.Stores.Tables.Arrow;
using VectorMigration.SideFiles.Stores.Tables.Parquet;

namespace VectorMigration.SideFiles.Stores.Tables;

/// <summary>Tells which table a file is, by its content, and opens it.</summary>
internal static class TableForms
{
    /// <summary>Bytes that are looked at: the header of a CSV file and its first row.</summary>
    private const int Sample = 64 << 10;

    /// <summary>Parts of one table in a folder.</summary>
    private const int MostParts = 100_000;

    private const string ParquetExtension = ".parquet";
    private const string ArrowExtension = ".arrow";

    /// <summary>What an open file is; nothing, where it is no table.</summary>
    public static StoreForm Of(FileBytes bytes, string path)
    {
        byte[] head = Head(bytes);
        if (NumpyHeader.Begins(head))
        {
            return StoreForm.NumPy;
        }

        if (ParquetFile.Begins(head))
        {
            return StoreForm.Parquet;
        }

        if (ArrowFile.Begins(head))
        {
            return DatasetFiles.StateOf(path) is null ? StoreForm.Arrow : StoreForm.Dataset;
        }

        if (IsState(path))
        {
            return StoreForm.Dataset;
        }

        if (!IsText(head, path))
        {
            return StoreForm.None;
        }

        return string.Equals(Path.GetFileName(path), DocIdLines.FileName, StringComparison.Ordinal) ? StoreForm.DocIds
            : CsvDocuments.Begins(head, head.Length == bytes.Length, IsNamedCsv(path)) ? StoreForm.Csv
            : StoreForm.None;
    }

    /// <summary>Whether a file that is named, and is nothing else, is CSV with a fault, or calls itself CSV: what is wrong with it is told as CSV.</summary>
    public static bool HasHeader(string path)
    {
        try
        {
            using FileBytes bytes = UnpackedBytes.Open(path);
            byte[] head = Head(bytes);
            return IsText(head, path) && (IsNamedCsv(path) || CsvDocuments.Resembles(head, head.Length == bytes.Length));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException or MigrationException)
        {
            return false;
        }
    }

    /// <summary>What a folder is: a dataset, or parts of one table.</summary>
    public static StoreForm OfFolder(string folder) => DatasetFiles.StateOf(folder) is not null ? StoreForm.Dataset
        : PartsOf(folder, ParquetExtension).Count > 0 ? StoreForm.ParquetParts
        : PartsOf(folder, ArrowExtension).Count > 0 ? StoreForm.ArrowParts
        : StoreForm.None;

    /// <summary>The table that a folder beside an index holds: a dataset, or what clip-retrieval keeps in its folder; null for none.</summary>
    public static string? Beside(string folder) => DatasetFiles.StateOf(folder)
        ?? (IsShared(folder) && OfFolder(folder) != StoreForm.None ? folder : null);

    /// <summary>The file that stands for a whole table: of a dataset its state, otherwise itself.</summary>
    public static string WholeOf(string path, StoreForm form) => form == StoreForm.Dataset ? DatasetFiles.StateOf(path) ?? path : path;

    /// <summary>Whether a folder is that of clip-retrieval, whose rows belong to the images and to the texts.</summary>
    public static bool IsShared(string folder) => string.Equals(Path.GetFileName(folder), ParquetDocuments.ClipRetrievalFolder, StringComparison.Ordinal);

    /// <summary>Opens a table.</summary>
    /// <exception cref="MigrationException">It is missing, damaged or refused.</exception>
    public static StoredDocuments Open(string path, StoreForm form, PayloadRules rules, SpillFolder spill, CancellationToken cancellationToken) => form switch
    {
        StoreForm.NumPy => OpenArray(new StorePart(path), cancellationToken),
        StoreForm.DocIds => DocIdLines.Open(new StorePart(path), spill, cancellationToken),
        StoreForm.Parquet => ParquetDocuments.Open([new StorePart(path)], isFolder: false, rules, spill, cancellationToken),
        StoreForm.ParquetParts =>
            ParquetDocuments.Open(OpenAll(PartsOf(path, ParquetExtension)), isFolder: true, rules, spill, cancellationToken),
        StoreForm.Arrow => ArrowDocuments.Open(new StorePart(path), rules, spill, cancellationToken),
        StoreForm.ArrowParts => ArrowDocuments.Open(OpenAll(PartsOf(path, ArrowExtension)), [], isDataset: false, rules, spill, cancellationToken),
        StoreForm.Dataset => OpenDataset(path, rules, spill, cancellationToken),
        _ => CsvDocuments.Open(new StorePart(path), spill, cancellationToken),
    };

    /// <summary>Ids or texts; objects are a pickle in the file.</summary>
    private static StoredDocuments OpenArray(StorePart part, CancellationToken cancellationToken)
    {
        bool isOfObjects;
        try
        {
            isOfObjects = part.Guard(() => NumpyHeader.Of(part)).Type.EndsWith('O');
        }
        catch
        {
            part.Dispose();
            throw;
        }

        return isOfObjects ? PickledDocuments.OpenArray(part, cancellationToken) : NumpyIds.Open(part);
    }

    private static ArrowDocuments OpenDataset(string path, PayloadRules rules, SpillFolder spill, CancellationToken cancellationToken)
    {
        DatasetFiles files = DatasetFiles.Of(DatasetFiles.StateOf(path) ?? path);
        List<StorePart> parts = OpenAll([.. files.Data, .. files.Indices]);
        return ArrowDocuments.Open(parts[..files.Data.Count], parts[files.Data.Count..], isDataset: true, rules, spill, cancellationToken);
    }

    private static bool IsState(string path) =>
        string.Equals(Path.GetFileName(path), DatasetFiles.StateName, StringComparison.Ordinal) && DatasetFiles.StateOf(path) is not null;

    /// <summary>The parts in a folder in the order of their names, letter by letter: clip-retrieval and its index have them so.</summary>
    private static List<string> PartsOf(string folder, string extension)
    {
        try
        {
            return [.. Directory.EnumerateFiles(folder, "*" + extension).Take(MostParts).Order(StringComparer.Ordinal)];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    private static List<StorePart> OpenAll(IReadOnlyList<string> paths)
    {
        List<StorePart> parts = [];
        try
        {
            foreach (string path in paths)
            {
                parts.Add(new StorePart(path));
            }

            return parts;
        }
        catch
        {
            parts.ForEach(static part => part.Dispose());
            throw;
        }
    }

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

    /// <summary>Text, or what calls itself CSV and is nothing else: what is no text in it is told by its row.</summary>
    private static bool IsText(byte[] head, string path) => FileForms.Of(head.AsSpan(0, Math.Min(head.Length, FileForms.Sample))) switch
    {
        FileForm.Text => true,
        FileForm.Unknown => IsNamedCsv(path) && !head.AsSpan().Contains((byte)0),
        _ => false,
    };

    private static bool IsNamedCsv(string path) => Path.GetExtension(UnpackedBytes.PlainName(path)).ToUpperInvariant() is ".CSV" or ".TSV";
}
