using System.Globalization;

namespace VectorMigration.Store;

/// <summary>The key of the shards of a collection with custom sharding: a text or a number.</summary>
/// <param name="Keyword">The text; null for a number.</param>
/// <param name="Number">The number; 0 for a text.</param>
public readonly record struct ShardKey(string? Keyword, ulong Number)
{
    /// <summary>A number, if the text has digits alone and no zero before others; otherwise a text.</summary>
    public static ShardKey Parse(string text)
    {
        ArgumentException.ThrowIfNullOrEmpty(text);
        return ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out ulong number) && (text[0] != '0' || text.Length == 1)
            ? new ShardKey(null, number) : new ShardKey(text, 0);
    }

    /// <inheritdoc/>
    public override string ToString() => Keyword ?? Number.ToString(CultureInfo.InvariantCulture);
}
