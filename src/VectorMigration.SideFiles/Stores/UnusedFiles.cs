using System.Globalization;
using System.Text.Json;
using VectorMigration.SideFiles.Stores.Json;
using VectorMigration.SideFiles.Stores.Tables;
using VectorMigration.SideFiles.VectorFiles;

namespace VectorMigration.SideFiles.Stores;

/// <summary>A file beside an index that looks like its texts and is not taken for them.</summary>
/// <param name="Path">Full path of the file.</param>
/// <param name="Why">Why it is not taken, as the end of a sentence.</param>
/// <param name="Error">What its opening says; null where it can be opened.</param>
/// <param name="MayBeTexts">It holds texts or records, so that leaving it out may lose them; false for bare numbers.</param>
internal sealed record UnusedFile(string Path, string Why, MigrationException? Error, bool MayBeTexts);

/// <summary>Looks for files beside an index that look like its texts and are not taken: what is left out is never left out in silence.</summary>
internal static class UnusedFiles
{
    /// <summary>A file of no known form is not read beyond this.</summary>
    private const long MostRead = 256 << 20;

    /// <summary>Numbers among which a repeated one is looked for.</summary>
    private const int MostNumbers = 1 << 20;

    /// <summary>What speaks against a list, a table or a database; null where it is nobody's texts, or only repeats what the index says.</summary>
    /// <param name="path">The file.</param>
    /// <param name="index">Path of the index.</param>
    /// <param name="vectors">Vectors of the index.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public static UnusedFile? OfList(string path, string index, long vectors, CancellationToken cancellationToken)
    {
        StoreForm form = StorePayloads.FormOf(path, cancellationToken);
        if (VectorFile.Is(path) || StorePayloads.RepeatsIds(path, index, cancellationToken))
        {
            return null;
        }

        bool isNumbers = form is StoreForm.NumPy or StoreForm.Pickle || (form == StoreForm.JsonList && BeginsWithNumber(path));
        if (form == StoreForm.SqliteTable)
        {
            return new UnusedFile(path, $"none of its tables has one row per vector ({vectors})", null, MayBeTexts: true);
        }

        (long? count, MigrationException? error) = Count(path, form, cancellationToken);
        return error is not null ? new UnusedFile(path, "it cannot be read as such", error, !isNumbers)
            : count is not long rows ? null
            : rows != vectors ? new UnusedFile(path, $"it has {Of(rows, "entry", "entries")}, and the index has {Of(vectors, "vector", "vectors")}",
                null, !isNumbers)
            : HasRepeatedNumbers(path, form, cancellationToken) ? new UnusedFile(path, "its numbers repeat, so they are no ids", null, MayBeTexts: false)
            : null;
    }

    /// <summary>The same of a file of JSON Lines.</summary>
    public static UnusedFile? OfJsonLines(string path, long vectors, CancellationToken cancellationToken) =>
        JsonLinesFiles.CountOf(path, cancellationToken) is not long lines || lines == vectors ? null
            // One line is an object, of settings as a rule.
            : lines == 1 ? OfOther(path, vectors, cancellationToken)
            : new UnusedFile(path, $"it has {Of(lines, "line", "lines")}, and the index has {Of(vectors, "vector", "vectors")}", null,
                MayBeTexts: true);

    /// <summary>The same of a file of no known form: it may be the texts where it has as many entries as the index has vectors, or calls itself a
    /// table.</summary>
    public static UnusedFile? OfOther(string path, long vectors, CancellationToken cancellationToken)
    {
        try
        {
            string extension = Path.GetExtension(path).ToUpperInvariant();
            if (new FileInfo(path).Length is 0 or > MostRead || (File.GetAttributes(path) & (FileAttributes.Device | FileAttributes.Directory)) != 0)
            {
                return null;
            }

            return extension switch
            {
                ".CSV" or ".TSV" => OpeningError(path, StoreForm.Csv, cancellationToken) is MigrationException damaged
                    ? new UnusedFile(path, "it cannot be read as CSV", damaged, MayBeTexts: true) : null,
                ".TXT" => JsonLinesFiles.CountOf(path, cancellationToken) == vectors
                    ? new UnusedFile(path, $"it has one line per vector ({vectors}), and lines of plain text are not read", null, MayBeTexts: true) : null,
                ".JSON" => OfJson(path, vectors, cancellationToken),
                _ => null,
            };
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            return null;
        }
    }

    /// <summary>Whether a list holds numbers or ids alone, and no texts.</summary>
    public static bool HoldsNumbers(string path, CancellationToken cancellationToken)
    {
        StoreForm form = StorePayloads.FormOf(path, cancellationToken);
        if (form is not (StoreForm.NumPy or StoreForm.JsonList))
        {
            return false;
        }

        using StoredDocuments documents = form == StoreForm.NumPy ? NumpyIds.Open(new StorePart(path)) : JsonListDocuments.Open(path, cancellationToken);
        return documents.HoldsNoFields && documents.Generation != "texts";
    }

