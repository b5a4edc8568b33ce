using System.Globalization;
using System.Text;
using System.Text.Json;

namespace VectorMigration.SideFiles.Stores.Json;

/// <summary>Finds places in JSON that is in memory, for messages.</summary>
internal static class JsonTrail
{
    private static readonly JsonReaderOptions Options = new() { MaxDepth = JsonFileReader.MostNested };

    /// <summary>The path of the value that would follow JSON that is cut: <c>metadata.a[2]</c>.</summary>
    public static string At(ReadOnlySpan<byte> cut)
    {
        List<(string? Key, int Index)> steps = [];
        Utf8JsonReader reader = new(cut, isFinalBlock: false, new JsonReaderState(Options));
        try
        {
            while (reader.Read())
            {
                Follow(ref reader, steps);
            }
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            // As far as it could be read, the path is right.
        }

        StepOn(steps);
        return Text(steps);
    }

    /// <summary>The path of the first key that stands twice in one object; null where none does. The JSON must be valid.</summary>
    public static string? Repeated(ReadOnlySpan<byte> json)
    {
        List<(string? Key, int Index)> steps = [];
        List<HashSet<string>> keys = [];
        Utf8JsonReader reader = new(json, Options);
        while (reader.Read())
        {
            if (reader.TokenType == JsonTokenType.PropertyName && !keys[^1].Add(reader.GetString()!))
            {
                Follow(ref reader, steps);
                return Text(steps);
            }

            Follow(ref reader, steps);
            switch (reader.TokenType)
            {
                case JsonTokenType.StartObject: keys.Add(new HashSet<string>(StringComparer.Ordinal)); break;
                case JsonTokenType.EndObject: keys.RemoveAt(keys.Count - 1); break;
            }
        }

        return null;
    }

    private static void Follow(ref Utf8JsonReader reader, List<(string? Key, int Index)> steps)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.PropertyName:
                steps[^1] = (reader.GetString()!, 0);
                break;
            case JsonTokenType.EndObject or JsonTokenType.EndArray:
                steps.RemoveAt(steps.Count - 1);
                break;
            default:
                StepOn(steps);
                if (reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray)
                {
                    steps.Add(reader.TokenType == JsonTokenType.StartObject ? (string.Empty, 0) : (null, -1));
                }

                break;
        }
    }

    private static void StepOn(List<(string? Key, int Index)> steps)
    {
        if (steps is [.., (null, int index)])
        {
            steps[^1] = (null, index + 1);
        }
    }

    /// <summary>Steps as one text: <c>metadata.a[2]</c>.</summary>
    public static string Text(IReadOnlyList<(string? Key, int Index)> steps)
    {
        StringBuilder path = new();
        foreach ((string? key, int index) in steps)
        {
            path.Append(key is null ? string.Create(CultureInfo.InvariantCulture, $"[{index}]") : path.Length == 0 ? key : "." + key);
        }

        return path.ToString();
    }
}
