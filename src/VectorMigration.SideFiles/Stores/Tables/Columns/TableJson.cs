using System.Text.Json;
using System.Text.Unicode;
using VectorMigration.SideFiles.Stores.Json;

namespace VectorMigration.SideFiles.Stores.Tables.Columns;

/// <summary>Writes the values of one row as JSON, and knows where it is for messages. What JSON has no form for is refused with row and column.</summary>
internal sealed class TableJson(string file, string document, Utf8JsonWriter writer)
{
    private readonly List<(string? Name, int Index)> path = [];

    /// <summary>The writer.</summary>
    public Utf8JsonWriter Writer => writer;

    /// <summary>A field of an object begins.</summary>
    public void Enter(string name)
    {
        path.Add((name, 0));
        writer.WritePropertyName(name);
    }

    /// <summary>An element of an array begins.</summary>
    public void Enter(int index) => path.Add((null, index));

    /// <summary>It ends.</summary>
    public void Leave()
    {
        path.RemoveAt(path.Count - 1);
        if (writer.BytesCommitted + writer.BytesPending > StoreLimits.MostDocumentBytes)
        {
            throw JsonErrors.DocumentTooLarge(file, document, StoreLimits.MostDocumentBytes);
        }
    }

    /// <summary>Writes a text.</summary>
    public void Text(ReadOnlySpan<byte> text)
    {
        if (!Utf8.IsValid(text))
        {
            throw Refused("bytes that are not UTF-8", "Correct the text in the source.");
        }

        if (text.Length > StoreLimits.MostDocumentBytes)
        {
            throw JsonErrors.DocumentTooLarge(file, document, StoreLimits.MostDocumentBytes);
        }

        writer.WriteStringValue(text);
    }

    /// <summary>The same place with another writer.</summary>
    public TableJson With(Utf8JsonWriter other)
    {
        TableJson json = new(file, document, other);
        json.path.AddRange(path);
        return json;
    }

    /// <summary>The refusal of a value.</summary>
    public MigrationException Refused(string found, string action) => JsonErrors.ValueRefused(file, document, JsonTrail.Text(path), found, action);
}