    /// <summary>Whether a list is of whole numbers, one of which it has twice: labels, and no ids.</summary>
    public static bool HasRepeatedNumbers(string path, StoreForm form, CancellationToken cancellationToken)
    {
        if (form is not (StoreForm.NumPy or StoreForm.JsonList))
        {
            return false;
        }

        try
        {
            using StoredDocuments documents = form == StoreForm.NumPy ? NumpyIds.Open(new StorePart(path)) : JsonListDocuments.Open(path, cancellationToken);
            if (!documents.HoldsNoFields || documents.Generation != "ids")
            {
                return false;
            }

            HashSet<string> seen = new(StringComparer.Ordinal);
            System.Buffers.ArrayBufferWriter<byte> row = new();
            for (int i = 0; i < Math.Min(documents.Count, MostNumbers); i++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                row.ResetWrittenCount();
                documents.Write(i, LargeInteger.Text, row);
                if (!seen.Add(System.Text.Encoding.UTF8.GetString(row.WrittenSpan)))
                {
                    return true;
                }
            }

            return false;
        }
        catch (MigrationException)
        {
            return false;
        }
    }

    /// <summary>Whether a JSON list begins with a number: scores or labels, and no texts.</summary>
    private static bool BeginsWithNumber(string path)
    {
        using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        int sign = file.ReadByte();
        while (sign is ' ' or '\t' or '\r' or '\n' or '[' or 0xEF or 0xBB or 0xBF)
        {
            sign = file.ReadByte();
        }

        return sign is '-' or (>= '0' and <= '9');
    }

    private static string Of(long count, string one, string many) => string.Create(CultureInfo.InvariantCulture, $"{count:N0} {(count == 1 ? one : many)}");

    private static (long? Count, MigrationException? Error) Count(string path, StoreForm form, CancellationToken cancellationToken) =>
        StorePayloads.CountOf(path, form, cancellationToken) is long count ? (count, null)
            : form == StoreForm.Pickle ? (null, null)
            : (null, OpeningError(path, form, cancellationToken));

    private static MigrationException? OpeningError(string path, StoreForm form, CancellationToken cancellationToken)
    {
        try
        {
            using StoredDocuments? documents = form == StoreForm.JsonList ? JsonListDocuments.Open(path, cancellationToken)
                : form == StoreForm.JsonDictionary ? null
                : TableForms.Open(path, form, default, new SpillFolder(), cancellationToken);
            if (form == StoreForm.JsonDictionary)
            {
                JsonDictionaryDocuments.Open(path, default, cancellationToken).Dispose();
            }

            return null;
        }
        catch (MigrationException error)
        {
            return error;
        }
    }

    /// <summary>A JSON file that is damaged, or an object with a list, or with fields, for each vector.</summary>
    private static UnusedFile? OfJson(string path, long vectors, CancellationToken cancellationToken)
    {
        using DiskBytes bytes = new(path, FileShare.ReadWrite | FileShare.Delete);
        JsonFileReader json = new(bytes, path);
        bool isList = false;
        try
        {
            if (!json.Read() || json.Token != JsonTokenType.StartObject)
            {
                isList = json.Token == JsonTokenType.StartArray;
                while (json.Read())
                {
                    cancellationToken.ThrowIfCancellationRequested();
                }

                return null;
            }

            long fields = 0;
            UnusedFile? found = null;
            while (json.Next() == JsonTokenType.PropertyName)
            {
                cancellationToken.ThrowIfCancellationRequested();
                fields++;
                string name = json.ShownText();
                if (json.Next() == JsonTokenType.StartArray && json.CountEntries(cancellationToken).Count == vectors)
                {
                    found ??= new UnusedFile(path, $"its field '{Pickles.PickleErrors.Clean(name)}' has one entry per vector ({vectors}), and the "
                        + "structure of the file is not known", null, MayBeTexts: true);
                }
                else
                {
                    json.Skip();
                }
            }

            // What follows the object would make it no JSON.
            json.ExpectEnd();
            return found ?? (fields == vectors
                ? new UnusedFile(path, $"it is an object with one field per vector ({vectors}), whose names are no FAISS ids", null, MayBeTexts: true) : null);
        }
        catch (MigrationException)
        {
            // A list that is damaged near its beginning is told as one; configurations with comments and the like are nobody's texts.
            return isList && OpeningError(path, StoreForm.JsonList, cancellationToken) is MigrationException damaged
                ? new UnusedFile(path, "it cannot be read as a JSON list", damaged, MayBeTexts: true) : null;
        }
    }
}
