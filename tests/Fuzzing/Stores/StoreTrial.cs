using System.Diagnostics;
using System.IO.Compression;
using System.Text.Json;
using VectorMigration.SideFiles.Stores;
using VectorMigration.SideFiles.Stores.Archives;
using VectorMigration.SideFiles.Stores.Json;
using VectorMigration.SideFiles.Stores.Sqlite;
using VectorMigration.SideFiles.Stores.Tables;
using VectorMigration.SideFiles.Stores.Tables.Arrow;
using VectorMigration.SideFiles.Stores.Tables.Parquet;
using VectorMigration.SideFiles.Stores.Txtai;
using VectorMigration.SideFiles.VectorFiles;

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

    private const int MostComponents = 1 << 14;

    private static readonly ThreadLocal<PrivateFolder> Folder = new(static () => new PrivateFolder());

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
            if (store.Form == StoreSeedForm.Vectors)
            {
                return ReadVectors(store);
            }

            using StoredPayloads payloads = store.Form is StoreSeedForm.Archive ? OpenArchive(store)
                : store.Form is StoreSeedForm.Sqlite or StoreSeedForm.SqliteLog or StoreSeedForm.SqliteJournal
                ? OpenFile(store)
                : Open(store.Form, [.. store.Parts.Select(static (bytes, at) => new StorePart($"part{at}.json", new HeldBytes(bytes)))]);
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

    /// <summary>The first vectors of a file, some from its middle, and the last ones: a damaged length may tell of any number.</summary>
    private static (TrialEnd End, string Reason) ReadVectors(StoreSeed store)
    {
        string path = Path.Combine(Folder.Value!.Path, "part0.json");
        File.WriteAllBytes(path, store.Parts[0]);
        if (!VectorFile.Is(path))
        {
            return (TrialEnd.Rejected, "NotAVectorFile");
        }

        using IVectorSource vectors = VectorFile.Open(path);
        int some = Math.Max(1, MostComponents / vectors.Description.Dimension);
        foreach (long first in (long[])[0, vectors.Description.Count / 2, Math.Max(0, vectors.Description.Count - 1)])
        {
            int most = (int)Math.Clamp(vectors.Description.Count - first, 0, some);
            using VectorBatch batch = vectors.Read(first, most, CancellationToken.None);
            if (batch.Count != most)
            {
                return (TrialEnd.Fault, "fewer vectors than there are");
            }
        }

        return (TrialEnd.Read, store.Form.ToString());
    }

    /// <summary>SQLite reads files: each thread has one, and what lies beside it.</summary>
    private static StoredPayloads OpenFile(StoreSeed store)
    {
        string path = Path.Combine(Folder.Value!.Path, "part0.json");
        foreach (string suffix in (string[])["-wal", "-journal"])
        {
            File.Delete(path + suffix);
        }

        File.WriteAllBytes(path, store.Parts[0]);
        if (store.Parts.Count > 1)
        {
            File.WriteAllBytes(path + (store.Form == StoreSeedForm.SqliteLog ? "-wal" : "-journal"), store.Parts[1]);
        }

        return SqliteStores.Open(path, null, default, CancellationToken.None);
    }

    /// <summary>An archive is unpacked, and what it holds is recognised and opened; a tar is compressed first.</summary>
    private static KeyedStorePayloads OpenArchive(StoreSeed store)
    {
        string path = Path.Combine(Folder.Value!.Path, "part0.json");
        bool isPacked = store.Parts[0].AsSpan().StartsWith((ReadOnlySpan<byte>)[0x1F, 0x8B]) || store.Parts[0].AsSpan().StartsWith("PK"u8);
        using (Stream stream = isPacked ? File.Create(path) : new GZipStream(File.Create(path), CompressionLevel.Fastest))
        {
            stream.Write(store.Parts[0]);
        }

        using PrivateFolder copy = new();
        string folder = StoreArchive.Unpack(path, copy, CancellationToken.None);
        FoundStore found = StoreFinder.Find(folder, withStore: true, CancellationToken.None);
        using IPayloadSource? payloads = found.StorePath is null ? null
            : StorePayloads.Open(found.StorePath, default, null, found.IndexPath, CancellationToken.None);
        payloads?.Check(scattered: true, CancellationToken.None);
        byte[] empty = [.. """{"documents":[],"id_map":{}}"""u8];
        return Haystack2Documents.Open(new StorePart("part0.json", new HeldBytes(empty)), default, CancellationToken.None);
    }

    private static StoredPayloads Open(StoreSeedForm form, StorePart[] parts)
    {
        Array.ForEach(parts, static part => JsonForms.Of(part.Bytes, part.Path));
        return form switch
        {
            StoreSeedForm.Haystack2 => Haystack2Documents.Open(parts[0], default, CancellationToken.None),
            StoreSeedForm.TxtaiIds => TxtaiIds.Open(parts, null, default, CancellationToken.None),
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
    }

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
