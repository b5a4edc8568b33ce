using System.Collections.ObjectModel;

namespace VectorMigration.Vectors;

/// <summary>A list whose text is its elements: in the cell of a table or of a CSV file stands what it holds.</summary>
internal sealed class Listed<T> : ReadOnlyCollection<T>
{
    private readonly string separator;

    private Listed(IReadOnlyList<T> items, string separator)
        : base([.. items]) => this.separator = separator;

    /// <summary>The list without elements, one for all, so that records that hold it are equal.</summary>
    public static new IReadOnlyList<T> Empty { get; } = new Listed<T>([], string.Empty);

    /// <summary>The list of some elements.</summary>
    public static IReadOnlyList<T> Of(IReadOnlyList<T> items, string separator = "; ") =>
        items is Listed<T> ? items : items.Count == 0 ? Empty : new Listed<T>(items, separator);

    /// <inheritdoc/>
    public override string ToString() => string.Join(separator, Items);
}
