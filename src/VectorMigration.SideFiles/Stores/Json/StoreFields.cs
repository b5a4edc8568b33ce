using System.Text.Json;
using VectorMigration.SideFiles.Pickles;

namespace VectorMigration.SideFiles.Stores.Json;

/// <summary>The fields of metadata, with their types and how many documents have them.</summary>
internal static class StoreFields
{
    private static readonly JsonReaderOptions Options = new() { MaxDepth = JsonFileReader.MostNested };

    /// <summary>Describes documents.</summary>
    public static StoreField[] Of(StoredDocuments documents, IEnumerable<int> asked)
    {
        FieldTally fields = new();
        foreach (int document in asked)
        {
            Add(fields, documents.Metadata(document).Span);
        }

        return fields.ToFields();
    }

    /// <summary>Counts the fields of one document.</summary>
    public static void Add(FieldTally fields, ReadOnlySpan<byte> json)
    {
        Utf8JsonReader reader = new(json, Options);
        while (!json.IsEmpty && reader.Read())
        {
            if (reader.TokenType != JsonTokenType.PropertyName || reader.CurrentDepth != 1)
            {
                continue;
            }

            string name = NameOf(ref reader);
            reader.Read();
            fields.Add(name, TypeOf(ref reader), reader.TokenType == JsonTokenType.String ? reader.ValueSpan.Length : null);
            reader.Skip();
        }
    }

    private static string NameOf(ref Utf8JsonReader reader)
    {
        try
        {
            return PickleErrors.Clean(reader.GetString()!);
        }
        catch (InvalidOperationException)
        {
            // A lone surrogate: the check before a run refuses it and names the document.
            return "?";
        }
    }

    private static string TypeOf(ref Utf8JsonReader reader) => reader.TokenType switch
    {
        JsonTokenType.StartObject => "object",
        JsonTokenType.StartArray => "array",
        JsonTokenType.String => "string",
        JsonTokenType.Number => reader.ValueSpan.IndexOfAny(".eE"u8) < 0 ? "integer" : "number",
        JsonTokenType.Null => "null",
        _ => "boolean",
    };
}
