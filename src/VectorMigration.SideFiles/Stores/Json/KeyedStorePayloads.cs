namespace VectorMigration.SideFiles.Stores.Json;

/// <summary>Payloads of a store that says itself which FAISS id each document belongs to.</summary>
internal sealed class KeyedStorePayloads(StoredDocuments documents, PositionTable positions, string map, PayloadRules rules)
    : StoredPayloads(documents, rules), IStorePayloadSource, IStoreIds
{
    private readonly Lock gate = new();
    private bool judged;

    /// <summary>Reads the documents of a file and the map of their positions; the file is closed where that fails.</summary>
    /// <param name="part">The file.</param>
    /// <param name="documents">The documents, nothing of which is read yet.</param>
    /// <param name="parse">Reads them, and gives the map.</param>
    /// <param name="map">What the map is called.</param>
    /// <param name="rules">What the payloads must be.</param>
    public static KeyedStorePayloads Read(
        StorePart part, StoredDocuments documents, Func<JsonFileReader, PositionTable> parse, string map, PayloadRules rules)
    {
        try
        {
            return new KeyedStorePayloads(documents, part.Guard(() => parse(new JsonFileReader(part.Bytes, part.Path))), map, rules);
        }
        catch
        {
            part.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public string Field => map;

    /// <inheritdoc/>
    public string RowName => "entry";

    /// <inheritdoc/>
    public override long? Count => positions.Matched;

    /// <inheritdoc/>
    public bool HasIds => Documents.HasIds;

    /// <inheritdoc/>
    public string? IdOf(long faissId) => positions.Find(faissId) is int document ? Documents.IdOf(document) : null;

    /// <inheritdoc/>
    public override void Check(bool scattered, CancellationToken cancellationToken)
    {
        lock (gate)
        {
            if (!judged)
            {
                Judge(positions.Documents.Where(static document => document >= 0), visit: null, numbers: null, cancellationToken);
                judged = true;
            }
        }
    }

    /// <inheritdoc/>
    public IEnumerable<long> Keys(CancellationToken cancellationToken)
    {
        Check(scattered: true, cancellationToken);
        return positions.MatchedPositions;
    }

    /// <summary>The entry of the map that an id stands in, counted from 1 in the order of ids; for messages.</summary>
    public long Line(long key, CancellationToken cancellationToken) => positions.EntryOf(key);

    /// <inheritdoc/>
    public override StoreDescription Describe(IndexDescription index, Func<IEnumerable<long>> ids)
    {
        ArgumentNullException.ThrowIfNull(index);
        ArgumentNullException.ThrowIfNull(ids);
        HashSet<long> there = index.IdSource == "sequential" ? [] : [.. ids()];
        bool IsThere(long position) => index.IdSource == "sequential" ? position < index.Count : there.Contains(position);
        long[] matched = [.. positions.MatchedPositions.Where(IsThere)];
        HashSet<int> withVector = [.. matched.Select(position => positions.Find(position)!.Value)];
        return new StoreDescription
        {
            Framework = Documents.Framework,
            Path = Path,
            Generation = Documents.Generation,
            Documents = Documents.Count,
            Matched = matched.Length,
            DocumentsWithoutVector = Documents.Count - withVector.Count,
            VectorsWithoutDocument = index.Count - matched.Length,
            PositionsBeyondIndex = positions.Positions.Count(position => !IsThere(position)),
            Fields = StoreFields.Of(Documents, withVector.Order()),
            MetadataField = Documents.MetadataField,
        };
    }

    /// <inheritdoc/>
    protected override long SharedVectors => positions.Matched - positions.Documents.Where(static document => document >= 0).Distinct().Count();

    /// <inheritdoc/>
    protected override int? Find(long place) => positions.Find(place);
}
