using VectorMigration.Errors;
using VectorMigration.Store;

namespace VectorMigration.Collections;

/// <summary>Payload indexes as people write them: <c>FIELD:TYPE</c> or <c>FIELD:TYPE:FLAG,FLAG</c>.</summary>
internal static class PayloadIndexText
{
    /// <summary>The names of the types, as Qdrant has them.</summary>
    public static IReadOnlyList<string> Types { get; } = [.. Enum.GetNames<PayloadIndexType>().Select(static name => name.ToLowerInvariant())];

    /// <summary>Reads indexes. The field is what stands before the last type, because fields may contain colons.</summary>
    /// <exception cref="MigrationException">One of them is none, or two are of the same field.</exception>
    public static IReadOnlyList<PayloadIndexSettings> ParseAll(IEnumerable<string> texts)
    {
        PayloadIndexSettings[] all = [.. texts.Select(Parse)];
        return all.GroupBy(static index => index.Field).FirstOrDefault(static group => group.Count() > 1) is { } twice
            ? throw CreationErrors.PayloadIndexTwice(twice.Key)
            : all;
    }

    /// <summary>Reads an index.</summary>
    /// <exception cref="MigrationException">It is none.</exception>
    public static PayloadIndexSettings Parse(string text)
    {
        string[] parts = text.Split(':');
        PayloadIndexType last = default;
        bool endsWithType = parts.Length > 1 && IsType(parts[^1], out last);
        PayloadIndexType type = last;
        bool hasFlags = !endsWithType && parts.Length > 2 && IsType(parts[^2], out type);
        string field = string.Join(':', parts[..^(endsWithType ? 1 : hasFlags ? 2 : 0)]).Trim();
        if ((!endsWithType && !hasFlags) || field.Length == 0)
        {
            throw CreationErrors.PayloadIndexInvalid(text, $"expected FIELD:TYPE, where TYPE is one of {string.Join(", ", Types)}{NearType(parts)}");
        }

        PayloadIndexSettings index = new(field, type);
        foreach (string flag in hasFlags ? parts[^1].Split(',') : [])
        {
            index = flag.Trim().ToLowerInvariant() switch
            {
                "tenant" when type is PayloadIndexType.Keyword or PayloadIndexType.Uuid => index with { IsTenant = true },
                "tenant" => throw CreationErrors.PayloadIndexInvalid(text, "tenant is for keyword and uuid"),
                "principal" when type is PayloadIndexType.Integer or PayloadIndexType.Float or PayloadIndexType.Datetime => index with { IsPrincipal = true },
                "principal" => throw CreationErrors.PayloadIndexInvalid(text, "principal is for integer, float and datetime"),
                "on_disk" => index with { OnDisk = true },
                _ => throw CreationErrors.PayloadIndexInvalid(text, "expected tenant, principal or on_disk after the type"),
            };
        }

        return index;
    }

    private static string NearType(string[] parts) =>
        parts.Length > 1 && NearestName.Of(parts[1].Trim(), Types) is string near ? $". Did you mean {parts[0]}:{near}?" : string.Empty;

    private static bool IsType(string text, out PayloadIndexType type) =>
        Enum.TryParse(text.Trim(), ignoreCase: true, out type) && Types.Contains(text.Trim().ToLowerInvariant());
}
