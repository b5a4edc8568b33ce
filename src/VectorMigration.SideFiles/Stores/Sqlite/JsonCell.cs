using System.Text.Json;
using VectorMigration.SideFiles.Stores.Json;

namespace VectorMigration.SideFiles.Stores.Sqlite;

/// <summary>JSON that lies as a text in a column.</summary>
internal static class JsonCell
{
    private static readonly JsonReaderOptions Options = new() { MaxDepth = JsonFileReader.MostNested };

    /// <summary>Refuses a text that is not one value of JSON: written into a payload it would become something else.</summary>
    /// <param name="json">The text.</param>
    /// <param name="file">Path of the file.</param>
    /// <param name="document">The document in words.</param>
    /// <param name="key">Where it goes in the payload.</param>
    /// <returns>The kind of value.</returns>
    /// <exception cref="MigrationException">It is none.</exception>
    public static JsonTokenType Require(ReadOnlySpan<byte> json, string file, string document, string key)
    {
        Utf8JsonReader reader = new(json, Options);
        try
        {
            if (reader.Read())
            {
                JsonTokenType kind = reader.TokenType;
                reader.Skip();
                while (reader.Read())
                {
                    // A second value is refused by the reader.
                }

                return kind;
            }
        }
        catch (JsonException)
        {
            ReadOnlySpan<byte> rest = json[(int)Math.Min(json.Length, reader.BytesConsumed)..].TrimStart(" \t\r\n,:"u8);
            if (JsonErrors.Number(rest) is string number)
            {
                throw JsonErrors.ValueRefused(file, document, key, number,
                    "Correct the document in the source. Write null instead of NaN and infinite numbers.");
            }
        }

        throw JsonErrors.ValueRefused(file, document, key, "a string that is not JSON, or is nested too deeply", "Correct the document in the source.");
    }
}
