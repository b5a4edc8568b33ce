using System.Diagnostics;
using VectorMigration.Errors;
using VectorMigration.Feeds;
using VectorMigration.Store;
using VectorMigration.Vectors;

namespace VectorMigration.Verification;

/// <summary>
/// Asks both sides the same queries. The server is asked first; then one pass over the index, in parallel and in constant memory, finds the K nearest
/// distances of every query and the true distance of every answer. An answer is right when it is no farther than the K-th neighbour, so equally distant
/// vectors are all right. Queries are vectors of the index; a query's own point is left out on both sides, because it finds itself too easily.
/// </summary>
internal sealed class RecallCheck(IVectorSource source, IVectorStore store, VerificationScope scope, int neighbours, int queryCount)
{
    private readonly Dictionary<PointId, List<RecallQuery>> askers = [];
    private readonly Dictionary<long, RecallQuery> owners = [];

    /// <summary>The index whose codes are compared with the originals that the source takes in their place; null where the source is all there is.</summary>
    private readonly IVectorSource? held = source is OriginalVectors { Held: { Description.Fidelity: not Fidelity.Exact } coded } ? coded : null;

    private Distance Distance => scope.Distance;

    /// <summary>Asks, computes, compares.</summary>
    public async Task<RecallResult> RunAsync(Action<long>? onProgress, CancellationToken cancellationToken)
    {
        int seed = scope.Seed ?? SampleChoice.NewSeed();
        var rows = new IndexRows(new IndexFeed(source, null, scope.Feed with { SkipInvalid = true }, scope.Offset, scope.Count, scope.Ids.Superseded, null),
            scope.Parallelism);
        List<RecallQuery> queries = Queries(rows, seed, cancellationToken);
        string? refused = await AskAsync(queries, cancellationToken).ConfigureAwait(false);
        CollectionDescription? collection = await store.GetCollectionAsync(scope.Collection, cancellationToken).ConfigureAwait(false);

        long started = Stopwatch.GetTimestamp();
        long done = 0;
        long seen = 0;
        await rows.VisitAsync(
            scope.Offset,
            scope.Count,
            IndexRows.RowsAtOnce(source.Description.Dimension),
            (batch, token) =>
            {
                Interlocked.Add(ref seen, batch.Count);
                Measure(batch, queries);
                MeasureHeld(batch, queries, token);
                return Task.CompletedTask;
            },
            advanced => onProgress?.Invoke(Interlocked.Add(ref done, advanced)),
            cancellationToken).ConfigureAwait(false);
        if (seen < 2)
        {
            throw VerificationErrors.NothingToAsk(source.Description, seen);
        }

        int reach = (int)Math.Min(neighbours, seen - 1);
        double[]? byCodes = held is null ? null : [.. queries.Select(query => query.RecallOfCodes(reach))];
        return new RecallResult
        {
            K = neighbours,
            Queries = queries.Count,
            Seed = seed,
            Exact = refused is null ? Figures(queries, reach, static query => query.Exact) : null,
            ExactRefused = refused,
            Approximate = Figures(queries, reach, static query => query.Approximate),
            IndexCodec = held?.Description.Codec,
            IndexRecall = byCodes?.Average(),
            IndexLeast = byCodes?.Min(),
            IndexedVectors = collection?.IndexedVectorsCount ?? 0,
            ForeignAnswers = queries.Sum(query => query.ForeignIn(query.Exact) + query.ForeignIn(query.Approximate)),
            BruteForceDuration = Stopwatch.GetElapsedTime(started),
        };
    }

    private List<RecallQuery> Queries(IndexRows rows, int seed, CancellationToken cancellationToken)
    {
        long[] picked = SampleChoice.Pick(scope.Offset, scope.Count, scope.Ids.Superseded, queryCount, seed);
        using VectorBatch? batch = rows.Gather(picked, cancellationToken, out _);
        List<RecallQuery> queries = [];
        for (int row = 0; batch is not null && row < batch.Count; row++)
        {
            var query = new RecallQuery(batch.PointIds.Span[row], new QueryDistance(Distance, batch.Vector(row).ToArray()), neighbours);
            queries.Add(query);
            owners[batch.Ordinal(row)] = query;
        }

        return queries.Count > 0 ? queries : throw VerificationErrors.NothingToAsk(source.Description, 0);
    }

    /// <summary>Asks the server, one query at a time so that latencies are those of a query. Answers why it refuses exact search, or null.</summary>
    private async Task<string?> AskAsync(List<RecallQuery> queries, CancellationToken cancellationToken)
    {
        string? refused = null;
        foreach (RecallQuery query in queries)
        {
            query.Approximate = await AskAsync(query, exact: false, cancellationToken).ConfigureAwait(false);
            if (refused is not null)
            {
                continue;
            }

            try
            {
                query.Exact = await AskAsync(query, exact: true, cancellationToken).ConfigureAwait(false);
            }
            catch (MigrationException e) when (e.ErrorId == ErrorIds.ExactSearchDisabled)
            {
                refused = e.Message;
            }
        }

        return refused;
    }

    private async Task<RecallAnswer> AskAsync(RecallQuery query, bool exact, CancellationToken cancellationToken)
    {
        long started = Stopwatch.GetTimestamp();
        IReadOnlyList<ScoredPoint> found = await store
            .QueryAsync(scope.Collection, scope.Feed.VectorName, query.Distance.Query, neighbours + 1, exact, withPayload: false, cancellationToken)
            .ConfigureAwait(false);
        TimeSpan latency = Stopwatch.GetElapsedTime(started);
        PointId[] answers = [.. found.Select(point => point.Id).Where(id => id != query.Own).Take(neighbours)];
        foreach (PointId id in answers)
        {
            if (!askers.TryGetValue(id, out List<RecallQuery>? who))
            {
                askers.Add(id, who = []);
            }

            if (!who.Contains(query))
            {
                who.Add(query);
            }
        }

        return new RecallAnswer(answers, latency);
    }

