using System.Diagnostics;
using System.Text.Json;
using VectorMigration.SideFiles.Stores.Json;
using VectorMigration.SideFiles.Stores.Tables;
using VectorMigration.SideFiles.Stores.Tables.Arrow;
using VectorMigration.SideFiles.Stores.Tables.Parquet;

namespace VectorMigration.Fuzzing.Stores;

/// <summary>Recognises a damaged store, opens it, checks it, reads every payload and describes it, as all commands together do.</summary>
internal static class StoreTrial
{
    /// <summary>Longest time a store may take.</summary>
    public static readonly TimeSpan TimeLimit = TimeSpan.FromSeconds(2);

    /// <summary>Bytes that may be allocated in all for each byte of the files, freed or not.</summary>
    public const int MemoryFactor = 400;

    /// <summary>Bytes that may be allocated in any case: blocks of each reader.</summary>
    public const long AlwaysMemory = 2 << 20;

    private const int LongestMessage = 1_500;

    private static readonly IndexDescription Index = new()
    {
        Path = "fuzz.faiss",
        Kind = "Flat",
        FourCC = "IxF2",
        Metric = FaissMetric.L2,
        Fidelity = Fidelity.Exact,
        Dimension = 2,
        Count = 6,
        IdSource = "sequential",
    };

    private static readonly PayloadRules ForIndex = new() { VectorDimension = Index.Dimension };

    /// <summary>Reads one store.</summary>
    public static TrialResult Run(StoreSeed store)
    {
        long length = store.Parts.Sum(static part => (long)part.Length);
        long allocated = GC.GetAllocatedBytesForCurrentThread();
        long started = Stopwatch.GetTimestamp();
        (TrialEnd end, string reason) = Attempt(store);
        TimeSpan time = Stopwatch.GetElapsedTime(started);
        long memory = GC.GetAllocatedBytesForCurrentThread() - allocated - length;
        string? fault = end == TrialEnd.Fault ? reason
            : memory > AlwaysMemory + (length * MemoryFactor) ? $"it took {memory} bytes more than its {length}"
            : null;
        return new TrialResult(fault is null ? end : TrialEnd.Fault, fault ?? reason, time, memory);
    }

    private static (TrialEnd End, string Reason) Attempt(StoreSeed store)
    {
        try
        {
            StorePart[] parts = [.. store.Parts.Select(static (bytes, at) => new StorePart($"part{at}.json", new HeldBytes(bytes)))];
            Array.ForEach(parts, static part => JsonForms.Of(part.Bytes, part.Path));
            using StoredPayloads payloads = Open(store.Form, parts);
            // A store is described without being checked: what Get-FaissIndex does.
            StoreDescription description = payloads.Describe(Index, static () => []);
            payloads.Check(scattered: true, CancellationToken.None);
            long[] places = payloads is IKeyedPayloadSource keyed ? [.. keyed.Keys(CancellationToken.None)]
                : [.. Enumerable.Range(0, (int)payloads.Count!.Value).Select(static row => (long)row)];
            PayloadBlock block = payloads.Read(places, CancellationToken.None);
            return Wrong(block, description) is string wrong ? (TrialEnd.Fault, wrong) : (TrialEnd.Read, store.Form.ToString());
        }
        catch (MigrationException error)
        {
            return WrongWithError(error) is string wrong ? (TrialEnd.Fault, $"{wrong}: {error.ErrorId}: {error.Message}") : (TrialEnd.Rejected, error.ErrorId);
        }
        catch (Exception error)
        {
            return (TrialEnd.Fault, error.ToString());
        }
    }

    private static StoredPayloads Open(StoreSeedForm form, StorePart[] parts) => form switch
    {
        StoreSeedForm.LangChainJs => LangChainJsDocuments.Open(parts[0], default, CancellationToken.None),
        StoreSeedForm.List => new RowStorePayloads(JsonListDocuments.Open(parts[0], CancellationToken.None), default),
        StoreSeedForm.Dictionary => JsonDictionaryDocuments.Open(parts[0], default, CancellationToken.None),
        StoreSeedForm.Csv => Rows(CsvDocuments.Open(parts[0], new SpillFolder(), CancellationToken.None)),
        StoreSeedForm.NumPy => Rows(NumpyIds.Open(parts[0])),
        StoreSeedForm.DocIds => Rows(DocIdLines.Open(parts[0], new SpillFolder(), CancellationToken.None)),
        StoreSeedForm.Arrow => Rows(ArrowDocuments.Open(parts[0], ForIndex, new SpillFolder(), CancellationToken.None)),
        StoreSeedForm.ArrowIndices =>
            Rows(ArrowDocuments.Open(parts[..1], parts[1..], isDataset: true, ForIndex, new SpillFolder(), CancellationToken.None)),
        StoreSeedForm.Parquet => Rows(ParquetDocuments.Open(parts, isFolder: false, ForIndex, new SpillFolder(), CancellationToken.None)),
        _ => LlamaIndexDocuments.Open(parts, form == StoreSeedForm.LlamaIndexMap, static () => 6, default, CancellationToken.None),
    };

    private static RowStorePayloads Rows(StoredDocuments documents) => new(documents, default);

    private static string? Wrong(PayloadBlock block, StoreDescription description)
    {
        for (int row = 0; row < block.Count; row++)
        {
            using JsonDocument payload = JsonDocument.Parse(block[row]);
            if (payload.RootElement.ValueKind != JsonValueKind.Object)
            {
                return "a payload that is no object";
            }
        }

        return description.Matched > block.Count || description.Fields.Any(static field => field.Name.Any(char.IsControl))
            ? "a description that is not so"
            : null;
    }

    private static string? WrongWithError(MigrationException error) =>
        error.Message.Length > LongestMessage ? "an error of too many words"
        : error.Message.Any(char.IsControl) ? "an error with control characters"
        : string.IsNullOrWhiteSpace(error.RecommendedAction) ? "an error that says not what to do"
        : !error.Message.Contains("part0.json", StringComparison.Ordinal) && !error.Message.Contains("part1.json", StringComparison.Ordinal)
            ? "an error without its file"
        : null;
}
