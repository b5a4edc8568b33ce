using VectorMigration.SideFiles.Stores.Tables;

namespace VectorMigration.SideFiles.Stores.Json;

/// <summary>Payloads of a list in which entry n belongs to the vector that was added n-th.</summary>
internal sealed class RowStorePayloads(StoredDocuments documents, PayloadRules rules) : StoredPayloads(documents, rules), IRowPayloadSource
{
    private readonly Lock gate = new();
    private bool judged;
    private bool isScattered;
    private RowNumberTally? numbers;

    /// <inheritdoc/>
    public override long? Count => Documents.Count;

    /// <inheritdoc/>
    public string RowName => Documents.RowName;

    /// <inheritdoc/>
    public bool IsNamed { get; } = !rules.IsFound;

    /// <inheritdoc/>
    public bool IsByRow { get; } = rules.ByRow;

    /// <inheritdoc/>
    public IReadOnlyList<RowNumbers> Numbers =>
        [.. (numbers?.Fields ?? []).Select(found => Documents.HoldsNoFields ? found with { IsList = true } : found)];

    /// <inheritdoc/>
    public override void Check(bool scattered, CancellationToken cancellationToken)
    {
        lock (gate)
        {
            if (!judged || (scattered && !isScattered))
            {
                if (!IsByRow && Documents.HeaderDoubt is string doubt)
                {
                    throw TableErrors.NoHeader(Path, doubt, IsNamed);
                }

                Documents.Prepare(scattered);
                RowNumberTally? tally = Documents.IsOrderedByFramework ? null : new RowNumberTally(looksForParts: !IsNamed && !IsByRow);
                Judge(Enumerable.Range(0, Documents.Count), visit: null, tally, cancellationToken);
                numbers = tally;
                judged = true;
                isScattered = scattered;
            }
        }
    }

    /// <inheritdoc/>
    public override StoreDescription Describe(IndexDescription index, Func<IEnumerable<long>> ids)
    {
        ArgumentNullException.ThrowIfNull(index);
        bool fits = Documents.Count == index.Count;
        return new StoreDescription
        {
            Framework = Documents.Framework,
            Path = Path,
            Generation = Documents.Generation,
            Documents = Documents.Count,
            Matched = fits ? Documents.Count : 0,
            DocumentsWithoutVector = fits ? 0 : Documents.Count,
            VectorsWithoutDocument = fits ? 0 : index.Count,
            PositionsBeyondIndex = Math.Max(0, Documents.Count - index.Count),
            Fields = StoreFields.Of(Documents, Enumerable.Range(0, Documents.Count)),
            MetadataField = Documents.MetadataField,
        };
    }

    /// <inheritdoc/>
    protected override int? Find(long place) =>
        place >= 0 && place < Documents.Count ? (int)place : throw PayloadErrors.TooFewRows(Path, Documents.Count, place + 1);
}
