using System.Globalization;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace VectorMigration.Verification;

/// <summary>
/// Whether two JSON texts mean the same payload to Qdrant: order of keys is free, of two equal keys the last counts, whole numbers are
/// compared exactly and all others as doubles, and no payload equals an empty one.
/// </summary>
internal static class JsonEquality
{
    public static bool SamePayload(ReadOnlyMemory<byte> left, string? right)
    {
        if (left.IsEmpty && string.IsNullOrEmpty(right))
        {
            return true;
        }

        using JsonDocument a = JsonDocument.Parse(left.IsEmpty ? "{}"u8.ToArray() : left);
        using JsonDocument b = JsonDocument.Parse(string.IsNullOrEmpty(right) ? "{}" : right);
        return Same(a.RootElement, b.RootElement);
    }

    /// <summary>Whether a payload holds a whole number under a key of its own.</summary>
    public static bool HasNumber(string? payload, string key, long number)
    {
        if (string.IsNullOrEmpty(payload))
        {
            return false;
        }

        using JsonDocument document = JsonDocument.Parse(payload);
        return document.RootElement.TryGetProperty(key, out JsonElement value)
            && value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out long held) && held == number;
    }

    private static bool Same(JsonElement a, JsonElement b) => a.ValueKind == b.ValueKind && a.ValueKind switch
    {
        JsonValueKind.Object => SameObject(a, b),
        JsonValueKind.Array =>
            a.GetArrayLength() == b.GetArrayLength() && a.EnumerateArray().Zip(b.EnumerateArray()).All(pair => Same(pair.First, pair.Second)),
        JsonValueKind.Number => SameNumber(a, b),
        JsonValueKind.String => JsonMarshal.GetRawUtf8Value(a).SequenceEqual(JsonMarshal.GetRawUtf8Value(b)) || a.ValueEquals(b.GetString()),
        _ => true,
    };

    private static bool SameObject(JsonElement a, JsonElement b)
    {
        Dictionary<string, JsonElement> left = Members(a);
        Dictionary<string, JsonElement> right = Members(b);
        return left.Count == right.Count
            && left.All(member => right.TryGetValue(member.Key, out JsonElement other) && Same(member.Value, other));
    }

    private static Dictionary<string, JsonElement> Members(JsonElement element)
    {
        var members = new Dictionary<string, JsonElement>();
        foreach (JsonProperty member in element.EnumerateObject())
        {
            members[member.Name] = member.Value;
        }

        return members;
    }

    /// <summary>
    /// Whole numbers are themselves: one that is written as such equals another number only where that is exactly as large, so that a double never passes
    /// for the integers around it. All others are the nearest doubles.
    /// </summary>
    private static bool SameNumber(JsonElement a, JsonElement b)
    {
        string left = a.GetRawText();
        string right = b.GetRawText();
        return (IsWhole(left), IsWhole(right)) switch
        {
            (true, true) => Digits(left) == Digits(right),
            (true, false) => IsExactly(right, left),
            (false, true) => IsExactly(left, right),
            _ => double.Parse(left, CultureInfo.InvariantCulture).Equals(double.Parse(right, CultureInfo.InvariantCulture)),
        };
    }

    private static bool IsWhole(string number) => number.AsSpan().IndexOfAny(".eE") < 0;

    /// <summary>JSON has no leading zeros, so that equal whole numbers have equal digits.</summary>
    private static string Digits(string whole) => whole == "-0" ? "0" : whole;

    private static bool IsExactly(string real, string whole)
    {
        double value = double.Parse(real, CultureInfo.InvariantCulture);
        return double.IsInteger(value) && new BigInteger(value).ToString(CultureInfo.InvariantCulture) == Digits(whole);
    }
}
