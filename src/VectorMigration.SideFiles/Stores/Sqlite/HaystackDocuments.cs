using System.Buffers;
using System.Globalization;
using System.Text;
using VectorMigration.SideFiles.Stores.Json;

namespace VectorMigration.SideFiles.Stores.Sqlite;

/// <summary>
/// The documents of a FAISSDocumentStore of Haystack 1: tables <c>document</c> and <c>meta_document</c> of its SQLite file. <c>vector_id</c> is the FAISS
/// id as a text. In memory are rowids; texts and metadata are looked up as batches ask for them.
/// </summary>
internal sealed class HaystackDocuments : SqliteDocuments
{
    private readonly HaystackRows rows;
    private readonly SqliteStatement document;
    private readonly SqliteStatement? metaRow;
    private readonly bool isJson;
    private readonly bool hasType;

    private HaystackDocuments(SqliteDatabase database, HaystackTables tables, HaystackRows rows, IReadOnlyList<StorePart> parts)
        : base(database, parts)
    {
        this.rows = rows;
        isJson = tables.Documents.Has("content");
        hasType = tables.Documents.Has("content_type");
        string text = isJson ? "content" : "text";
        document = database.Prepare(tables.Documents.SelectOne(hasType ? ["id", text, "content_type"] : ["id", text]));
        metaRow = tables.Metadata is null ? null : database.Prepare(tables.Metadata.SelectOne(["name", "value"]));
    }

    /// <inheritdoc/>
    public override string Framework => "Haystack";

    /// <inheritdoc/>
    public override string Generation => (isJson ? "1.x" : "before 1.0") + $", index '{SqliteErrors.Clean(rows.Index)}'"
        + (rows.OfOthers == 0 ? string.Empty : $", {rows.OfOthers} {(rows.OfOthers == 1 ? "document" : "documents")} of other indexes") + JournalNote;

    /// <inheritdoc/>
    public override string? Doubt => rows.WithMetadataElsewhere == 0 ? null
        : HaystackErrors.MetadataElsewhere(Database.Path, rows.Index, rows.WithMetadataElsewhere, rows.MetadataIndex!);

    /// <inheritdoc/>
    public override int Count => rows.Documents.Count;

    /// <inheritdoc/>
    public override bool HasIds => true;

    /// <inheritdoc/>
    public override string IdOf(int document)
    {
        lock (Database.Gate)
        {
            Go(document);
            return this.document.ShortText(1, () => $"'id' of row {rows.Documents[document]} of 'document'");
        }
    }

    /// <summary>Whether a database is one of Haystack.</summary>
    public static bool Is(SqliteDatabase database) => HaystackTables.Of(database) is not null;

    /// <summary>Opens the documents of an index.</summary>
    /// <exception cref="MigrationException">The database is damaged, or several indexes are in it.</exception>
    public static KeyedStorePayloads Open(SqliteDatabase database, HaystackConfig? config, PayloadRules rules, CancellationToken cancellationToken)
    {
        List<StorePart> parts = [.. database.Parts];
        try
        {
            if (config is not null)
            {
                parts.Add(new StorePart(config.Path));
            }

            HaystackTables tables = HaystackTables.Of(database)!;
            HaystackRows rows = HaystackRows.Read(database, tables, config, cancellationToken);
            PositionTable positions = new(database.Path, rows.Positions);
            return new KeyedStorePayloads(new HaystackDocuments(database, tables, rows, parts), positions, "vector_id", rules);
        }
        catch
        {
            parts.ForEach(static part => part.Dispose());
            throw;
        }
    }

    /// <inheritdoc/>
    public override string NameOf(int document)
    {
        lock (Database.Gate)
        {
            try
            {
                Go(document);
                return NameOfRow();
            }
            catch (MigrationException)
            {
                return $"row {rows.Documents[document]}";
            }
        }
    }

    /// <inheritdoc/>
    public override string MetadataField => "meta";

    /// <inheritdoc/>
    public override ReadOnlyMemory<byte> Metadata(int document)
    {
        lock (Database.Gate)
        {
            ArrayBufferWriter<byte> output = new();
            Go(document);
            WriteMetadata(document, NameOfRow(), output);
            return output.WrittenMemory;
        }
    }

