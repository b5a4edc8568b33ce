using System.Buffers;
using VectorMigration.SideFiles.Pickles;

namespace VectorMigration.SideFiles.Stores.Json;

/// <summary>
/// The memories that mem0 keeps beside its FAISS index: a pickled pair of dictionaries, payloads by id and ids by position. What was deleted has left both
/// and its vector has stayed. The pickle is read as data and is in memory.
/// </summary>
internal sealed class Mem0Documents : StoredDocuments
{
    private readonly StorePart part;
    private readonly PickleText[] ids;
    private readonly PickleDict[] payloads;

    private Mem0Documents(StorePart part, PickleText[] ids, PickleDict[] payloads)
        : base([part])
    {
        this.part = part;
        this.ids = ids;
        this.payloads = payloads;
    }

    /// <inheritdoc/>
    public override string Framework => "mem0";

    /// <inheritdoc/>
    public override int Count => ids.Length;

    /// <inheritdoc/>
    public override bool HasIds => true;

    /// <inheritdoc/>
    public override string IdOf(int document) => ids[document].ToString();

    /// <summary>Whether what a pickle holds is such a pair: payloads by id and ids by position, each of its kind.</summary>
    public static bool Is(PickleValue root)
    {
        if (root is not PickleTuple { Items: [PickleDict payloads, PickleDict positions] })
        {
            return false;
        }

        for (int i = 0; i < payloads.Size; i += 2)
        {
            if (payloads.Items[i] is not PickleText || payloads.Items[i + 1] is not PickleDict)
            {
                return false;
            }
        }

        for (int i = 0; i < positions.Size; i += 2)
        {
            if (positions.Items[i] is not PickleInteger { Value: >= 0 } || positions.Items[i + 1] is not PickleText)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Payloads of a pair that <see cref="Is"/> knows; the file belongs to them from here on.</summary>
    /// <exception cref="MigrationException">An id or a position stands in it twice.</exception>
    public static KeyedStorePayloads Open(StorePart part, PickleValue root, PayloadRules rules)
    {
        var pair = (PickleTuple)root;
        var payloads = (PickleDict)pair.Items[0];
        var positions = (PickleDict)pair.Items[1];
        PickleText[] ids = new PickleText[payloads.Count];
        PickleDict[] values = new PickleDict[payloads.Count];
        Dictionary<string, int> numbers = new(ids.Length, StringComparer.Ordinal);
        for (int i = 0; i < ids.Length; i++)
        {
            ids[i] = (PickleText)payloads.Items[2 * i];
            values[i] = (PickleDict)payloads.Items[(2 * i) + 1];
            if (!numbers.TryAdd(ids[i].ToString(), i))
            {
                throw JsonErrors.Repeated(part.Path, $"the memory '{PickleErrors.Clean(ids[i])}'");
            }
        }

        (long, int)[] entries = new (long, int)[positions.Count];
        for (int i = 0; i < entries.Length; i++)
        {
            var id = (PickleText)positions.Items[(2 * i) + 1];
            entries[i] = (((PickleInteger)positions.Items[2 * i]).Value, numbers.GetValueOrDefault(id.ToString(), -1));
        }

        return new KeyedStorePayloads(new Mem0Documents(part, ids, values), new PositionTable(part.Path, entries), "positions", rules);
    }

    /// <inheritdoc/>
    public override string NameOf(int document) => $"the memory '{PickleErrors.Clean(ids[document])}'";

    /// <inheritdoc/>
    public override void Write(int document, LargeInteger largeInteger, IBufferWriter<byte> output) =>
        new ValueJson(part.Path, ids[document], largeInteger).WriteDictionary(output, payloads[document]);

    /// <inheritdoc/>
    public override ReadOnlyMemory<byte> Metadata(int document)
    {
        ArrayBufferWriter<byte> output = new();
        Write(document, LargeInteger.Text, output);
        return output.WrittenMemory;
    }
}
