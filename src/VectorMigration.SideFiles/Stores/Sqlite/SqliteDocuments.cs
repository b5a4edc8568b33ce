using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using VectorMigration.SideFiles.Stores.Json;

namespace VectorMigration.SideFiles.Stores.Sqlite;

/// <summary>Documents that lie in a SQLite file and are looked up as they are asked for. Thread-safe: whoever reads takes turns.</summary>
internal abstract class SqliteDocuments(SqliteDatabase database, IReadOnlyList<StorePart> parts) : StoredDocuments(parts)
{
    private static readonly JavaScriptEncoder Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping;

    private readonly long most = SqliteLimits.AlwaysAllowed + (SqliteLimits.MostGrowth * database.Parts.Sum(static part => part.Bytes.Length));
    private long rendered;
    private int renderings;

    /// <summary>The database.</summary>
    protected SqliteDatabase Database => database;

    /// <summary>What is told of a journal that was taken in.</summary>
    protected string JournalNote => database.IsCopy ? ", with the changes of its journal" : string.Empty;

    /// <inheritdoc/>
    public sealed override void Write(int document, LargeInteger largeInteger, IBufferWriter<byte> output)
    {
        lock (database.Gate)
        {
            ArrayBufferWriter<byte> row = new();
            WriteRow(document, row);
            Tally(row.WrittenCount, document);
            output.Write(row.WrittenSpan);
        }
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        database.Dispose();
    }

    /// <summary>Writes a row as a payload; the database is held.</summary>
    protected abstract void WriteRow(int number, IBufferWriter<byte> output);

    /// <summary>Writes UTF-8 as a text of JSON.</summary>
    protected static void WriteText(ReadOnlySpan<byte> utf8, IBufferWriter<byte> output)
    {
        using Utf8JsonWriter writer = new(output, new JsonWriterOptions { Encoder = Encoder, SkipValidation = true });
        writer.WriteStringValue(utf8);
    }

    /// <summary>The first pass through all documents is counted: rows that share their pages could give more than any file holds.</summary>
    private void Tally(int bytes, int document)
    {
        if (bytes > StoreLimits.MostDocumentBytes)
        {
            throw JsonErrors.DocumentTooLarge(database.Path, NameOf(document), StoreLimits.MostDocumentBytes);
        }

        if (renderings++ < Count && (rendered += bytes) > most)
        {
            throw SqliteErrors.TooMuch(database.Path, most);
        }
    }
}
