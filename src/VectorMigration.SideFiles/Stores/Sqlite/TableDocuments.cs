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
    /// <summary>Rows in which a text is looked for.</summary>
    private const int Sample = 16;

    private readonly SqliteTable table;
    private readonly SqliteStatement row;
    private readonly string[] columns;
    private readonly List<long> rows;
    private readonly IReadOnlyList<string> vectors;
    private (string Column, SqliteStatement Row)? vectorRow;
    private long withoutKey;
    private string? key;

    private TableDocuments(SqliteDatabase database, SqliteTable table, List<long> rows, in PayloadRules rules)
        : base(database, database.Parts)
    {
        this.table = table;
        this.rows = rows;
        // What is left out is not read: bytes, which would be refused, do no harm there.
        (string? key, bool dropsKey, PayloadMapping? mapping) = (rules.Key, rules.DropKey, rules.Mapping);
        vectors = rules.VectorDimension is int dimension && rows.Count > 0
            ? [.. table.Columns.Where(column => RowVectors.MayBeVector(column, dimension) && HoldsVectors(column, dimension))] : [];
        columns =
        [
            .. table.Columns.Where(column => string.Equals(column, key, StringComparison.OrdinalIgnoreCase)
                ? !dropsKey && mapping?.LeavesOut(column) != true
                : mapping?.LeavesOut(column) != true && !vectors.Contains(column)),
        ];
        row = database.Prepare(table.SelectOne(columns));
    }

    /// <inheritdoc/>
    public override string Framework => "SQLite table";

    /// <inheritdoc/>
    public override string Generation => $"'{SqliteErrors.Clean(table.Name)}'" + JournalNote + (vectors.Count == 0 ? string.Empty
        : $", without the vectors in {string.Join(", ", vectors.Select(static name => $"'{SqliteErrors.Clean(name)}'"))}");

    /// <inheritdoc/>
    public override string? Doubt => withoutKey > 0 ? TableErrors.WithoutKey(Database.Path, table.Name, key!, withoutKey)
        : rows.Count > 0 && !HasTexts() && Others() is { Count: > 0 } others ? TableErrors.WithoutTexts(Database.Path, table.Name, others) : null;

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
            TableDocuments documents = new(database, table, rows, rules);
            return !rules.IsFound || documents.Doubt is not string doubt ? new RowStorePayloads(documents, rules)
                : throw TableErrors.NoTexts(database.Path, doubt);
        }

        List<(long Position, int Document)> positions = [];
        Dictionary<long, long> places = [];
        long withoutKey = 0;
        database.Scan(table, [key], (rowid, values) =>
        {
            if (values.TypeOf(1) == SqliteType.Null)
            {
                withoutKey++;
                return;
            }

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
            new TableDocuments(database, table, rows, rules) { withoutKey = withoutKey, key = key }, new PositionTable(database.Path, positions), key, rules);
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
    public override IReadOnlyList<string> FindVectorFields(int dimension)
    {
        float[] vector = new float[dimension];
        bool HoldsVector(string column, int document) => TryReadVector(column, document, vector) && !Array.TrueForAll(vector, float.IsInteger);
        return
        [
            .. table.Columns.Where(column => vectors.Contains(column) || (RowVectors.MayBeVector(column, dimension)
                && Enumerable.Range(0, Math.Min(Count, RowVectors.FirstRows)).Any(document => HoldsVector(column, document)))),
        ];
    }

    /// <summary>Reads a column, also one that payloads leave out.</summary>
    public override bool TryReadVector(string field, int document, Span<float> components)
    {
        lock (Database.Gate)
        {
            if (vectorRow?.Column != field)
            {
                vectorRow = (field, Database.Prepare(table.SelectOne([field])));
            }

            SqliteStatement read = vectorRow.Value.Row;
            read.Seek(rows[document]);
            try
            {
                return read.Step() && read.TypeOf(1) switch
                {
                    SqliteType.Blob => VectorBytes.TryRead(read.Bytes(1), components),
                    SqliteType.Text => RowVectors.TryReadText(read.Text(1, () => field), components),
                    _ => false,
                };
            }
            finally
            {
                read.Reset();
            }
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

    /// <summary>Whether a row of the first ones holds a text.</summary>
    private bool HasTexts()
    {
        lock (Database.Gate)
        {
            for (int document = 0; document < Math.Min(rows.Count, Sample); document++)
            {
                row.Seek(rows[document]);
                bool isThere = row.Step();
                for (int column = 1; isThere && column <= columns.Length; column++)
                {
                    if (row.TypeOf(column) == SqliteType.Text)
                    {
                        row.Reset();
                        return true;
                    }
                }
            }

            row.Reset();
            return false;
        }
    }

    /// <summary>Other tables of the database that have texts.</summary>
    private List<(string Name, long Rows)> Others()
    {
        List<(string Name, long Rows)> found = [];
        foreach (SqliteTable other in Database.Tables.Where(other => other.Name != table.Name))
        {
            long count = 0;
            bool hasTexts = false;
            Database.Scan(other, other.Columns, (_, values) =>
            {
                count++;
                for (int column = 1; count <= Sample && column <= other.Columns.Count; column++)
                {
                    hasTexts |= values.TypeOf(column) == SqliteType.Text;
                }
            }, CancellationToken.None);
            if (hasTexts)
            {
                found.Add((other.Name, count));
            }
        }

        return found;
    }

    /// <summary>Whether a column holds vectors as bytes, by the first row that has a value.</summary>
    private bool HoldsVectors(string column, int dimension)
    {
        using SqliteStatement values = new(Database, table.SelectAll([column]));
        float[] first = new float[dimension];
        for (int i = 0; i < rows.Count && values.Step(); i++)
        {
            if (values.TypeOf(1) != SqliteType.Null)
            {
                return values.TypeOf(1) == SqliteType.Blob && VectorBytes.TryRead(values.Bytes(1), first) && !Array.TrueForAll(first, float.IsInteger);
            }
        }

        return false;
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
