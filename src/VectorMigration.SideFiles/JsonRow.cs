using System.Text.Json;
using System.Text.Unicode;

namespace VectorMigration.SideFiles;

/// <summary>Judges whether a line is one JSON object that Qdrant can keep as a payload.</summary>
internal static class JsonRow
{
    /// <summary>Deepest nesting, the same that the upsert encoder takes.</summary>
    private const int MaxDepth = 64;

    /// <summary>True for a line of spaces and tabs only.</summary>
    public static bool IsBlank(ReadOnlySpan<byte> line) => line.IndexOfAnyExcept(" \t\r"u8) < 0;

    /// <summary>What is wrong with a line that is not blank, in words; null when it is one JSON object.</summary>
    public static string? Fault(ReadOnlySpan<byte> line)
    {
        if (!Utf8.IsValid(line))
        {
            return "bytes that are not UTF-8";
        }

        Utf8JsonReader reader = new(line, new JsonReaderOptions { MaxDepth = MaxDepth });
        try
        {
            if (!reader.Read())
            {
                return "nothing";
            }

            if (reader.TokenType != JsonTokenType.StartObject)
            {
                return Named(reader.TokenType);
            }

            while (reader.Read())
            {
                if (TokenFault(ref reader) is string fault)
                {
                    return $"{fault} at byte {reader.TokenStartIndex + 1}";
                }
            }

            return null;
        }
        catch (JsonException error)
        {
            return reader.CurrentDepth == 0 && reader.TokenType == JsonTokenType.EndObject
                ? $"more after its end at byte {(error.BytePositionInLine ?? 0) + 1}"
                : $"what is not JSON at byte {(error.BytePositionInLine ?? 0) + 1}";
        }
    }

    private static string? TokenFault(ref Utf8JsonReader reader)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.Number:
                return reader.TryGetDouble(out double number) && double.IsFinite(number) ? null : "a number too large for 64 bits";
            case JsonTokenType.String or JsonTokenType.PropertyName when reader.ValueIsEscaped:
                try
                {
                    reader.GetString();
                    return null;
                }
                catch (InvalidOperationException)
                {
                    // An escape such as \ud800 without its other half is JSON by grammar and no text.
                    return "an escape that is half of a character";
                }

            default:
                return null;
        }
    }

    private static string Named(JsonTokenType token) => token switch
    {
        JsonTokenType.StartArray => "an array",
        JsonTokenType.String => "a text",
        JsonTokenType.Number => "a number",
        _ => token.ToString().ToLowerInvariant(),
    };
}
