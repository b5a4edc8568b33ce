using System.Collections;
using System.Globalization;
using System.Management.Automation;
using System.Numerics;

namespace VectorMigration.Commands;

/// <summary>Reads the components of a vector: an array of numbers, or text.</summary>
internal static class ComponentReader
{
    /// <summary>Reads components; null and what was found instead, in words, when that cannot be done.</summary>
    public static float[]? Read(object value, out string? problem)
    {
        problem = null;
        float[]? components = value switch
        {
            float[] floats => floats,
            double[] doubles => Array.ConvertAll(doubles, static number => (float)number),
            string text => FromText(text, out problem),
            IDictionary => null,
            IEnumerable many => FromMany(many, out problem),
            _ => null,
        };
        if (components is null)
        {
            problem ??= $"a {value.GetType().Name}";
        }
        else if (components.Length == 0)
        {
            problem = "no components";
            components = null;
        }

        return components;
    }

    private static float[]? FromMany(IEnumerable many, out string? problem)
    {
        List<float> components = many is ICollection known ? new(known.Count) : [];
        foreach (object? item in many)
        {
            object? bare = item is PSObject wrapped ? wrapped.BaseObject : item;
            if (!TryNumber(bare, out float number))
            {
                problem = $"{(bare is null ? "null" : $"'{bare}' ({bare.GetType().Name})")} at component {components.Count}";
                return null;
            }

            components.Add(number);
        }

        problem = null;
        return [.. components];
    }

    private static bool TryNumber(object? value, out float number)
    {
        switch (value)
        {
            case float single:
                number = single;
                return true;
            case double real:
                number = (float)real;
                return true;
            case int or long or short or sbyte or byte or ushort or uint or ulong or decimal:
                number = Convert.ToSingle(value, CultureInfo.InvariantCulture);
                return true;
            case Half half:
                number = (float)half;
                return true;
            case BigInteger big:
                number = (float)big;
                return true;
            case string text:
                return TryText(text.AsSpan().Trim(), out number);
            default:
                number = 0;
                return false;
        }
    }

    private static float[]? FromText(string text, out string? problem)
    {
        ReadOnlySpan<char> rest = text.AsSpan().Trim();
        bool brackets = rest.Length > 0 && rest[0] == '[';
        if (brackets && rest[^1] != ']')
        {
            problem = "a JSON array without its closing bracket";
            return null;
        }

        rest = brackets ? rest[1..^1] : rest;
        List<float> components = [];
        foreach (Range range in rest.SplitAny(' ', ',', ';', '\t', '\r', '\n'))
        {
            ReadOnlySpan<char> part = rest[range];
            if (part.IsEmpty)
            {
                continue;
            }

            if (!TryText(part, out float number))
            {
                problem = $"'{(part.Length > 40 ? part[..40] : part)}' at component {components.Count}";
                return null;
            }

            components.Add(number);
        }

        problem = null;
        return [.. components];
    }

    private static bool TryText(ReadOnlySpan<char> text, out float number) =>
        float.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out number);
}
