using VectorMigration.SideFiles.Stores.Json;

namespace VectorMigration.SideFiles.Stores.Orders;

/// <summary>
/// Rows of a table in another order than theirs: that of another file (position n to an id by that file, id to a row by a field of the table), or that of the
/// vectors in them.
/// </summary>
/// <param name="rows">The rows of the table.</param>
/// <param name="order">The row of the table for each position.</param>
/// <param name="list">The file that gives the order; null where the rows do.</param>
/// <param name="join">The join in words.</param>
internal sealed class ListedRows(IRowPayloadSource rows, int[] order, StorePart? list, string join)
    : IRowPayloadSource, IDescribedPayloadSource, IPayloadLayouts, IChangeDetector, IVectorFields
{
    /// <inheritdoc/>
    public string Path => rows.Path;

    /// <inheritdoc/>
    public string Identity => $"{rows.Identity}; order: {list?.Identity ?? join}";

    /// <inheritdoc/>
    public long? Count => rows.Count;

    /// <inheritdoc/>
    public long? Bytes => rows.Bytes;

    /// <inheritdoc/>
    public bool IsFound => rows.IsFound;

    /// <inheritdoc/>
    public string RowName => rows.RowName;

    /// <inheritdoc/>
    public string? Form => rows.Form;

    /// <inheritdoc/>
    public bool IsNamed => rows.IsNamed;

    /// <inheritdoc/>
    public bool IsByRow => false;

    /// <summary>The rows are not in their own order: their numbers say nothing.</summary>
    public IReadOnlyList<RowNumbers> Numbers => [];

    /// <inheritdoc/>
    public string? Join => join;

    /// <inheritdoc/>
    public bool HasLayouts => rows is IPayloadLayouts { HasLayouts: true };

    /// <inheritdoc/>
    public StoreCounts Counts => rows is IDescribedPayloadSource described ? described.Counts : new StoreCounts(Form ?? "table", order.Length, order.Length);

    /// <inheritdoc/>
    public string? Doubt => (rows as IDescribedPayloadSource)?.Doubt;

    /// <inheritdoc/>
    public void Check(bool scattered, CancellationToken cancellationToken) => rows.Check(scattered: true, cancellationToken);

    /// <inheritdoc/>
    public PayloadBlock Read(ReadOnlySpan<long> places, CancellationToken cancellationToken) => rows.Read(RowsOf(places), cancellationToken);

    /// <inheritdoc/>
    public PayloadBlock ReadWithin(ReadOnlySpan<long> places, long mostBytes, CancellationToken cancellationToken) =>
        rows.ReadWithin(RowsOf(places), mostBytes, cancellationToken);

    /// <inheritdoc/>
    public IReadOnlyList<VectorField> FindVectorFields(int dimension, CancellationToken cancellationToken) =>
        rows is IVectorFields fields ? fields.FindVectorFields(dimension, cancellationToken) : [];

    /// <inheritdoc/>
    public bool TryReadVector(string field, long place, Span<float> components, CancellationToken cancellationToken) =>
        rows is IVectorFields fields && fields.TryReadVector(field, RowOf(place), components, cancellationToken);

    /// <inheritdoc/>
    public StoreDescription Describe(IndexDescription index, Func<IEnumerable<long>> ids) => rows switch
    {
        IDescribedPayloadSource described => described.Describe(index, ids),
        JsonLinesPayloadSource lines => lines.Describe(index, CancellationToken.None),
        _ => new StoreDescription { Framework = Form ?? "table", Path = Path, Documents = order.Length, Matched = order.Length },
    };

    /// <inheritdoc/>
    public void ThrowIfChanged()
    {
        (rows as IChangeDetector)?.ThrowIfChanged();
        list?.ThrowIfChanged();
    }

    /// <inheritdoc/>
    public void ThrowIfContentChanged()
    {
        (rows as IChangeDetector)?.ThrowIfContentChanged();
        list?.ThrowIfContentChanged();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        rows.Dispose();
        list?.Dispose();
    }

    private long[] RowsOf(ReadOnlySpan<long> places)
    {
        long[] found = new long[places.Length];
        for (int i = 0; i < found.Length; i++)
        {
            found[i] = RowOf(places[i]);
        }

        return found;
    }

    private long RowOf(long place) => place >= 0 && place < order.Length ? order[place] : throw PayloadErrors.TooFewRows(Path, order.Length, place + 1);
}
