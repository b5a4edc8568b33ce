using System.Buffers;
using System.Text.Json;
using VectorMigration.SideFiles.Stores.Tables.Columns;

namespace VectorMigration.SideFiles.Stores.Tables;

/// <summary>Some rows of a table, in memory: a row group, a record batch. Immutable.</summary>
/// <param name="rows">How many.</param>
/// <param name="columns">The columns that are payload, by name.</param>
internal sealed class TableBlock(int rows, IReadOnlyList<(string Name, TableColumn Column)> columns)
{
    /// <summary>How many rows there are.</summary>
    public int Rows => rows;

    /// <summary>The columns.</summary>
    public IReadOnlyList<(string Name, TableColumn Column)> Columns => columns;

    /// <summary>Writes a row as an object.</summary>
    public void Write(int row, string file, string document, IBufferWriter<byte> output)
    {
        using Utf8JsonWriter writer = new(output, JsonText.Options);
        TableJson json = new(file, document, writer);
        writer.WriteStartObject();
        foreach ((string name, TableColumn column) in columns)
        {
            json.Enter(name);
            column.Write(json, row);
            json.Leave();
        }

        writer.WriteEndObject();
        writer.Flush();
    }
}
