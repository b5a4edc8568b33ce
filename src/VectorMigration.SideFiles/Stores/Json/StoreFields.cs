using System.Text.Json;
using VectorMigration.SideFiles.Pickles;

namespace VectorMigration.SideFiles.Stores.Json;

/// <summary>The fields of metadata, with their types and how many documents have them.</summary>
internal static class StoreFields
{
    /// <summary>Fields that are told apart: metadata may use ids as keys.</summary>
    private const int MostFields = 1_000;

    private static readonly JsonReaderOptions Options = new() { MaxDepth = JsonFileReader.MostNested };

    /// <summary>Describes documents.</summary>
    public static StoreField[] Of(StoredDocuments documents, IEnumerable<int> asked)
    {
        Dictionary<string, (SortedSet<string> Types, long Count)> fields = new(StringComparer.Ordinal);
        foreach (int document in asked)
        {
            Add(fields, documents.Metadata(document).Span);
        }

        return [.. fields.OrderBy(static field => field.Key, StringComparer.Ordinal)
            .Select(static field => new StoreField(field.Key, [.. field.Value.Types], field.Value.Count))];
    }

    private static void Add(Dictionary<string, (SortedSet<string> Types, long Count)> fields, ReadOnlySpan<byte> json)
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
            if (!fields.TryGetValue(name, out (SortedSet<string> Types, long Count) field))
            {
                if (fields.Count == MostFields)
                {
                    continue;
                }

                field = (new SortedSet<string>(StringComparer.Ordinal), 0);
            }

            field.Types.Add(TypeOf(ref reader));
            fields[name] = (field.Types, field.Count + 1);
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
