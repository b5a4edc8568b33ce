using System.Globalization;
using VectorMigration.SideFiles.Stores.Json;
using VectorMigration.SideFiles.Stores.Sqlite;
using VectorMigration.SideFiles.Stores.Tables;
using VectorMigration.SideFiles.VectorFiles;

namespace VectorMigration.SideFiles.Stores;

/// <summary>A file beside an index that looks like its texts and is not taken for them.</summary>
/// <param name="Path">Full path of the file.</param>
/// <param name="Why">Why it is not taken, as the end of a sentence.</param>
/// <param name="Error">What its opening says; null where it can be opened.</param>
/// <param name="MayBeTexts">It holds texts or records, so that leaving it out may lose them; false for bare numbers.</param>
internal sealed record UnusedFile(string Path, string Why, MigrationException? Error, bool MayBeTexts)
{
    /// <summary>It has as many entries as the index has vectors: it is probably its texts, whoever named what.</summary>
    public bool Fits { get; init; }

    /// <summary>Beside an index that was named it is sent only where it is named too, as documented: it is told, and refuses nothing.</summary>
    public bool NeedsName { get; init; }

    /// <summary>What to do about it; null for what is advised of every such file.</summary>
    public string? Advice { get; init; }

    /// <summary>Of an object whose values are whole numbers, the sum of their hashes.</summary>
    public ulong? Numbers { get; init; }

    /// <summary>Entries of a list or a table of another length than the index; null for anything else.</summary>
    public long? Entries { get; init; }

