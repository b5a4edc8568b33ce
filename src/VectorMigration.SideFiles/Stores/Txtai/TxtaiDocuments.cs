using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using VectorMigration.SideFiles.Stores.Json;
using VectorMigration.SideFiles.Stores.Sqlite;

namespace VectorMigration.SideFiles.Stores.Txtai;

/// <summary>
/// The content store of txtai: table <c>sections</c>, whose <c>indexid</c> is the FAISS id, and <c>documents</c> with the fields of those that were indexed
/// as dictionaries. Objects (images and other bytes) stay behind.
/// </summary>
internal sealed class TxtaiDocuments : SqliteDocuments
{
    private static readonly string[] Own = ["id", "text", "tags"];

    private readonly List<long> sections;
    private readonly Dictionary<string, long> data;
    private readonly SqliteStatement section;
    private readonly SqliteStatement? document;

    private readonly long repeated;

    private TxtaiDocuments(SqliteDatabase database, SqliteTable sections, SqliteTable? documents, List<long> rows, Dictionary<string, long> data, long repeated)
        : base(database, database.Parts)
    {
        this.repeated = repeated;
        this.sections = rows;
        this.data = data;
        section = database.Prepare(sections.SelectOne(["id", "text", "tags"]));
        document = documents is null ? null : database.Prepare(documents.SelectOne(["data"]));
    }

    /// <inheritdoc/>
    public override string Framework => "txtai";

    /// <inheritdoc/>
    public override string Generation => (data.Count == 0 ? "texts in SQLite" : "documents in SQLite") + JournalNote;

    /// <inheritdoc/>
    public override string? Doubt => repeated == 0 ? null : TxtaiErrors.RepeatedIds(Database.Path, repeated);

    /// <inheritdoc/>
    public override int Count => sections.Count;

    /// <inheritdoc/>
    public override bool HasIds => true;

    /// <inheritdoc/>
    public override string IdOf(int document)
    {
        lock (Database.Gate)
        {
            Go(document);
            return section.ShortText(1, () => $"'id' of row {sections[document]} of 'sections'");
        }
    }

    /// <summary>Whether a database is one of txtai.</summary>
    public static bool Is(SqliteDatabase database) => database.Find("sections", "indexid", "id", "text", "tags") is not null;