    private void Measure(VectorBatch batch, List<RecallQuery> queries)
    {
        for (int row = 0; row < batch.Count; row++)
        {
            ReadOnlySpan<float> vector = batch.Vector(row);
            double scale = QueryDistance.ScaleOf(Distance, vector);
            RecallQuery? owner = owners.GetValueOrDefault(batch.Ordinal(row));
            foreach (RecallQuery query in queries)
            {
                float distance = query.Distance.To(vector, scale);
                if (query.Nearest.Wants(distance) && query != owner)
                {
                    query.Nearest.Offer(distance);
                }
            }

            if (askers.TryGetValue(batch.PointIds.Span[row], out List<RecallQuery>? who))
            {
                foreach (RecallQuery query in who)
                {
                    query.Know(batch.PointIds.Span[row], query.Distance.To(vector, scale), query.Distance, vector, scale);
                }
            }
        }
    }

    /// <summary>Ranks the same rows by what the index holds of them, as FAISS does if it compares every code.</summary>
    private void MeasureHeld(VectorBatch batch, List<RecallQuery> queries, CancellationToken cancellationToken)
    {
        if (held is null || batch.Count == 0)
        {
            return;
        }

        long first = batch.Ordinal(0);
        using VectorBatch codes = held.Read(first, (int)(batch.Ordinal(batch.Count - 1) - first + 1), cancellationToken);
        for (int row = 0; row < batch.Count; row++)
        {
            ReadOnlySpan<float> decoded = codes.Vector((int)(batch.Ordinal(row) - first));
            double scale = QueryDistance.ScaleOf(Distance, decoded);
            RecallQuery? owner = owners.GetValueOrDefault(batch.Ordinal(row));
            foreach (RecallQuery query in queries)
            {
                float coded = query.Distance.To(decoded, scale);
                if (query.Codes.Wants(coded) && query != owner)
                {
                    ReadOnlySpan<float> vector = batch.Vector(row);
                    double ownScale = QueryDistance.ScaleOf(Distance, vector);
                    float distance = query.Distance.To(vector, ownScale);
                    query.Codes.Offer(batch.Ordinal(row), coded, distance, query.Distance.Slack(distance, vector, ownScale));
                }
            }
        }
    }

    private static RecallFigures Figures(List<RecallQuery> queries, int reach, Func<RecallQuery, RecallAnswer> of)
    {
        double[] recalls = [.. queries.Select(query => query.RecallOf(of(query), reach))];
        TimeSpan[] latencies = [.. queries.Select(query => of(query).Latency).Order()];
        return new RecallFigures
        {
            Recall = recalls.Average(),
            Least = recalls.Min(),
            MeanLatency = TimeSpan.FromTicks((long)latencies.Average(static latency => latency.Ticks)),
            P50Latency = latencies[(latencies.Length - 1) / 2],
            P95Latency = latencies[Math.Max(0, (int)Math.Ceiling(latencies.Length * 0.95) - 1)],
        };
    }
}

/// <summary>What the server answered to a query, its own point left out.</summary>
internal readonly record struct RecallAnswer(PointId[]? Ids, TimeSpan Latency);

/// <summary>One query, what is nearest to it, and what the server answered.</summary>
internal sealed class RecallQuery(PointId own, QueryDistance distance, int k)
{
    private readonly Lock gate = new();
    private readonly Dictionary<PointId, (float Distance, double Slack)> known = [];

    public PointId Own { get; } = own;

    public QueryDistance Distance { get; } = distance;

    public NearestDistances Nearest { get; } = new(k);

    /// <summary>What is nearest by the codes of the index.</summary>
    public NearestByCodes Codes { get; } = new(k);

    public RecallAnswer Exact { get; set; }

    public RecallAnswer Approximate { get; set; }

    /// <summary>The true distance of an answer.</summary>
    public void Know(PointId id, float distance, QueryDistance measure, ReadOnlySpan<float> vector, double scale)
    {
        double slack = measure.Slack(distance, vector, scale);
        lock (gate)
        {
            known[id] = (distance, slack);
        }
    }

    /// <summary>Answers that are not of the index.</summary>
    public int ForeignIn(RecallAnswer answer) => answer.Ids?.Count(id => !known.ContainsKey(id)) ?? 0;

    /// <summary>
    /// Share of the nearest neighbours that an answer holds. Points that are not of the index take places away from those that are, so as many fewer
    /// neighbours are expected.
    /// </summary>
    public double RecallOf(RecallAnswer answer, int reach)
    {
        int expected = Math.Min(reach, Nearest.Count) - ForeignIn(answer);
        if (expected <= 0 || answer.Ids is null)
        {
            return 1;
        }

        float limit = Nearest[expected - 1];
        int hits = answer.Ids.Count(id => known.TryGetValue(id, out (float Distance, double Slack) found) && found.Distance <= limit + found.Slack);
        return Math.Min(1, (double)hits / expected);
    }

    /// <summary>Share of the nearest neighbours that the codes of the index would answer.</summary>
    public double RecallOfCodes(int reach)
    {
        int expected = Math.Min(reach, Nearest.Count);
        return expected <= 0 ? 1 : Math.Min(1, (double)Codes.Within(Nearest[expected - 1]) / expected);
    }
}
