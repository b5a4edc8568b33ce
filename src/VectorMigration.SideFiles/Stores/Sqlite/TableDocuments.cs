using System.Buffers;
using System.Globalization;
using System.Text;
using VectorMigration.SideFiles.Pickles;
using VectorMigration.SideFiles.Stores.Json;

namespace VectorMigration.SideFiles.Stores.Sqlite;

/// <summary>
/// A table that somebody made: its rows become payloads, column by column. Without a key row n belongs to the vector that was added n-th, in the order of
/// rowids; with one the column says the FAISS id.
/// </summary>
internal sealed class TableDocuments : SqliteDocuments
{
    private readonly SqliteTable table;
    private readonly SqliteStatement row;
    private readonly string[] columns;
    private readonly List<long> rows;

    private TableDocuments(SqliteDatabase database, SqliteTable table, List<long> rows, in PayloadRules rules)
        : base(database, database.Parts)
    {
        this.table = table;
        this.rows = rows;
        // What is left out is not read: bytes, which would be refused, do no harm there.
        (string? key, bool dropsKey, PayloadMapping? mapping) = (rules.Key, rules.DropKey, rules.Mapping);
        columns =
        [
            .. table.Columns.Where(column => string.Equals(column, key, StringComparison.OrdinalIgnoreCase)
                ? !dropsKey && mapping?.LeavesOut(column) != true
                : mapping?.LeavesOut(column) != true),
        ];
        row = database.Prepare(table.SelectOne(columns));
    }

    /// <inheritdoc/>
    public override string Framework => "SQLite table";

    /// <inheritdoc/>
    public override string Generation => $"'{SqliteErrors.Clean(table.Name)}'" + JournalNote;

    /// <inheritdoc/>
    public override int Count => rows.Count;

    /// <summary>Opens the table that fits.</summary>
    /// <exception cref="MigrationException">None fits, or several do.</exception>
    public static StoredPayloads Open(SqliteDatabase database, string? indexPath, PayloadRules rules, CancellationToken cancellationToken)
    {
        SqliteTable table = TableChoice.Of(database, indexPath, rules.Key, cancellationToken);
        if (table.Generated.Count > 0)
        {
            throw SqliteErrors.TableInvalid(database.Path, table.Name, "columns whose values are in the file",
                $"the generated column '{SqliteErrors.Clean(table.Generated[0])}'");
        }

        List<long> rows = [];
        if (rules.Key is not string key)
        {
            database.Scan(table, [], (rowid, _) => rows.Add(rowid), cancellationToken);
            return new RowStorePayloads(new TableDocuments(database, table, rows, rules), rules);
        }

        List<(long Position, int Document)> positions = [];
        Dictionary<long, long> places = [];
        database.Scan(table, [key], (rowid, values) =>
        {
            long id = values.TypeOf(1) == SqliteType.Integer ? values.Integer(1)
                : values.TypeOf(1) == SqliteType.Text && long.TryParse(values.ShortText(1, () => $"row {rowid}"), NumberStyles.AllowLeadingSign,
                    CultureInfo.InvariantCulture, out long parsed) ? parsed
                : throw TableErrors.KeyInvalid(database.Path, table.Name, key, rowid, SqliteStatement.Name(values.TypeOf(1)));
            if (!places.TryAdd(id, rowid))
            {
                throw TableErrors.KeyRepeated(database.Path, table.Name, key, id, places[id], rowid);
            }

            positions.Add((id, rows.Count));
            rows.Add(rowid);
        }, cancellationToken);
        return new KeyedTablePayloads(
            new TableDocuments(database, table, rows, rules), new PositionTable(database.Path, positions), key, rules);
    }

    /// <inheritdoc/>
    public override string NameOf(int document) => string.Create(CultureInfo.InvariantCulture, $"row {rows[document]} of '{SqliteErrors.Clean(table.Name)}'");

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
        row.Seek(rows[number]);
        if (!row.Step())
        {
            throw SqliteErrors.Damaged(Database.Path, $"{NameOf(number)} can no longer be found");
        }

        output.Write("{"u8);
        for (int i = 0; i < columns.Length; i++)
        {
            output.Write(i == 0 ? ""u8 : ","u8);
            WriteText(Encoding.UTF8.GetBytes(columns[i]), output);
            output.Write(":"u8);
            WriteValue(i + 1, number, output);
        }

        output.Write("}"u8);
    }

    private void WriteValue(int column, int number, IBufferWriter<byte> output)
    {
        switch (row.TypeOf(column))
        {
            case SqliteType.Integer:
                output.Write(Encoding.ASCII.GetBytes(row.Integer(column).ToString(CultureInfo.InvariantCulture)));
                break;
            case SqliteType.Real when double.IsFinite(row.Real(column)):
                output.Write(Encoding.ASCII.GetBytes(PythonText.FloatText(row.Real(column))));
                break;
            case SqliteType.Real:
                throw JsonErrors.ValueRefused(Database.Path, NameOf(number), columns[column - 1], "an infinite number, which is not JSON",
                    "Store NULL instead.");
            case SqliteType.Text:
                WriteText(row.Text(column, () => $"'{SqliteErrors.Clean(columns[column - 1])}' of {NameOf(number)}"), output);
                break;
            case SqliteType.Blob:
                throw JsonErrors.ValueRefused(Database.Path, NameOf(number), columns[column - 1], "bytes (BLOB), which JSON cannot represent",
                    "Exclude the column with -ExcludePayloadField.");
            default:
                output.Write("null"u8);
                break;
        }
    }
}
