using VectorMigration.SideFiles.Stores.Json;

namespace VectorMigration.SideFiles.Stores.Sqlite;

/// <summary>Payloads of a table of which a column, that the user names, says the FAISS id.</summary>
internal sealed class KeyedTablePayloads(StoredDocuments documents, PositionTable positions, string column, PayloadRules rules)
    : StoredPayloads(documents, rules), IKeyedPayloadSource
{
    private readonly KeyedStorePayloads inner = new(documents, positions, column, rules);

    /// <inheritdoc/>
    public string Field => column;

    /// <inheritdoc/>
    public override long? Count => positions.Matched;

    /// <inheritdoc/>
    public override void Check(bool scattered, CancellationToken cancellationToken) => inner.Check(scattered, cancellationToken);

    /// <inheritdoc/>
    public IEnumerable<long> Keys(CancellationToken cancellationToken) => inner.Keys(cancellationToken);

    /// <inheritdoc/>
    public long Line(long key, CancellationToken cancellationToken) => inner.Line(key, cancellationToken);

    /// <inheritdoc/>
    public override StoreDescription Describe(IndexDescription index, Func<IEnumerable<long>> ids) => inner.Describe(index, ids);

    /// <inheritdoc/>
    protected override int? Find(long place) => positions.Find(place);
}
