using System.Buffers;
using System.Globalization;

namespace VectorMigration.SideFiles.Stores;

/// <summary>
/// Payloads from a LangChain store, by FAISS id: what <c>index_to_docstore_id</c> calls positions is what a search in the index returns. The store is
/// in memory; payloads are rendered as batches ask for them.
/// </summary>
public sealed class LangChainPayloadSource : IStorePayloadSource, IStoreIds, IPayloadLayouts, IChangeDetector
{
    private readonly FileBytes bytes;
    private readonly string fingerprint;
    private readonly PayloadRules rules;
    private readonly PayloadRows rows;
    private readonly Lock gate = new();
    private long[]? keys;

    /// <summary>Opens and reads a store.</summary>
    /// <param name="path">Path of the pickle.</param>
    /// <param name="rules">What the payloads must be. A key of theirs is not looked for: the store names the ids itself.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <exception cref="MigrationException">The file is missing, damaged, no LangChain store, or refused.</exception>
    public LangChainPayloadSource(string path, PayloadRules rules, CancellationToken cancellationToken)
    {
        this.rules = rules with { Key = null, DropKey = false };
        rows = new PayloadRows(this.rules);
        Path = StoreFile.FullPath(path);
        bytes = StoreFile.OpenPlain(path);
        try
        {
            fingerprint = FileFingerprint.Of(bytes);
            using FileBytesStream stream = new(bytes);
            Store = LangChainStore.Read(stream, bytes.Length, Path, cancellationToken);
            ThrowIfChanged();
        }
        catch (Exception error)
        {
            // If the file changed meanwhile, that change is the cause of whatever was found wrong.
            string? change = error is MigrationException ? bytes.Change() : null;
            bytes.Dispose();
            if (change is not null)
            {
                throw PayloadErrors.Changed(Path, change);
            }

            throw;
        }
    }

    /// <summary>The store.</summary>
    public LangChainStore Store { get; }

    /// <inheritdoc/>
    public string Form => "LangChain";

    /// <inheritdoc/>
    public string Path { get; }

    /// <inheritdoc/>
    public string Identity => string.Create(CultureInfo.InvariantCulture, $"{bytes.Length} bytes, {fingerprint}");

    /// <inheritdoc/>
    public string Field => "index_to_docstore_id";

    /// <inheritdoc/>
    public long? Count => Store.PositionCount - Store.PositionsWithoutDocument;

    /// <inheritdoc/>
    public bool HasIds => true;

    /// <inheritdoc/>
    public bool HasLayouts => true;

    /// <inheritdoc/>
    public string? IdOf(long faissId) => Store.IdOf(faissId);

    /// <inheritdoc/>
    public StoreCounts Counts
    {
        get
        {
            long matched = Store.Positions.Where(position => Store.Find(position) is not null).Select(Store.IdOf).Distinct().Count();
            return new StoreCounts("LangChain", Store.DocumentCount, matched) { SharedVectors = (Count ?? 0) - matched };
        }
    }

    /// <inheritdoc/>
    public void Check(bool scattered, CancellationToken cancellationToken)
    {
        lock (gate)
        {
            if (keys is not null)
            {
                return;
            }

            Store.Check(rules.LargeInteger, rules.Layout, (document, json) => Refuse(document, rows.Judge(json, out _)), cancellationToken);
            keys = [.. Store.Positions.Where(position => Store.Find(position) is not null)];
        }
    }

    /// <inheritdoc/>
    public PayloadBlock Read(ReadOnlySpan<long> places, CancellationToken cancellationToken)
    {
        ThrowIfChanged();
        ArrayBufferWriter<byte> output = new();
        ArrayBufferWriter<byte> one = new();
        int[] offsets = new int[places.Length + 1];
        for (int i = 0; i < places.Length; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (Store.Find(places[i]) is LangChainDocument document)
            {
                one.ResetWrittenCount();
                document.WriteTo(one, rules.LargeInteger, rules.Layout);
                Refuse(document, rows.Take(one.WrittenSpan, output, out _));
            }

            offsets[i + 1] = output.WrittenCount;
        }

        return new PayloadBlock(output.WrittenMemory, offsets);
    }

    /// <inheritdoc/>
    public StoreDescription Describe(IndexDescription index, Func<IEnumerable<long>> ids)
    {
        ArgumentNullException.ThrowIfNull(index);
        ArgumentNullException.ThrowIfNull(ids);
        return LangChainDescriber.Describe(Store, index, ids);
    }

    /// <inheritdoc/>
    public IEnumerable<long> Keys(CancellationToken cancellationToken)
    {
        Check(scattered: true, cancellationToken);
        return keys!;
    }

    /// <summary>The entry of the map that an id stands in, counted from 1 in the order of ids; for messages.</summary>
    public long Line(long key, CancellationToken cancellationToken)
    {
        Check(scattered: true, cancellationToken);
        int at = Array.BinarySearch(keys!, key);
        return at < 0 ? 0 : at + 1;
    }

    /// <inheritdoc/>
    public void ThrowIfChanged()
    {
        if (bytes.Change() is string change)
        {
            throw PayloadErrors.Changed(Path, change);
        }
    }

    /// <inheritdoc/>
    public void ThrowIfContentChanged()
    {
        ThrowIfChanged();
        if (FileFingerprint.Of(bytes) != fingerprint)
        {
            throw PayloadErrors.Changed(Path, "its sampled blocks have changed since it was opened");
        }
    }

    /// <inheritdoc/>
    public void Dispose() => bytes.Dispose();

    /// <summary>Refuses a document by what was found wrong with it, as every other payload: fields that are ours, depth, numbers, the mapping.</summary>
    private void Refuse(LangChainDocument document, RowFault? fault)
    {
        if (fault is not null)
        {
            throw StoreErrors.DocumentRefused(Path, document.Key, fault);
        }
    }
}
