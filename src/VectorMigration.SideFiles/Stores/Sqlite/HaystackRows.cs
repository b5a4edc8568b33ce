using VectorMigration.SideFiles.Stores.Json;

namespace VectorMigration.SideFiles.Stores.Sqlite;

/// <summary>Where the documents of one index lie in a database of Haystack, and which FAISS id each has.</summary>
internal sealed class HaystackRows
{
    private readonly List<long> documents = [];
    private readonly List<(long Position, int Document)> positions = [];
    private long[] metadata = [];
    private int[] firstMetadata = [0];

    private HaystackRows(string index) => Index = index;

    /// <summary>The name of the index.</summary>
    public string Index { get; }

    /// <summary>Documents of other indexes.</summary>
    public long OfOthers { get; private init; }

    /// <summary>Rowids of the documents.</summary>
    public IReadOnlyList<long> Documents => documents;

    /// <summary>FAISS ids with the number of their document.</summary>
    public IReadOnlyCollection<(long Position, int Document)> Positions => positions;

    /// <summary>Whether the values of metadata are JSON, as since release 1.0, or plain texts.</summary>
    public bool ValuesAreJson { get; private set; }

    /// <summary>Documents that have no metadata here, but rows of metadata under another index.</summary>
    public long WithMetadataElsewhere { get; private set; }

    /// <summary>The first index, by name, that such metadata are under; null where there are none.</summary>
    public string? MetadataIndex { get; private set; }

    /// <summary>Rowids of a document's metadata, ascending.</summary>
    public ReadOnlySpan<long> MetadataOf(int document) => metadata.AsSpan(firstMetadata[document]..firstMetadata[document + 1]);

    /// <summary>Passes through both tables once.</summary>
    /// <exception cref="MigrationException">They are damaged, or the index is not certain.</exception>
    public static HaystackRows Read(SqliteDatabase database, HaystackTables tables, HaystackConfig? config, CancellationToken cancellationToken)
    {
        Dictionary<string, (long Rows, long Vectors)> indexes = new(StringComparer.Ordinal);
        database.Scan(tables.Documents, ["index", "vector_id"], (rowid, row) =>
        {
            string name = row.ShortText(1, () => $"'index' of row {rowid}");
            (long all, long vectors) = indexes.GetValueOrDefault(name);
            indexes[name] = (all + 1, vectors + (row.TypeOf(2) == SqliteType.Null ? 0 : 1));
        }, cancellationToken);
        string chosen = Choose(database.Path, indexes, config);
        HaystackRows rows = new(chosen) { OfOthers = indexes.Where(entry => entry.Key != chosen).Sum(static entry => entry.Value.Rows) };
        Dictionary<string, int> numbers = rows.ReadDocuments(database, tables.Documents, cancellationToken);
        if (tables.Metadata is SqliteTable metadata)
        {
            rows.ReadMetadata(database, metadata, numbers, cancellationToken);
        }
        else
        {
            rows.firstMetadata = new int[rows.documents.Count + 1];
        }

        return rows;
    }

    /// <summary>The index that the configuration names; without one the default, or the only one whose documents have vectors.</summary>
    private static string Choose(string file, Dictionary<string, (long Rows, long Vectors)> indexes, HaystackConfig? config)
    {
        string[] withVectors = [.. indexes.Where(static entry => entry.Value.Vectors > 0).Select(static entry => entry.Key).Order(StringComparer.Ordinal)];
        string? asked = config is null ? null : config.Index ?? HaystackConfig.DefaultIndex;
        return asked is not null && indexes.ContainsKey(asked) ? asked
            : withVectors is [string only] && config?.Index is null ? only
            : withVectors.Length == 0 && config?.Index is null ? HaystackConfig.DefaultIndex
            : throw HaystackErrors.SeveralIndexes(file, [.. withVectors.Select(name => (name, indexes[name].Vectors))], config?.Index, config?.Path);
    }