    /// <summary>Opens its documents.</summary>
    /// <exception cref="MigrationException">The database is damaged.</exception>
    public static KeyedStorePayloads Open(SqliteDatabase database, PayloadRules rules, CancellationToken cancellationToken)
    {
        SqliteTable sections = database.Find("sections", "indexid", "id", "text", "tags")!;
        SqliteTable? documents = database.Find("documents", "id", "data");
        List<long> rows = [];
        List<(long Position, int Document)> positions = [];
        List<ulong> ids = [];
        database.Scan(sections, ["indexid", "id"], (rowid, row) =>
        {
            if (row.TypeOf(1) != SqliteType.Integer || row.Integer(1) < 0)
            {
                throw SqliteErrors.TypeOf(database.Path, $"'indexid' of row {rowid} of 'sections'", "a whole number of 0 or more",
                    SqliteStatement.Name(row.TypeOf(1)));
            }

            positions.Add((row.Integer(1), rows.Count));
            rows.Add(rowid);
            ids.Add(Digest(row.ShortText(2, () => $"'id' of row {rowid} of 'sections'")));
        }, cancellationToken);
        Dictionary<string, long> data = new(StringComparer.Ordinal);
        if (documents is not null)
        {
            database.Scan(documents, ["id"], (rowid, row) =>
            {
                string id = row.ShortText(1, () => $"'id' of row {rowid} of 'documents'");
                if (!data.TryAdd(id, rowid))
                {
                    throw JsonErrors.Repeated(database.Path, $"the document '{SqliteErrors.Clean(id)}'");
                }
            }, cancellationToken);
        }

        return new KeyedStorePayloads(
            new TxtaiDocuments(database, sections, documents, rows, data, Repeated(ids)), new PositionTable(database.Path, positions), "indexid", rules);
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
                return $"row {sections[document]}";
            }
        }
    }

    /// <inheritdoc/>
    public override ReadOnlyMemory<byte> Metadata(int document)
    {
        lock (Database.Gate)
        {
            ArrayBufferWriter<byte> output = new();
            WriteRow(document, output);
            return output.WrittenMemory;
        }
    }

    /// <inheritdoc/>
    protected override void WriteRow(int number, IBufferWriter<byte> output)
    {
        Go(number);
        string name = NameOfRow();
        output.Write("{\"id\":"u8);
        WriteText(Encoding.UTF8.GetBytes(section.ShortText(1, () => $"'id' of {name}")), output);
        foreach ((int column, string key) in ((int, string)[])[(2, "text"), (3, "tags")])
        {
            if (section.TypeOf(column) != SqliteType.Null)
            {
                WriteField(column, key, name, output);
            }
        }

        WriteData(name, output);
        output.Write("}"u8);
    }

    private void WriteField(int column, string key, string name, IBufferWriter<byte> output)
    {
        if (section.TypeOf(column) != SqliteType.Text)
        {
            throw SqliteErrors.TypeOf(Database.Path, $"'{key}' of {name}", "a string", SqliteStatement.Name(section.TypeOf(column)));
        }

        output.Write(",\""u8);
        output.Write(Encoding.ASCII.GetBytes(key));
        output.Write("\":"u8);
        WriteText(section.Text(column, () => $"'{key}' of {name}"), output);
    }

    /// <summary>The fields of the dictionary that was indexed. Its id, text and tags are those of the section, which searching gives.</summary>
    private void WriteData(string name, IBufferWriter<byte> output)
    {
        if (!data.TryGetValue(section.ShortText(1, () => $"'id' of {name}"), out long rowid))
        {
            return;
        }

        document!.Seek(rowid);
        if (!document.Step())
        {
            throw SqliteErrors.Damaged(Database.Path, $"row {rowid} of the table 'documents' cannot be found again");
        }

        if (document.TypeOf(1) == SqliteType.Null)
        {
            return;
        }

        if (document.TypeOf(1) != SqliteType.Text)
        {
            throw SqliteErrors.TypeOf(Database.Path, $"'data' of {name}", "JSON text", SqliteStatement.Name(document.TypeOf(1)));
        }

        ReadOnlySpan<byte> json = document.Text(1, () => $"'data' of {name}");
        if (JsonCell.Require(json, Database.Path, name, "data") != JsonTokenType.StartObject)
        {
            throw SqliteErrors.TypeOf(Database.Path, $"'data' of {name}", "a JSON object", "another value");
        }

        Utf8JsonReader reader = new(json, new JsonReaderOptions { MaxDepth = JsonFileReader.MostNested });
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            bool isOwn = JsonNames.IndexOf(ref reader, Own) >= 0;
            int start = (int)reader.TokenStartIndex;
            reader.Read();
            reader.Skip();
            if (!isOwn)
            {
                output.Write(","u8);
                output.Write(json[start..(int)reader.BytesConsumed]);
            }
        }
    }

    /// <summary>A number for an id: 8 bytes instead of a text, for each of many sections.</summary>
    private static ulong Digest(string id) =>
        BinaryPrimitives.ReadUInt64LittleEndian(SHA256.HashData(Encoding.UTF8.GetBytes(id)));

    /// <summary>Sections that have the id of an earlier one.</summary>
    private static long Repeated(List<ulong> ids)
    {
        ids.Sort();
        long repeated = 0;
        for (int i = 1; i < ids.Count; i++)
        {
            repeated += ids[i] == ids[i - 1] ? 1 : 0;
        }

        return repeated;
    }

    private void Go(int number)
    {
        section.Seek(sections[number]);
        if (!section.Step())
        {
            throw SqliteErrors.Damaged(Database.Path, $"row {sections[number]} of the table 'sections' cannot be found again");
        }
    }

    private string NameOfRow() => $"the document '{SqliteErrors.Clean(section.ShortText(1, () => "'id' of a section"))}'";
}
