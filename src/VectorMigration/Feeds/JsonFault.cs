using System.Buffers;
using System.Text.Json;

namespace VectorMigration.Feeds;

/// <summary>Says of a text that is no JSON what it is instead, where that is known: most of them were written by Python.</summary>
internal static class JsonFault
{
    private static readonly SearchValues<byte> Between = SearchValues.Create(" \t\r\n:,"u8);

    /// <summary>What stopped a reader.</summary>
    public static RowFault Of(ReadOnlySpan<byte> row, in Utf8JsonReader stopped)
    {
        int consumed = (int)stopped.BytesConsumed;
        if (stopped.TokenType == JsonTokenType.EndObject && stopped.CurrentDepth == 0)
        {
            int more = row[consumed..].IndexOfAnyExcept(" \t\r\n"u8);
            return RowFault.NotJson($"more data after its end at byte {consumed + Math.Max(0, more) + 1}");
        }

        int skipped = row[consumed..].IndexOfAnyExcept(Between);
        ReadOnlySpan<byte> rest = skipped < 0 ? [] : row[(consumed + skipped)..];
        long at = consumed + Math.Max(0, skipped) + 1;
        return rest.IsEmpty ? RowFault.NotJson("an object that does not end on its line, at byte " + at)
            : NoNumber(rest) is string number ? RowFault.NoNumber(number, at)
            : Literal(rest) is (string python, string json) ? RowFault.NotJson(
                $"{python} at byte {at}, which is not JSON", $"{python} is Python, not JSON. Write {json}; json.dumps does so.")
            : rest[0] == '\'' ? RowFault.NotJson($"a single quote, which is not JSON at byte {at}",
                "JSON puts strings and keys in double quotes. Write the objects with json.dumps, not with str or repr.")
            : RowFault.NotJson($"invalid JSON at byte {at}");
    }

    private static string? NoNumber(ReadOnlySpan<byte> rest) =>
        rest.StartsWith("NaN"u8) || rest.StartsWith("nan"u8) ? "NaN"
        : rest.StartsWith("Infinity"u8) || rest.StartsWith("inf"u8) ? "Infinity"
        : rest.StartsWith("-Infinity"u8) || rest.StartsWith("-inf"u8) ? "-Infinity"
        : null;

    private static (string Python, string Json)? Literal(ReadOnlySpan<byte> rest) =>
        rest.StartsWith("None"u8) ? ("None", "null")
        : rest.StartsWith("True"u8) ? ("True", "true")
        : rest.StartsWith("False"u8) ? ("False", "false")
        : null;
}
