using System.Globalization;
using System.Text;
using System.Text.Json;

namespace VectorMigration.Feeds;

/// <summary>Where a value stands in a JSON object, in words: <c>a.b[2]</c>. For messages only: it reads the text again.</summary>
internal static class JsonPath
{
    private static readonly JsonReaderOptions Options = new() { MaxDepth = 1_000 };

    /// <summary>The path of the value that begins at a byte of an object that is JSON up to there.</summary>
    public static string At(ReadOnlySpan<byte> json, long start)
    {
        var steps = new List<Step>();
        Utf8JsonReader reader = new(json, Options);
        while (reader.Read() && reader.TokenStartIndex <= start)
        {
            if (reader.TokenType == JsonTokenType.PropertyName)
            {
                steps[^1] = new Step(reader.GetString()!, 0);
                continue;
            }

            if (reader.TokenType is JsonTokenType.EndObject or JsonTokenType.EndArray)
            {
                steps.RemoveAt(steps.Count - 1);
                continue;
            }

            if (steps is [.., { Name: null } array])
            {
                steps[^1] = array with { Index = array.Index + 1 };
            }

            if (reader.TokenStartIndex == start)
            {
                break;
            }

            if (reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray)
            {
                steps.Add(new Step(reader.TokenType == JsonTokenType.StartObject ? string.Empty : null, -1));
            }
        }

        return Text(steps);
    }

    private static string Text(List<Step> steps)
    {
        var path = new StringBuilder();
        foreach (Step step in steps)
        {
            path.Append(step.Name is not string name ? string.Create(CultureInfo.InvariantCulture, $"[{step.Index}]") : path.Length == 0 ? name : "." + name);
        }

        return path.ToString();
    }

    private readonly record struct Step(string? Name, int Index);
}
