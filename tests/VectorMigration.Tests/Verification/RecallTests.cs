using VectorMigration.Tests.Faiss;

namespace VectorMigration.Tests;

public sealed class RecallTests : IDisposable
{
    private readonly MemoryStore store = new();

    public void Dispose() => store.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(32)]
    [InlineData(33)]
    [InlineData(200)]
    public void Kernels_agree_with_the_definition_in_double(int dimension)
    {
        Random random = new(dimension);
        float[] a = [.. Enumerable.Range(0, dimension).Select(_ => (random.NextSingle() * 2) - 1)];
        float[] b = [.. Enumerable.Range(0, dimension).Select(_ => (random.NextSingle() * 2) - 1)];
        ((double)DistanceKernels.SquaredEuclid(a, b)).ShouldBe(a.Zip(b, (x, y) => ((double)x - y) * ((double)x - y)).Sum(), tolerance: 1e-4);
        ((double)DistanceKernels.Manhattan(a, b)).ShouldBe(a.Zip(b, (x, y) => Math.Abs((double)x - y)).Sum(), tolerance: 1e-4);
        ((double)DistanceKernels.Dot(a, b)).ShouldBe(a.Zip(b, (x, y) => (double)x * y).Sum(), tolerance: 1e-4);
    }

    [Fact]
    public void The_nearest_are_the_smallest_whatever_the_order()
    {
        Random random = new(5);
        float[] all = [.. Enumerable.Range(0, 1_000).Select(_ => MathF.Round(random.NextSingle() * 100))];
        var nearest = new NearestDistances(20);
        Parallel.ForEach(all, distance =>
        {
            if (nearest.Wants(distance))
            {
                nearest.Offer(distance);
            }
        });
        nearest.Count.ShouldBe(20);
        Enumerable.Range(0, 20).Select(i => nearest[i]).ShouldBe(all.Order().Take(20));
    }

    [Theory]
    [InlineData(Distance.Euclid)]
    [InlineData(Distance.Dot)]
    [InlineData(Distance.Cosine)]
    [InlineData(Distance.Manhattan)]
    public async Task A_search_that_is_exact_has_full_recall_even_where_all_distances_are_equal(Distance distance)
    {
        // Four kinds of vector only: nearly all distances are ties, and the store breaks them by descending id.
        MemorySource source = Random(400, distance, i => i % 4);
        await Migrate(source, distance);
        store.Search = (query, limit, _) => Nearest(source, distance, query, limit);
        RecallResult recall = await Recall(source, distance, k: 10);
        recall.Exact.ShouldNotBeNull().Recall.ShouldBe(1);
        recall.Exact.Least.ShouldBe(1);
        recall.Approximate.Recall.ShouldBe(1);
        (recall.K, recall.Queries, recall.Seed, recall.ForeignAnswers).ShouldBe((10, 20, 11, 0L));
    }

    [Theory]
    [InlineData(Distance.Euclid)]
    [InlineData(Distance.Dot)]
    [InlineData(Distance.Cosine)]
    [InlineData(Distance.Manhattan)]
    public async Task Missed_neighbours_are_counted_and_foreign_answers_are_left_out(Distance distance)
    {
        MemorySource source = Random(300, distance, i => i);
        await Migrate(source, distance);
        PointId foreign = PointId.FromNumber(99_999);

        // Of 10 neighbours the graph misses the two nearest; exact search has a stranger on top.
        store.Search = (query, limit, exact) => exact
            ? [new ScoredPoint(foreign, 0, null), .. Nearest(source, distance, query, limit - 1)]
            : [.. Nearest(source, distance, query, limit + 2).Where((_, place) => place is not 1 and not 2)];
        RecallResult recall = await Recall(source, distance, k: 10);
        recall.Exact.ShouldNotBeNull().Recall.ShouldBe(1);
        recall.Approximate.Recall.ShouldBe(0.8, tolerance: 1e-9);
        recall.ForeignAnswers.ShouldBe(20);
    }

    [Fact]
    public async Task Where_exact_search_is_refused_the_rest_is_measured()
    {
        MemorySource source = Random(50, Distance.Euclid, i => i);
        await Migrate(source, Distance.Euclid);
        store.Search = (query, limit, exact) => exact
            ? throw new MigrationException("ExactSearchDisabled", ErrorKind.NotSupported, "Exact search disabled!", "Allow it.")
            : Nearest(source, Distance.Euclid, query, limit);
        RecallResult recall = await Recall(source, Distance.Euclid, k: 5);
        recall.Exact.ShouldBeNull();
        recall.ExactRefused.ShouldBe("Exact search disabled!");
        recall.Approximate.Recall.ShouldBe(1);
    }

    [Theory]
    [InlineData("faiss-1.7.3/sq_8bit", 0.9, 1)]
    [InlineData("faiss-1.7.3/pq6x4", 0.05, 0.9)]
    public async Task The_codes_of_an_index_are_held_against_the_originals_beside_the_collection(string name, double least, double most)
    {
        using IVectorSource flat = FaissIndex.Open(Fixture.Of("faiss-1.7.3/flat_l2").IndexPath);
        using OriginalVectors source = OriginalVectors.Of(
            FaissIndex.Open(Fixture.Of(name).IndexPath, allowDecoded: true), FaissIndex.Open(Fixture.Of("faiss-1.7.3/flat_l2").IndexPath), default);
        MigrationOptions options = new() { Collection = "c", RecallK = 10, RecallQueries = 30, Seed = 3, Verification = VerificationMode.Count };
        (await new Migration(source, null, store, new FixedRetryPolicy(), options, new Recorder()).RunAsync(default)).Status
            .ShouldBe(MigrationStatus.Completed);
        float[][] truth = Rows(flat);
        store.Search = (query, limit, _) => [.. Ranked(truth, query).Take(limit).Select(row => new ScoredPoint(PointId.FromNumber((ulong)row), 0, null))];
        RecallResult recall = (await new MigrationCheck(source, null, store, new FixedRetryPolicy(), options, new Recorder()).VerifyAsync(false, default))
            .Recall.ShouldNotBeNull();
        recall.Approximate.Recall.ShouldBe(1);

        // By hand: of the 10 nearest by decoded vectors, how many are among the 10 nearest by originals.
        using IVectorSource coded = FaissIndex.Open(Fixture.Of(name).IndexPath, allowDecoded: true);
        float[][] decoded = Rows(coded);
        long[] picked = SampleChoice.Pick(0, truth.Length, new HashSet<long>(), 30, 3);
        double expected = picked.Average(row => Ranked(decoded, truth[row]).Where(other => other != row).Take(10)
            .Intersect(Ranked(truth, truth[row]).Where(other => other != row).Take(10)).Count() / 10.0);
        recall.IndexRecall.ShouldNotBeNull().ShouldBe(expected, tolerance: 1e-9);
        recall.IndexRecall!.Value.ShouldBeInRange(least, most);
        recall.IndexLeast!.Value.ShouldBeLessThanOrEqualTo(recall.IndexRecall.Value);
        recall.IndexCodec.ShouldBe(coded.Description.Codec);
        recall.ToString().ShouldContain($"FAISS ({coded.Description.Codec})");
    }

    private static float[][] Rows(IVectorSource source)
    {
        using VectorBatch all = source.Read(0, (int)source.Description.Count, default);
        return [.. Enumerable.Range(0, all.Count).Select(row => all.Vector(row).ToArray())];
    }

    private static IEnumerable<int> Ranked(float[][] rows, float[] query) => Enumerable.Range(0, rows.Length)
        .OrderBy(row => rows[row].Zip(query, (x, y) => ((double)x - y) * ((double)x - y)).Sum());

    [Fact]
    public async Task More_neighbours_than_vectors_are_all_others_and_one_vector_has_none()
    {
        MemorySource source = Random(6, Distance.Euclid, i => i);
        await Migrate(source, Distance.Euclid);
        store.Search = (query, limit, _) => Nearest(source, Distance.Euclid, query, limit);
        (await Recall(source, Distance.Euclid, k: 100)).Approximate.Recall.ShouldBe(1);
        MigrationOptions one = new() { Collection = "c", Limit = 1, RecallK = 3 };
        MigrationException error = await Should.ThrowAsync<MigrationException>(
            () => new MigrationCheck(source, null, store, new FixedRetryPolicy(), one, new Recorder()).VerifyAsync(false, default));
        error.ErrorId.ShouldBe("NothingToAsk");
    }

    private async Task Migrate(MemorySource source, Distance distance) =>
        (await new Migration(source, null, store, new FixedRetryPolicy(),
            new MigrationOptions { Collection = "c", Distance = distance, Verification = VerificationMode.Count }, new Recorder()).RunAsync(default))
            .Status.ShouldBe(MigrationStatus.Completed);

    private async Task<RecallResult> Recall(MemorySource source, Distance distance, int k)
    {
        MigrationOptions options = new()
        {
            Collection = "c",
            Distance = distance,
            RecallK = k,
            RecallQueries = 20,
            Seed = 11,
            Verification = VerificationMode.Count
        };
        VerificationResult proof = await new MigrationCheck(source, null, store, new FixedRetryPolicy(), options, new Recorder())
            .VerifyAsync(forRepair: false, default);
        return proof.Recall.ShouldNotBeNull();
    }

    private static MemorySource Random(int count, Distance distance, Func<int, int> kind)
    {
        var source = new MemorySource(count, dimension: 24, id: i => 5L * i, metric: FaissMetric.L2, distance: distance);
        for (int i = 0; i < count; i++)
        {
            Random random = new(kind(i));
            Span<float> vector = source.Vector(i);
            for (int j = 0; j < vector.Length; j++)
            {
                vector[j] = (random.NextSingle() * 2) - 1;
            }
        }

        return source;
    }

    /// <summary>A search by the definition, in double; the query's own vector comes first among equals so that place 0 is always itself.</summary>
    private static IReadOnlyList<ScoredPoint> Nearest(MemorySource source, Distance distance, float[] query, int limit)
    {
        double Far(int ordinal)
        {
            float[] vector = source.Vector(ordinal).ToArray();
            double dot = vector.Zip(query, (x, y) => (double)x * y).Sum();
            double norms = Math.Sqrt(vector.Sum(x => (double)x * x) * query.Sum(x => (double)x * x));
            return distance switch
            {
                Distance.Euclid => vector.Zip(query, (x, y) => ((double)x - y) * ((double)x - y)).Sum(),
                Distance.Manhattan => vector.Zip(query, (x, y) => Math.Abs((double)x - y)).Sum(),
                Distance.Cosine => Math.Round(-dot / norms, 12),
                _ => -dot,
            };
        }

        return [.. Enumerable.Range(0, (int)source.Description.Count)
            .OrderByDescending(i => source.Vector(i).SequenceEqual(query))
            .ThenBy(Far).ThenByDescending(i => i)
            .Take(limit)
            .Select(i => new ScoredPoint(PointId.FromNumber(5UL * (ulong)i), 0, null))];
    }
}
