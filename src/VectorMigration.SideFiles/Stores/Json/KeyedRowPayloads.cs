namespace VectorMigration.SideFiles.Stores.Json;

/// <summary>
/// Payloads of a list or table, one field of which holds the FAISS id of its vector. A sorted table of ids and entries, on the disk where it does not fit in
/// memory, finds them.
/// </summary>
internal sealed class KeyedRowPayloads(StoredDocuments documents, PayloadRules rules, SpillFolder spill)
    : StoredPayloads(documents, rules, byField: true), IKeyedPayloadSource
{
    private readonly Lock gate = new();
    private SortedPairs? table;

    /// <inheritdoc/>
    public string Field { get; } = rules.Key ?? throw new ArgumentException("The rules name no key.", nameof(rules));

    /// <inheritdoc/>
    public override long? Count => table?.Count;

    /// <inheritdoc/>
    public override void Check(bool scattered, CancellationToken cancellationToken) => Table(cancellationToken);

    /// <inheritdoc/>
    public IEnumerable<long> Keys(CancellationToken cancellationToken) => Table(cancellationToken).All().Select(static pair => pair.Key);

    /// <summary>The entry that an id stands in, counted from 1; 0 where it is not there; for messages.</summary>
    public long Line(long key, CancellationToken cancellationToken)
    {
        long[] found = new long[1];
        PayloadErrors.GuardSpill(() => Table(cancellationToken).Find([key], found, -1));
        return found[0] + 1;
    }

    /// <inheritdoc/>
    public override StoreDescription Describe(IndexDescription index, Func<IEnumerable<long>> ids)
    {
        ArgumentNullException.ThrowIfNull(index);
        ArgumentNullException.ThrowIfNull(ids);
        HashSet<long> there = index.IdSource == "sequential" ? [] : [.. ids()];
        long matched = Keys(CancellationToken.None).LongCount(key =>
            index.IdSource == "sequential" ? key >= 0 && key < index.Count : there.Contains(key));
        return new StoreDescription
        {
            Framework = Documents.Framework,
            MetadataField = Documents.MetadataField,
            Path = Path,
            Generation = Documents.Generation,
            Documents = Documents.Count,
            Matched = matched,
            DocumentsWithoutVector = Documents.Count - matched,
            VectorsWithoutDocument = index.Count - matched,
            PositionsBeyondIndex = Documents.Count - matched,
            Fields = StoreFields.Of(Documents, Enumerable.Range(0, Documents.Count)),
        };
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        table?.Dispose();
        base.Dispose();
    }

    /// <inheritdoc/>
    protected override int? Find(long place) => FindAll([place])[0];

    /// <inheritdoc/>
    protected override int?[] FindAll(ReadOnlySpan<long> places)
    {
        SortedPairs pairs = Table(CancellationToken.None);
        long[] keys = places.ToArray();
        int[] order = [.. Enumerable.Range(0, keys.Length)];
        Array.Sort(keys, order);
        long[] found = new long[keys.Length];
        PayloadErrors.GuardSpill(() => pairs.Find(keys, found, -1));
        int?[] documents = new int?[keys.Length];
        for (int i = 0; i < found.Length; i++)
        {
            documents[order[i]] = found[i] < 0 ? null : (int)found[i];
        }

        return documents;
    }

    private SortedPairs Table(CancellationToken cancellationToken)
    {
        lock (gate)
        {
            return table ??= PayloadErrors.GuardSpill(() => Build(cancellationToken));
        }
    }

    private SortedPairs Build(CancellationToken cancellationToken)
    {
        using PairSort sort = new(spill);
        Documents.Prepare(scattered: true);
        Judge(Enumerable.Range(0, Documents.Count), (document, key) => sort.Add(key, document), numbers: null, cancellationToken);
        SortedPairs pairs = sort.Finish(cancellationToken);
        try
        {
            RefuseRepeated(pairs);
            return pairs;
        }
        catch
        {
            pairs.Dispose();
            throw;
        }
    }

    private void RefuseRepeated(SortedPairs pairs)
    {
        (long repeated, (long Key, long First, long Second)? example) = RepeatedKeys.Of(pairs);
        if (example is (long repeatedKey, long first, long second))
        {
            throw JsonErrors.KeyRepeated(Path, Field, repeatedKey, Documents.NameOf((int)first), Documents.NameOf((int)second), repeated);
        }
    }
}
