using System.Collections.Concurrent;

namespace VectorMigration.Tests;

/// <summary>A server in memory with one vector a point: for the run's own logic; everything else is tested on the real one.</summary>
internal sealed class MemoryStore : IVectorStore, IAliasStore
{
    public string Endpoint => "memory://store";

    public string Version { get; set; } = "1.16.3";

    public Dictionary<string, CollectionDescription> Collections { get; } = [];

    /// <summary>Aliases, alias to collection; a test puts the collection in under both names.</summary>
    public Dictionary<string, string> Aliases { get; } = [];

    public Task SetAliasAsync(string name, string collection, CancellationToken cancellationToken)
    {
        Aliases[name] = collection;
        return Task.CompletedTask;
    }

    public Task DeleteAliasAsync(string name, CancellationToken cancellationToken)
    {
        Aliases.Remove(name);
        return Task.CompletedTask;
    }

    public Task<IReadOnlyDictionary<string, string>> ListAliasesAsync(CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyDictionary<string, string>>(Aliases);

    public ConcurrentDictionary<PointId, (float[] Vector, string? Payload)> Points { get; } = new();

    public List<string> Deleted { get; } = [];

    public ConcurrentBag<PointId> Upserted { get; } = [];

    public ConcurrentBag<PointId> Replaced { get; } = [];

    public CollectionSettings? Created { get; private set; }

    public Func<VectorBatch, WriteAnswer>? Answer { get; set; }

    /// <summary>Where true, an upsert is acknowledged but not kept.</summary>
    public Func<PointId, bool> Loses { get; set; } = _ => false;

    public Task<ServerInfo> GetServerAsync(CancellationToken cancellationToken) => Task.FromResult(new ServerInfo("qdrant", Version));

    public Task<IReadOnlyList<string>> ListCollectionsAsync(CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<string>>([.. Collections.Keys]);

    /// <summary>What becomes of a collection by the time somebody looks at it.</summary>
    public Func<CollectionDescription, CollectionDescription> OnLook { get; set; } = collection => collection;

    public Task<CollectionDescription?> GetCollectionAsync(string name, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (!Collections.TryGetValue(name, out CollectionDescription? collection))
        {
            return Task.FromResult<CollectionDescription?>(null);
        }

        // What is answered is what was seen, whatever a run writes into the collection's metadata at the same time.
        CollectionDescription seen = OnLook(collection);
        Collections[name] = seen;
        return Task.FromResult<CollectionDescription?>(seen);
    }

    /// <summary>What somebody else does just before a collection is created.</summary>
    public Action? BeforeCreating { get; set; }

    public Task CreateCollectionAsync(string name, CollectionSettings settings, CancellationToken cancellationToken)
    {
        BeforeCreating?.Invoke();
        if (Collections.ContainsKey(name))
        {
            throw new MigrationException("CollectionExists", ErrorKind.Conflict, $"Collection `{name}` already exists!", "Choose another name.", name);
        }

        Created = settings;
        Add(name, settings.Dimension, settings.Distance, settings.VectorName ?? string.Empty, settings.Datatype);
        Collections[name] = Collections[name] with
        {
            Metadata = KeepsMetadata ? settings.Metadata : new Dictionary<string, string>(),
            Optimizer = settings.Optimizer,
            Quantization = settings.Quantization,
            ShardNumber = (uint)(settings.ShardNumber ?? 1)
        };
        return Task.CompletedTask;
    }

    /// <summary>False as servers before 1.16.</summary>
    public bool KeepsMetadata { get; set; } = true;

    /// <summary>Changes but for those of the marks that runs leave while they are under way.</summary>
    public List<CollectionChange> Changes { get; } = [];

    /// <summary>Changes of the marks that runs leave while they are under way.</summary>
    public List<CollectionChange> MarkChanges { get; } = [];

    /// <summary>Called before a change is carried out.</summary>
    public Action<CollectionChange> OnChange { get; set; } = _ => { };

    public Task AddVectorAsync(string name, CollectionSettings settings, CancellationToken cancellationToken)
    {
        CollectionDescription now = Collections[name];
        CollectionVector added = new(settings.VectorName!, settings.Dimension, settings.Distance, settings.Datatype, false);
        Collections[name] = now with { Vectors = [.. now.Vectors, added] };
        return Task.CompletedTask;
    }

    public Task CreatePayloadIndexAsync(string name, PayloadIndexSettings index, bool waits, CancellationToken cancellationToken)
    {
        CollectionDescription now = Collections[name];
        Collections[name] = now with { PayloadSchema = new Dictionary<string, PayloadIndexType?>(now.PayloadSchema) { [index.Field] = index.Type } };
        return Task.CompletedTask;
    }

    public Task UpdateCollectionAsync(string name, CollectionChange change, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (!Collections.TryGetValue(name, out CollectionDescription? now))
        {
            throw new MigrationException("CollectionMissing", ErrorKind.NotFound, $"Collection `{name}` doesn't exist!", "Check its name.", name);
        }

        OnChange(change);
        bool marks = change.Metadata.Keys.Concat(change.RemovedKeys).Any(static key => key.StartsWith("vector_migration_live_", StringComparison.Ordinal));
        (marks ? MarkChanges : Changes).Add(change);
        now = Collections[name];
        Dictionary<string, string> metadata = new(now.Metadata);
        foreach ((string key, string value) in change.Metadata)
        {
            metadata[key] = value;
        }

        foreach (string key in change.RemovedKeys)
        {
            metadata.Remove(key);
        }

        Collections[name] = now with
        {
            Metadata = metadata,
            Optimizer = now.Optimizer with
            {
                IndexingThreshold = change.IndexingThreshold
            ?? now.Optimizer.IndexingThreshold
            }
        };
        return Task.CompletedTask;
    }

    public void Add(string name, int dimension, Distance? distance, string vectorName = "", VectorDatatype datatype = VectorDatatype.Default,
        bool multivector = false) =>
        Collections.Add(name, new CollectionDescription
        {
            Name = name,
            Status = "green",
            Vectors = [new CollectionVector(vectorName, dimension, distance, datatype, multivector)]
        });

    public Task<bool> DeleteCollectionAsync(string name, CancellationToken cancellationToken)
    {
        Deleted.Add(name);
        Points.Clear();
        return Task.FromResult(Collections.Remove(name));
    }

    public Task<ulong> CountAsync(string name, CancellationToken cancellationToken) => Task.FromResult((ulong)Points.Count);

    public Task<RetrievedPoints> RetrieveAsync(string name, string? vectorName, ReadOnlyMemory<PointId> ids, int dimension, bool withPayload,
        CancellationToken cancellationToken)
    {
        BatchMemory memory = BatchMemory.Rent(ids.Length, dimension);
        bool[] found = new bool[ids.Length];
        string?[] payloads = new string?[ids.Length];
        for (int i = 0; i < ids.Length; i++)
        {
            Read[ids.Span[i]] = true;
            if (Points.TryGetValue(ids.Span[i], out (float[] Vector, string? Payload) point))
            {
                found[i] = true;
                point.Vector.CopyTo(memory.Components, i * dimension);
                payloads[i] = point.Payload;
            }
        }

        return Task.FromResult(new RetrievedPoints(memory, dimension, found, payloads, null));
    }

    public Task<bool[]> ContainAsync(string name, ReadOnlyMemory<PointId> ids, CancellationToken cancellationToken)
    {
        lock (LookedFor)
        {
            LookedFor.AddRange(ids.ToArray());
        }

        return Task.FromResult<bool[]>([.. ids.ToArray().Select(Points.ContainsKey)]);
    }

    /// <summary>Ids of points that were deleted.</summary>
    public ConcurrentBag<PointId> Pruned { get; } = [];

    public Task DeletePointsAsync(string name, ReadOnlyMemory<PointId> ids, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        foreach (PointId id in ids.Span)
        {
            if (Points.TryRemove(id, out _))
            {
                Pruned.Add(id);
            }
        }

        return Task.CompletedTask;
    }

    /// <summary>Ids that were looked for.</summary>
    public List<PointId> LookedFor { get; } = [];

    /// <summary>What searches are answered with; nothing where null.</summary>
    public Func<float[], int, bool, IReadOnlyList<ScoredPoint>>? Search { get; set; }

    public Task<IReadOnlyList<ScoredPoint>> QueryAsync(string name, string? vectorName, ReadOnlyMemory<float> vector, int limit, bool exact, bool withPayload,
        CancellationToken cancellationToken) =>
        Task.FromResult(Search?.Invoke(vector.ToArray(), limit, exact) ?? []);

    /// <summary>Most ids of a page, whatever is asked for.</summary>
    public int PageSize { get; set; } = 7;

    public Task<(IReadOnlyList<PointId> Ids, PointId? Next)> ScrollAsync(string name, PointId? from, int limit, CancellationToken cancellationToken)
    {
        PointId[] rest = [.. Points.Keys.Order().Where(id => from is null || id >= from)];
        int taken = Math.Min(Math.Min(limit, PageSize), rest.Length);
        return Task.FromResult<(IReadOnlyList<PointId>, PointId?)>((rest[..taken], taken < rest.Length ? rest[taken] : null));
    }

    /// <summary>Where points go instead; null for this store.</summary>
    public IPointTarget? Elsewhere { get; set; }

    public IPointTarget OpenTarget(string name, string? vectorName) => Elsewhere ?? new Target(this, name, vectorsOnly: false);

    public IPointTarget OpenInsertTarget(string name, string? vectorName) => Elsewhere ?? new Target(this, name, vectorsOnly: false, inserts: true);
    /// <summary>Targets whose writes are not waited for.</summary>
    public int Unwaited { get; private set; }

    public IPointTarget OpenUnwaitedTarget(string name, string? vectorName, bool replacesVectorsOnly)
    {
        Unwaited++;
        return new Target(this, name, replacesVectorsOnly);
    }

    /// <summary>Points that were read back.</summary>
    public ConcurrentDictionary<PointId, bool> Read { get; } = new();

    public IPointTarget OpenPayloadTarget(string name) => new Target(this, name, vectorsOnly: false) { SetsPayload = true };

    public IPointTarget OpenVectorTarget(string name, string? vectorName) => new Target(this, name, vectorsOnly: true);

    public void Dispose()
    {
    }

    private sealed class Target(MemoryStore store, string name, bool vectorsOnly, bool inserts = false) : IPointTarget
    {
        public string Collection => name;

        public bool SetsPayload { get; init; }

        private static string Merged(string? there, ReadOnlyMemory<byte> set)
        {
            var fields = (System.Text.Json.Nodes.JsonObject)System.Text.Json.Nodes.JsonNode.Parse(there ?? "{}")!;
            foreach ((string key, System.Text.Json.Nodes.JsonNode? value) in System.Text.Json.Nodes.JsonNode.Parse(set.Span)!.AsObject())
            {
                fields[key] = value?.DeepClone();
            }

            return fields.ToJsonString();
        }

        public IPreparedBatch Prepare(VectorBatch batch, TimeSpan timeout, long mostBytes)
        {
            long bytes = batch.Components.Length * sizeof(float);
            return new PreparedBatch(bytes, _ => Upsert(batch, bytes));
        }

        private ValueTask<WriteAnswer> Upsert(VectorBatch batch, long bytes)
        {
            WriteAnswer answer = store.Answer?.Invoke(batch) ?? WriteAnswer.Ok(bytes);
            for (int row = 0; row < batch.Count && answer.Outcome == WriteOutcome.Ok; row++)
            {
                PointId id = batch.PointIds.Span[row];
                if (store.Loses(id) || (inserts && store.Points.ContainsKey(id)))
                {
                    continue;
                }

                string? payload = SetsPayload ? Merged(store.Points[id].Payload, batch.Payload![row]) : vectorsOnly ? store.Points[id].Payload
                    : batch.Payload is null ? null
                    : System.Text.Encoding.UTF8.GetString(batch.Payload[row].Span);
                store.Points[id] = (SetsPayload ? store.Points[id].Vector : batch.Vector(row).ToArray(), payload);
                (vectorsOnly || SetsPayload ? store.Replaced : store.Upserted).Add(id);
            }

            return ValueTask.FromResult(answer);
        }
    }
}
