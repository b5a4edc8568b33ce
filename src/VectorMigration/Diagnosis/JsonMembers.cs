using System.Text.Json;

namespace VectorMigration.Diagnosis;

/// <summary>Members of an answer, which may be missing or other than expected.</summary>
internal static class JsonMembers
{
    /// <summary>The member at the end of a path; null where a step is missing.</summary>
    public static JsonElement? At(JsonElement? from, params ReadOnlySpan<string> path)
    {
        foreach (string name in path)
        {
            from = from is { ValueKind: JsonValueKind.Object } parent && parent.TryGetProperty(name, out JsonElement child) ? child : null;
        }

        return from;
    }

    /// <summary>A text; null for anything else.</summary>
    public static string? Text(JsonElement? from, params ReadOnlySpan<string> path) =>
        At(from, path) is { ValueKind: JsonValueKind.String } text ? text.GetString() : null;

    /// <summary>A whole number; null for anything else.</summary>
    public static long? Number(JsonElement? from, params ReadOnlySpan<string> path) =>
        At(from, path) is { ValueKind: JsonValueKind.Number } number && number.TryGetInt64(out long value) ? value : null;
}