    private Dictionary<string, int> ReadDocuments(SqliteDatabase database, SqliteTable table, CancellationToken cancellationToken)
    {
        Dictionary<string, int> numbers = new(StringComparer.Ordinal);
        database.Scan(table, ["id", "index", "vector_id"], (rowid, row) =>
        {
            if (row.ShortText(2, () => $"'index' of row {rowid}") != Index)
            {
                return;
            }

            string id = row.ShortText(1, () => $"'id' of row {rowid}");
            if (!numbers.TryAdd(id, documents.Count))
            {
                throw JsonErrors.Repeated(database.Path, $"the document '{SqliteErrors.Clean(id)}' of the index '{SqliteErrors.Clean(Index)}'");
            }

            if (row.TypeOf(3) != SqliteType.Null)
            {
                string vector = row.ShortText(3, () => $"'vector_id' of row {rowid}");
                positions.Add((PositionTable.Parse(database.Path, vector, "'vector_id'"), documents.Count));
            }

            documents.Add(rowid);
        }, cancellationToken);
        return numbers;
    }

    /// <summary>Groups the rows of metadata by document: counted first, then put in their places.</summary>
    private void ReadMetadata(SqliteDatabase database, SqliteTable table, Dictionary<string, int> numbers, CancellationToken cancellationToken)
    {
        bool hasIndex = table.Has("document_index");
        string[] columns = hasIndex ? ["document_id", "document_index"] : ["document_id"];
        List<(int Document, long Rowid)> found = [];
        Dictionary<int, string> elsewhere = [];
        database.Scan(table, columns, (rowid, row) =>
        {
            if (row.TypeOf(1) == SqliteType.Null
                || !numbers.TryGetValue(row.ShortText(1, () => $"'document_id' of row {rowid}"), out int document))
            {
                return;
            }

            string index = hasIndex ? row.ShortText(2, () => $"'document_index' of row {rowid}") : Index;
            if (index == Index)
            {
                found.Add((document, rowid));
            }
            else
            {
                elsewhere.TryAdd(document, index);
            }
        }, cancellationToken);
        found.ForEach(entry => elsewhere.Remove(entry.Document));
        WithMetadataElsewhere = elsewhere.Count;
        MetadataIndex = elsewhere.Values.Min(StringComparer.Ordinal);
        firstMetadata = new int[documents.Count + 1];
        found.ForEach(entry => firstMetadata[entry.Document + 1]++);
        for (int i = 0; i < documents.Count; i++)
        {
            firstMetadata[i + 1] += firstMetadata[i];
        }

        metadata = new long[found.Count];
        int[] next = [.. firstMetadata];
        found.ForEach(entry => metadata[next[entry.Document]++] = entry.Rowid);
        ValuesAreJson = AreJson(database, table, cancellationToken);
    }

    /// <summary>
    /// Before release 1.0 values are plain texts. One that cannot be JSON tells it for all of them. NaN and Infinity, which JSON does not have and Python
    /// writes, are taken as JSON here and refused where they stand.
    /// </summary>
    private static bool AreJson(SqliteDatabase database, SqliteTable table, CancellationToken cancellationToken)
    {
        bool all = true;
        database.Scan(table, ["value"], (rowid, row) =>
        {
            if (all && row.TypeOf(1) == SqliteType.Text)
            {
                ReadOnlySpan<byte> value = row.Text(1, () => $"'value' of row {rowid} in 'meta_document'").Trim(" \t\r\n"u8);
                all = !value.IsEmpty && (value[0] is (byte)'"' or (byte)'[' or (byte)'{' or (byte)'-' or (byte)'N' or (byte)'I'
                    || char.IsAsciiDigit((char)value[0]) || value.SequenceEqual("true"u8) || value.SequenceEqual("false"u8) || value.SequenceEqual("null"u8));
            }
        }, cancellationToken);
        return all;
    }
}
