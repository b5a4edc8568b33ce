namespace VectorMigration.SideFiles;

/// <summary>
/// Payloads from a JSON Lines file whose objects name the FAISS id they belong to, in any order. A sorted table of ids and offsets, on the disk where it
/// does not fit in memory, finds them; the objects themselves stay where they are.
/// </summary>
public sealed class KeyedJsonLinesSource : IKeyedPayloadSource, IChangeDetector, IVectorFields
{
    private readonly JsonLinesFile file;
    private readonly PayloadRows rows;
    private readonly RowFetcher fetcher;
    private readonly SpillFolder spill;
    private readonly PayloadMapping? mapping;
    private readonly Lock gate = new();
    private SortedPairs? table;

    /// <summary>Opens the file; no row is read yet.</summary>
    /// <param name="path">Path of the file.</param>
    /// <param name="rules">What the rows must be; they name the key.</param>
    /// <param name="spillFolder">Folder for a table that is too large for memory; null for that of the system.</param>
    /// <exception cref="MigrationException">The file is missing, cannot be read, or is of another form.</exception>
    public KeyedJsonLinesSource(string path, PayloadRules rules, string? spillFolder = null)
    {
        Field = rules.Key ?? throw new ArgumentException("The rules name no key.", nameof(rules));
        file = new JsonLinesFile(path);
        this.rows = new PayloadRows(rules);
        fetcher = new RowFetcher(file, this.rows);
        spill = new SpillFolder(spillFolder);
        mapping = rules.Mapping;
    }

    /// <inheritdoc/>
    public string Path => file.Path;

    /// <inheritdoc/>
    public string Identity => file.Identity;

    /// <inheritdoc/>
    public long? Bytes => file.Bytes.Length;

    /// <inheritdoc/>
    public string Field { get; }

    /// <inheritdoc/>
    public string RowName => "line";

    /// <inheritdoc/>
    public string Form => JsonLinesFile.Form;

    /// <inheritdoc/>
    public long? Count => table?.Count;

    /// <inheritdoc/>
    public void Check(bool scattered, CancellationToken cancellationToken) => Table(cancellationToken);

    /// <inheritdoc/>
    public PayloadBlock Read(ReadOnlySpan<long> places, CancellationToken cancellationToken) => ReadWithin(places, long.MaxValue, cancellationToken);

    /// <inheritdoc/>
    public PayloadBlock ReadWithin(ReadOnlySpan<long> places, long mostBytes, CancellationToken cancellationToken)
    {
        SortedPairs pairs = Table(cancellationToken);
        long[] keys = places.ToArray();
        int[] order = [.. Enumerable.Range(0, keys.Length)];
        Array.Sort(keys, order);
        long[] found = new long[keys.Length];
        PayloadErrors.GuardSpill(() => pairs.Find(keys, found, RowFetcher.Absent));
        Array.Sort(order, found);
        return file.Guard(() => fetcher.Fetch(found, mostBytes, cancellationToken));
    }

    /// <inheritdoc/>
    public IEnumerable<long> Keys(CancellationToken cancellationToken) => Table(cancellationToken).All().Select(static pair => pair.Key);

    /// <inheritdoc/>
    public long Line(long key, CancellationToken cancellationToken)
    {
        long[] found = new long[1];
        Table(cancellationToken).Find([key], found, RowFetcher.Absent);
        return file.LineAt(found[0], cancellationToken);
    }

    /// <inheritdoc/>
    public IReadOnlyList<VectorField> FindVectorFields(int dimension, CancellationToken cancellationToken)
    {
        using LineReader reader = new(file.Bytes, file.Path, file.FirstOffset, 0);
        return RowVectors.FindFields(reader, dimension, mapping);
    }

    /// <inheritdoc/>
    public bool TryReadVector(string field, long place, Span<float> components, CancellationToken cancellationToken)
    {
        long[] found = new long[1];
        PayloadErrors.GuardSpill(() => Table(cancellationToken).Find([place], found, RowFetcher.Absent));
        if (found[0] == RowFetcher.Absent)
        {
            return false;
        }

        using LineReader reader = new(file.Bytes, file.Path, found[0], 0);
        return reader.TryRead(out ReadOnlySpan<byte> line) && RowVectors.TryRead(line, field, components);
    }

    /// <inheritdoc/>
    void IChangeDetector.ThrowIfChanged() => file.ThrowIfChanged();

    /// <inheritdoc/>
    void IChangeDetector.ThrowIfContentChanged() => file.ThrowIfContentChanged();

    /// <inheritdoc/>
    public void Dispose()
    {
        table?.Dispose();
        file.Dispose();
    }

    private SortedPairs Table(CancellationToken cancellationToken)
    {
        lock (gate)
        {
            return table ??= PayloadErrors.GuardSpill(() => file.Guard(() => Build(cancellationToken)));
        }
    }

    private SortedPairs Build(CancellationToken cancellationToken)
    {
        using PairSort sort = new(spill);
        using LineReader reader = new(file.Bytes, file.Path, file.FirstOffset, 0);
        for (long offset = reader.Offset; reader.TryRead(out ReadOnlySpan<byte> line); offset = reader.Offset)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (Lines.IsBlank(line))
            {
                continue;
            }

            if (rows.Judge(line, out RowFindings found) is RowFault fault)
            {
                throw PayloadErrors.RowInvalid(Path, reader.Line, fault);
            }

            sort.Add(found.Key, offset);
        }

        SortedPairs pairs = sort.Finish(cancellationToken);
        try
        {
            RefuseRepeated(pairs, cancellationToken);
            return pairs;
        }
        catch
        {
            pairs.Dispose();
            throw;
        }
    }

    private void RefuseRepeated(SortedPairs pairs, CancellationToken cancellationToken)
    {
        (long repeated, (long Key, long First, long Second)? example) = RepeatedKeys.Of(pairs);
        if (example is (long repeatedKey, long first, long second))
        {
            throw PayloadErrors.KeyRepeated(Path, Field, repeatedKey, file.LineAt(first, cancellationToken), file.LineAt(second, cancellationToken), repeated);
        }
    }
}