    /// <inheritdoc/>
    protected override void WriteRow(int number, IBufferWriter<byte> output)
    {
        Go(number);
        string name = NameOfRow();
        output.Write("{\"id\":"u8);
        WriteText(document.Text(1, () => $"'id' of {name}"), output);
        output.Write(",\"content\":"u8);
        WriteContent(name, output);
        if (hasType && document.TypeOf(3) == SqliteType.Text)
        {
            output.Write(",\"content_type\":"u8);
            WriteText(document.Text(3, () => $"'content_type' of {name}"), output);
        }

        output.Write(",\"meta\":"u8);
        WriteMetadata(number, name, output);
        output.Write("}"u8);
    }

    private void Go(int number)
    {
        document.Seek(rows.Documents[number]);
        if (!document.Step())
        {
            throw SqliteErrors.Damaged(Database.Path, $"row {rows.Documents[number]} of the table 'document' can no longer be found");
        }
    }

    private string NameOfRow() => $"the document '{SqliteErrors.Clean(document.ShortText(1, () => "'id' of a document"))}'";

    private void WriteContent(string name, IBufferWriter<byte> output)
    {
        if (document.TypeOf(2) != SqliteType.Text)
        {
            throw SqliteErrors.TypeOf(Database.Path, $"'content' of {name}", "a string", SqliteStatement.Name(document.TypeOf(2)));
        }

        ReadOnlySpan<byte> text = document.Text(2, () => $"'content' of {name}");
        if (isJson)
        {
            JsonCell.Require(text, Database.Path, name, "content");
            output.Write(text);
        }
        else
        {
            WriteText(text, output);
        }
    }

    /// <summary>The metadata as an object; of a name that stands there twice with the same value one is taken.</summary>
    private void WriteMetadata(int number, string name, IBufferWriter<byte> output)
    {
        Dictionary<string, byte[]> fields = new(StringComparer.Ordinal);
        foreach (long rowid in rows.MetadataOf(number))
        {
            (string key, byte[] value) = ReadField(rowid, name);
            if (!fields.TryAdd(key, value) && !fields[key].AsSpan().SequenceEqual(value))
            {
                throw JsonErrors.ValueRefused(Database.Path, name, "meta." + key, "two values", "Delete one of the two rows in meta_document.");
            }
        }

        output.Write("{"u8);
        bool first = true;
        foreach ((string key, byte[] value) in fields)
        {
            output.Write(first ? ""u8 : ","u8);
            first = false;
            WriteText(Encoding.UTF8.GetBytes(key), output);
            output.Write(":"u8);
            output.Write(value);
        }

        output.Write("}"u8);
    }

    private (string Key, byte[] Value) ReadField(long rowid, string document)
    {
        SqliteStatement row = metaRow!;
        row.Seek(rowid);
        if (!row.Step())
        {
            throw SqliteErrors.Damaged(Database.Path, $"row {rowid} of the table 'meta_document' can no longer be found");
        }

        string key = row.ShortText(1, () => $"'name' in the metadata of {document}");
        return (key, row.TypeOf(2) switch
        {
            SqliteType.Null => "null"u8.ToArray(),
            SqliteType.Integer => Encoding.ASCII.GetBytes(row.Integer(2).ToString(CultureInfo.InvariantCulture)),
            SqliteType.Text when rows.ValuesAreJson => JsonOf(row, document, key),
            SqliteType.Text => TextOf(row, document, key),
            SqliteType other => throw SqliteErrors.TypeOf(Database.Path, $"'{SqliteErrors.Clean(key)}' in the metadata of {document}", "a string",
                SqliteStatement.Name(other)),
        });
    }

    private byte[] JsonOf(SqliteStatement row, string document, string key)
    {
        ReadOnlySpan<byte> value = row.Text(2, () => $"'{SqliteErrors.Clean(key)}' in the metadata of {document}");
        JsonCell.Require(value, Database.Path, document, "meta." + key);
        return value.ToArray();
    }

    private static byte[] TextOf(SqliteStatement row, string document, string key)
    {
        ArrayBufferWriter<byte> json = new();
        WriteText(row.Text(2, () => $"'{SqliteErrors.Clean(key)}' in the metadata of {document}"), json);
        return json.WrittenSpan.ToArray();
    }
}
