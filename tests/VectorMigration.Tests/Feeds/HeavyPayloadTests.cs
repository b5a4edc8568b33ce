namespace VectorMigration.Tests;

/// <summary>Payloads are taken from their file by weight, whatever a batch was to hold.</summary>
public sealed class HeavyPayloadTests
{
    [Fact]
    public async Task Batches_end_where_their_payloads_weigh_enough_and_nothing_is_lost()
    {
        MemorySource source = new(100);
        using WeighedPayload payload = new(row => row < 50 ? 10 : 600_000);
        await using IndexFeed feed = new(source, payload, new FeedOptions(), 0, 100, new HashSet<long>(), null);
        List<long> ordinals = [];
        while (await feed.NextAsync(64, CancellationToken.None) is VectorBatch batch)
        {
            using (batch)
            {
                batch.Payload.ShouldNotBeNull().Bytes.ShouldBeLessThan((int)IndexFeed.MostPayloadBytes + (9 * 600_000));
                for (int row = 0; row < batch.Count; row++)
                {
                    ordinals.Add(batch.Ordinal(row));
                    batch.Payload[row].Length.ShouldBe(payload.Weight(batch.Ordinal(row)));
                }
            }
        }

        ordinals.ShouldBe(Enumerable.Range(0, 100).Select(static i => (long)i));
    }

    [Fact]
    public async Task Comparing_takes_few_heavy_rows_at_a_time()
    {
        MemorySource source = new(40);
        using WeighedPayload payload = new(static _ => 600_000);
        await using IndexFeed feed = new(source, payload, new FeedOptions(), 0, 40, new HashSet<long>(), null, mostPayloadBytes: IndexRows.MostPayloadBytes);
        List<int> counts = [];
        await new IndexRows(feed, 1).VisitAsync(0, 40, 1_000, Note, null, CancellationToken.None);
        counts.Sum().ShouldBe(40);
        counts.Max().ShouldBeLessThan(10);
        counts.Clear();
        await new IndexRows(feed, 1).VisitAsync(new long[] { 1, 3, 5, 7, 9, 11 }, 1_000, Note, null, CancellationToken.None);
        counts.ShouldBe([2, 2, 2]);

        Task Note(VectorBatch batch, CancellationToken cancellationToken)
        {
            counts.Add(batch.Count);
            return Task.CompletedTask;
        }
    }

    /// <summary>A source that cannot stop by itself.</summary>
    private sealed class WeighedPayload(Func<long, int> weight) : IPayloadSource
    {
        public string Path => "weighed";

        public string Identity => "weighed";

        public long? Count => null;

        public int Weight(long row) => weight(row);

        public void Check(bool scattered, CancellationToken cancellationToken)
        {
        }

        public PayloadBlock Read(ReadOnlySpan<long> places, CancellationToken cancellationToken)
        {
            int[] offsets = new int[places.Length + 1];
            for (int i = 0; i < places.Length; i++)
            {
                offsets[i + 1] = offsets[i] + weight(places[i]);
            }

            return new PayloadBlock(new byte[offsets[^1]], offsets);
        }

        public void Dispose()
        {
        }
    }
}
