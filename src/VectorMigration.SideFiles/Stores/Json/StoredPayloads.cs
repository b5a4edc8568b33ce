using System.Buffers;

namespace VectorMigration.SideFiles.Stores.Json;

/// <summary>Payloads made of the documents of a store: rendered, judged as all payloads are, and written by the rules.</summary>
internal abstract class StoredPayloads : IDescribedPayloadSource, IPayloadLayouts, IChangeDetector, IVectorFields
{
    private readonly PayloadRules rules;
    private readonly PayloadRows rows;

    /// <summary>Payloads of documents, which belong to it from here on.</summary>
    /// <param name="documents">The documents.</param>
    /// <param name="rules">What the payloads must be.</param>
    /// <param name="byField">Whether a field of the documents holds the FAISS id; otherwise a key of the rules is not looked for.</param>
    protected StoredPayloads(StoredDocuments documents, PayloadRules rules, bool byField = false)
    {
        Documents = documents;
        documents.Layout = rules.Layout;
        this.rules = byField ? rules : rules with { Key = null, DropKey = false };

        // Repeated fields are looked for in the document as the store has it.
        rows = new PayloadRows(this.rules with { KeepsRepeatedFields = true });
    }

    /// <inheritdoc/>
    public string Path => Documents.Parts[0].Path;

    /// <inheritdoc/>
    public string Identity => string.Join("; ", Documents.Parts.Select(static part => part.Identity));

    /// <inheritdoc/>
    public abstract long? Count { get; }

    /// <inheritdoc/>
    public string Form => Documents.Framework;

    /// <inheritdoc/>
    public bool IsFound => rules.IsFound;

    /// <inheritdoc/>
    public StoreCounts Counts => new(Documents.Framework, Documents.Count, (Count ?? 0) - SharedVectors) { SharedVectors = SharedVectors };

    /// <inheritdoc/>
    public string? Doubt => Documents.Doubt;

    /// <inheritdoc/>
    public bool HasLayouts => Documents.HasLayouts;

    /// <summary>They are nothing but ids or texts, without fields.</summary>
    public bool HoldsNoFields => Documents.HoldsNoFields;

    /// <summary>The order of the documents says nothing: another file has to give it.</summary>
    public bool HasNoOrder => Documents is JsonNamedDocuments;

    /// <summary>The documents.</summary>
    protected StoredDocuments Documents { get; }

    /// <summary>Vectors whose document another vector has too.</summary>
    protected virtual long SharedVectors => 0;

    /// <inheritdoc/>
    public abstract void Check(bool scattered, CancellationToken cancellationToken);

    /// <inheritdoc/>
    public PayloadBlock Read(ReadOnlySpan<long> places, CancellationToken cancellationToken)
    {
        ThrowIfChanged();
        ArrayBufferWriter<byte> output = new();
        ArrayBufferWriter<byte> one = new();
        int[] offsets = new int[places.Length + 1];
        int?[] documents = FindAll(places);
        for (int i = 0; i < places.Length; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (documents[i] is int document)
            {
                Render(document, one);
                Refuse(document, rows.Take(one.WrittenSpan, output, out _));
            }

            offsets[i + 1] = output.WrittenCount;
        }

        return new PayloadBlock(output.WrittenMemory, offsets);
    }

    /// <inheritdoc/>
    public IReadOnlyList<VectorField> FindVectorFields(int dimension, CancellationToken cancellationToken) =>
        RowVectors.Told(Documents.FindVectorFields(dimension), rules.Mapping);

    /// <inheritdoc/>
    public bool TryReadVector(string field, long place, Span<float> components, CancellationToken cancellationToken) =>
        FindAll([place])[0] is int document && Documents.TryReadVector(field, document, components);

    /// <inheritdoc/>
    public abstract StoreDescription Describe(IndexDescription index, Func<IEnumerable<long>> ids);

    /// <inheritdoc/>
    public void ThrowIfChanged()
    {
        foreach (StorePart part in Documents.Parts)
        {
            part.ThrowIfChanged();
        }
    }

    /// <inheritdoc/>
    public void ThrowIfContentChanged()
    {
        foreach (StorePart part in Documents.Parts)
        {
            part.ThrowIfContentChanged();
        }
    }

    /// <inheritdoc/>
    public virtual void Dispose() => Documents.Dispose();

    /// <summary>The document at a place; null where there is none.</summary>
    protected abstract int? Find(long place);

    /// <summary>The documents at places; null where there is none.</summary>
    protected virtual int?[] FindAll(ReadOnlySpan<long> places)
    {
        int?[] found = new int?[places.Length];
        for (int i = 0; i < found.Length; i++)
        {
            found[i] = Find(places[i]);
        }

        return found;
    }

    /// <summary>Renders and judges documents once, so that none of them can end a run that has begun.</summary>
    /// <param name="documents">The documents.</param>
    /// <param name="visit">Is told each document with the FAISS id in its field.</param>
    /// <param name="numbers">Looks for fields that number the documents; null where nobody asks.</param>
    /// <param name="cancellationToken">Stops it.</param>
    protected void Judge(IEnumerable<int> documents, Action<int, long>? visit, RowNumberTally? numbers, CancellationToken cancellationToken)
    {
        Documents.CheckParts();
        ArrayBufferWriter<byte> one = new();
        foreach (int document in documents)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Render(document, one);
            Refuse(document, rows.Judge(one.WrittenSpan, out RowFindings found));
            visit?.Invoke(document, found.Key);
            numbers?.Add(one.WrittenSpan);
            if (JsonTrail.Repeated(one.WrittenSpan) is string path)
            {
                throw JsonErrors.ValueRefused(Path, Documents.NameOf(document), path, "a key twice", "Keep one of the two.");
            }
        }

        ThrowIfChanged();
    }

    private void Render(int document, ArrayBufferWriter<byte> one)
    {
        one.ResetWrittenCount();
        Documents.Write(document, rules.LargeInteger, one);
    }

    private void Refuse(int document, RowFault? fault)
    {
        if (fault is not null)
        {
            throw JsonErrors.Refused(Path, Documents.NameOf(document), fault);
        }
    }
}