    /// <summary>It is several JSON values one after the other, as JSON Lines are.</summary>
    public bool IsSeveral { get; init; }
}

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

        bool isNumbers = IsOfNumbers(path, form, cancellationToken);
        if (form == StoreForm.SqliteTable)
        {
            return new UnusedFile(path, $"none of its tables has one row per vector ({Grouped.Of(vectors)})", null, MayBeTexts: true)
            {
                Advice = TableKeys.AdviceFor(path, index, cancellationToken),
            };
        }

        (long? count, MigrationException? error) = Count(path, form, cancellationToken);
        if (form == StoreForm.Pickle && error is not null)
        {
            // Settings and vocabularies are pickled dictionaries too.
            return UnusedPickles.Of(path, index, vectors, cancellationToken) is UnusedFile pickle ? pickle with { Error = pickle.Error ?? error } : null;
        }

        return error is not null ? new UnusedFile(path, "it cannot be read as such", error, !isNumbers)
            : count is not long rows ? null
            : rows != vectors ? new UnusedFile(path, $"it has {Of(rows, "entry", "entries")}, and the index has {Of(vectors, "vector", "vectors")}",
                null, !isNumbers)
            { Entries = rows }
            : HasRepeatedNumbers(path, form, cancellationToken) ? new UnusedFile(path, "its numbers repeat, so they are no ids", null, MayBeTexts: false)
            : null;
    }

    /// <summary>The same of a file of JSON Lines.</summary>
    public static UnusedFile? OfJsonLines(string path, string index, long vectors, CancellationToken cancellationToken) =>
        JsonLinesFiles.CountOf(path, cancellationToken) is not long lines ? null
            // One line is an object, of settings as a rule.
            : lines == 1 && vectors != 1 ? OfJson(path, index, vectors, cancellationToken) ?? UnreadableFiles.OfEmptyJson(path)
            : lines == vectors
                ? new UnusedFile(path, $"it has one JSON object per vector ({Grouped.Of(vectors)})", null, MayBeTexts: true) { Fits = true, NeedsName = true }
            : new UnusedFile(path, $"it has {Of(lines, "line", "lines")}, and the index has {Of(vectors, "vector", "vectors")}", null,
                MayBeTexts: true)
            { NeedsName = true, Entries = lines };

    /// <summary>The same of a file of no known form, by its content: it may be the texts where it has as many entries as the index has vectors, or is
    /// data that cannot be read.</summary>
    /// <param name="path">The file.</param>
    /// <param name="index">Path of the index.</param>
    /// <param name="vectors">Vectors of the index.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public static UnusedFile? OfOther(string path, string index, long vectors, CancellationToken cancellationToken)
    {
        try
        {
            // An archive of NumPy may hold texts beside vectors.
            if (OrdinaryFiles.Is(path) || (VectorFile.Is(path) && FormOf(path) != FileForm.Zip)
                || (File.GetAttributes(path) & (FileAttributes.Device | FileAttributes.Directory)) != 0)
            {
                return null;
            }

            return FormOf(path) switch
            {
                _ when new FileInfo(path).Length == 0 => UnreadableFiles.OfEmpty(path),
                FileForm.Pickle => UnusedPickles.Of(path, index, vectors, cancellationToken),
                FileForm.Gzip => PackedTexts.OfGzip(path, unpacked => OfAny(unpacked, index, vectors, cancellationToken), cancellationToken),
                FileForm.Zip => PackedTexts.OfZip(path, vectors),
                FileForm form and (FileForm.GitLfsPointer or FileForm.GitAnnexPointer or FileForm.Utf16 or FileForm.Bzip2 or FileForm.Xz) =>
                    OrdinaryFiles.IsNamedData(path) ? new UnusedFile(path, $"it is {FileForms.Name(form)}", null, MayBeTexts: true) : null,
                _ when new FileInfo(path).Length > MostRead => OrdinaryFiles.IsNamedData(path)
                    ? new UnusedFile(path, $"it has more than {MostRead >> 20} MB, and is not looked through", null, MayBeTexts: false) : null,
                FileForm.JsonObject or FileForm.JsonArray => OfJson(path, index, vectors, cancellationToken) ?? UnreadableFiles.OfEmptyJson(path),
                FileForm.Text => OfText(path, vectors, cancellationToken) ?? UnreadableFiles.OfText(path),
                _ => IsNamedCsv(path) && OpeningError(path, StoreForm.Csv, cancellationToken) is MigrationException damaged
                    ? new UnusedFile(path, "it cannot be read as CSV", damaged, MayBeTexts: true)
                    : UnreadableFiles.OfUnknown(path, IsNamedCsv(path) ? StorePayloads.CountOf(path, StoreForm.Csv, cancellationToken) : null, vectors),
            };
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            return null;
        }
    }

    /// <summary>The same of a file that is beside the store of a framework, whose texts are sent: one that fits is reported too.</summary>
    /// <param name="path">The file.</param>
    /// <param name="isList">It is a list, a table or a database.</param>
    /// <param name="index">Path of the index.</param>
    /// <param name="vectors">Vectors of the index.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public static UnusedFile? OfBeside(string path, bool isList, string index, long vectors, CancellationToken cancellationToken) =>
        !isList ? OfOther(path, index, vectors, cancellationToken)
        : !StorePayloads.Fits(path, vectors, cancellationToken) ? OfList(path, index, vectors, cancellationToken)
        : IsOfNumbers(path, StorePayloads.FormOf(path, cancellationToken), cancellationToken) ? null
        : OneForEach(path, vectors);

    private static UnusedFile OneForEach(string path, long vectors) =>
        new(path, $"it has one entry per vector ({Grouped.Of(vectors)})", null, MayBeTexts: true) { Fits = true };

    /// <summary>The same of JSON whose structure is not known; its text is read once.</summary>
    private static UnusedFile? OfJson(string path, string index, long vectors, CancellationToken cancellationToken)
    {
        using FileBytes bytes = UnpackedBytes.Open(path);
        UnusedFile? json = UnusedJson.Of(bytes, path, vectors, cancellationToken);
        return json is { IsSeveral: true } && JsonLinesFiles.Is(path, cancellationToken) ? OfJsonLines(path, index, vectors, cancellationToken)
            : json is { Numbers: ulong numbers } ? TextsAsNames.Of(path, numbers, index, vectors, isJson: true, cancellationToken) ?? json
            : json;
    }

    /// <summary>The same of a file of any form, which was packed: even one that fits is not sent.</summary>
    private static UnusedFile? OfAny(string path, string index, long vectors, CancellationToken cancellationToken) =>
        FolderContents.KindOf(path, cancellationToken) switch
        {
            FileKind.List when StorePayloads.Fits(path, vectors, cancellationToken) => OneForEach(path, vectors),
            FileKind.List => OfList(path, index, vectors, cancellationToken),
            FileKind.Store or FileKind.Damaged or FileKind.Part => new UnusedFile(
                path, "it is a file of a store, which is read only after gunzip has decompressed it", null, MayBeTexts: true),
            FileKind.Config or FileKind.Index => null,
            _ => OfOther(path, index, vectors, cancellationToken),
        };

    /// <summary>Lines of plain text: those of a table of one column have a header.</summary>
    private static UnusedFile? OfText(string path, long vectors, CancellationToken cancellationToken)
    {
        if (YamlEntries.Is(path))
        {
            return YamlEntries.Of(path, vectors);
        }

        if (!OrdinaryFiles.MayBeTextLines(path))
        {
            return null;
        }

        if (JsonLinesFiles.CountOf(path, cancellationToken) is not long lines)
        {
            return UnreadableFiles.OfUnknown(path, null, vectors);
        }

        if (IsNamedCsv(path))
        {
            return OpeningError(path, StoreForm.Csv, cancellationToken) is MigrationException damaged
                    ? new UnusedFile(path, "it cannot be read as CSV", damaged, MayBeTexts: true)
                : lines == vectors || lines == vectors + 1
                    ? new UnusedFile(path, $"it has one column and {Of(lines, "line", "lines")}, and the index has {Of(vectors, "vector", "vectors")}. "
                        + "A table needs a header and two columns", null, MayBeTexts: true)
                    {
                        Fits = true,
                        // With a header there is one line more than there are rows; whether the first line is one is for the user to say.
                        Advice = lines != vectors + 1 ? null
                            : "If it holds the texts of the index, and its first line is a header, name it with -PayloadPath. Otherwise, use -NoStore.",
                    }
                : lines > 1 ? new UnusedFile(path, $"it has {Of(lines, "line", "lines")}, and the index has {Of(vectors, "vector", "vectors")}", null,
                    MayBeTexts: true)
                : null;
        }

        bool isData = Path.GetExtension(path).ToUpperInvariant() is ".JSONL" or ".NDJSON";
        if (!isData && UnreadableFiles.OfNoText(path, lines, vectors) is UnusedFile unreadable)
        {
            return unreadable;
        }

        return lines == vectors
            ? new UnusedFile(path, $"it has one line per vector ({Grouped.Of(vectors)}), and lines of plain text are not "
                + "read", null, MayBeTexts: true)
            { Fits = true }
            : isData ? new UnusedFile(path, $"it has {Of(lines, "line", "lines")} that are no JSON objects", null, MayBeTexts: true)
            : null;
    }

    private static FileForm FormOf(string path)
    {
        using DiskBytes bytes = new(path, FileShare.ReadWrite | FileShare.Delete);
        Span<byte> head = stackalloc byte[FileForms.Sample];
        return FileForms.Of(head[..bytes.Read(0, head)]);
    }

    private static bool IsNamedCsv(string path) => Path.GetExtension(path).ToUpperInvariant() is ".CSV" or ".TSV";

    /// <summary>Whether a NumPy array is of strings or objects; what is damaged may be.</summary>
    private static bool HoldsTexts(string path)
    {
        try
        {
            using StorePart part = new(path);
            return NumpyHeader.Of(part).HoldsTexts;
        }
        catch (MigrationException)
        {
            return true;
        }
    }

    private static bool IsOfNumbers(string path, StoreForm form, CancellationToken cancellationToken) => form switch
    {
        StoreForm.NumPy => !HoldsTexts(path),
        StoreForm.Pickle => IsPickleOfNumbers(path, cancellationToken),
        _ => form == StoreForm.JsonList && BeginsWithNumber(path),
    };

    private static bool IsPickleOfNumbers(string path, CancellationToken cancellationToken)
    {
        try
        {
            return !UnusedPickles.HoldsValues(PickledDocuments.RootOf(path, cancellationToken));
        }
        catch (MigrationException)
        {
            return false;
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

        if (form == StoreForm.NumPy)
        {
            return !HoldsTexts(path);
        }

        using StoredDocuments documents = JsonListDocuments.Open(path, cancellationToken);
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
        using FileBytes bytes = UnpackedBytes.Open(path);
        using BufferedStream file = new(new FileBytesStream(bytes));
        int sign = file.ReadByte();
        while (sign is ' ' or '\t' or '\r' or '\n' or '[' or 0xEF or 0xBB or 0xBF)
        {
            sign = file.ReadByte();
        }

        return sign is '-' or (>= '0' and <= '9');
    }

    private static string Of(long count, string one, string many) => string.Create(CultureInfo.InvariantCulture, $"{count:N0} {(count == 1 ? one : many)}");

    private static (long? Count, MigrationException? Error) Count(string path, StoreForm form, CancellationToken cancellationToken) =>
        StorePayloads.CountOf(path, form, cancellationToken) is long count ? (count, null) : (null, OpeningError(path, form, cancellationToken));

    private static MigrationException? OpeningError(string path, StoreForm form, CancellationToken cancellationToken)
    {
        try
        {
            if (form == StoreForm.Pickle)
            {
                PickledDocuments.CountOf(path, cancellationToken);
                return null;
            }

            if (form == StoreForm.JsonPairs)
            {
                JsonPairDocuments.Open(path, default, new SpillFolder(), cancellationToken).Dispose();
                return null;
            }

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
}
