using System.Text;

namespace VectorMigration.Tests;

/// <summary>A framework's store in memory: documents under ids of their own, by FAISS id.</summary>
internal sealed class MemoryDocuments(IReadOnlyDictionary<long, (string? Id, string? Json)> documents, PayloadRules rules, bool hasIds = true)
    : IStorePayloadSource, IStoreIds
{
    private readonly PayloadRows rows = new(rules);

    public string Path => "memory.store";

    public string Identity { get; set; } = "memory";

    public string Field => "positions";

    public long? Count => Matched.Count();

    public bool HasIds => hasIds;

    public StoreCounts Counts => new("memory", documents.Count, Matched.Count());

    private IEnumerable<long> Matched => documents.Where(static entry => entry.Value.Json is not null).Select(static entry => entry.Key).Order();

    public string? IdOf(long faissId) => documents.TryGetValue(faissId, out (string? Id, string? Json) entry) ? entry.Id : null;

    public void Check(bool scattered, CancellationToken cancellationToken)
    {
        foreach (long position in Matched)
        {
            Refuse(position, rows.Judge(Encoding.UTF8.GetBytes(documents[position].Json!), out _));
        }
    }

    public PayloadBlock Read(ReadOnlySpan<long> places, CancellationToken cancellationToken)
    {
        System.Buffers.ArrayBufferWriter<byte> output = new();
        int[] offsets = new int[places.Length + 1];
        for (int i = 0; i < places.Length; i++)
        {
            if (documents.TryGetValue(places[i], out (string? Id, string? Json) entry) && entry.Json is string json)
            {
                Refuse(places[i], rows.Take(Encoding.UTF8.GetBytes(json), output, out _));
            }

            offsets[i + 1] = output.WrittenCount;
        }

        return new PayloadBlock(output.WrittenMemory, offsets);
    }

    public IEnumerable<long> Keys(CancellationToken cancellationToken) => Matched;

    public long Line(long key, CancellationToken cancellationToken) => Matched.TakeWhile(other => other < key).Count() + 1;

    public StoreDescription Describe(IndexDescription index, Func<IEnumerable<long>> ids) =>
        new() { Framework = "memory", Path = Path, Documents = documents.Count, Matched = Matched.Count() };

    public void Dispose()
    {
    }

    private static void Refuse(long position, RowFault? fault)
    {
        if (fault is not null)
        {
            throw new MigrationException(fault.ErrorId, ErrorKind.InvalidData, $"the document of {position}: {fault.Found}", fault.Action);
        }
    }
}
