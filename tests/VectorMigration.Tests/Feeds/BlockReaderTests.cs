namespace VectorMigration.Tests;

/// <summary>What is read ahead in blocks is cut into the very batches that reading one by one gives.</summary>
public sealed class BlockReaderTests
{
    [Theory]
    [InlineData(1, 4)]
    [InlineData(7, 4)]
    [InlineData(100, 300)]
    [InlineData(5_000, 4)]
    public async Task Batches_are_those_of_reading_one_by_one(int batchSize, int dimension)
    {
        using var source = new MemorySource(4_321, dimension, id: static i => i * 3L);
        await using var feed = new IndexFeed(source, null, new FeedOptions(), 21, 4_300, new HashSet<long>(), null);
        long next = 21;
        while (await feed.NextAsync(batchSize, CancellationToken.None) is VectorBatch batch)
        {
            using (batch)
            {
                batch.FirstOrdinal.ShouldBe(next);
                batch.Count.ShouldBe((int)Math.Min(batchSize, 4_321 - next));
                batch.FaissIds.Span[^1].ShouldBe(batch.LastOrdinal * 3);
                batch.PointIds.Span[^1].ShouldBe(PointId.FromNumber((ulong)batch.LastOrdinal * 3));
                batch.Vector(batch.Count - 1).SequenceEqual(source.Vector((int)batch.LastOrdinal)).ShouldBeTrue();
                next += batch.Count;
            }
        }

        next.ShouldBe(4_321);
    }

    [Fact]
    public async Task Gaps_and_changing_sizes_leave_nothing_out_and_send_nothing_twice()
    {
        using var source = new MemorySource(1_000);
        var acknowledged = new OrdinalSet();
        acknowledged.Add(new OrdinalRange(0, 9));
        acknowledged.Add(new OrdinalRange(55, 120));
        acknowledged.Add(new OrdinalRange(500, 500));
        await using var feed = new IndexFeed(source, null, new FeedOptions(), 0, 1_000, new HashSet<long>(), null, acknowledged.Copy());
        int size = 1;
        while (await feed.NextAsync(size, CancellationToken.None) is VectorBatch batch)
        {
            using (batch)
            {
                batch.Count.ShouldBeLessThanOrEqualTo(size);
                for (int row = 0; row < batch.Count; row++)
                {
                    acknowledged.Contains(batch.Ordinal(row)).ShouldBeFalse();
                    batch.Vector(row).SequenceEqual(source.Vector((int)batch.Ordinal(row))).ShouldBeTrue();
                    acknowledged.Add(new OrdinalRange(batch.Ordinal(row), batch.Ordinal(row)));
                }
            }

            size = (size * 7 % 61) + 1;
        }

        acknowledged.Count.ShouldBe(1_000);
    }

    /// <summary>Blocks are looked through where they are read; a batch is refused, or cleaned, only for what stands in itself.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(4_999)]
    [InlineData(100_000)]
    [InlineData(149_999)]
    public async Task A_component_that_is_not_finite_stops_the_batch_that_it_stands_in(int bad)
    {
        using var source = new MemorySource(150_000, 8);
        source.Vector(bad)[3] = float.NaN;
        await using var feed = new IndexFeed(source, null, new FeedOptions(), 0, 150_000, new HashSet<long>(), null);
        int sent = 0;
        MigrationException refused = await Should.ThrowAsync<MigrationException>(async () =>
        {
            while (await feed.NextAsync(700, CancellationToken.None) is VectorBatch batch)
            {
                sent += batch.Count;
                batch.Dispose();
            }
        });

        sent.ShouldBe(bad / 700 * 700);
        refused.Message.ShouldContain(bad.ToString(System.Globalization.CultureInfo.InvariantCulture));

        var skipped = new List<SkippedVector>();
        await using var cleaned = new IndexFeed(source, null, new FeedOptions { SkipInvalid = true }, 0, 150_000, new HashSet<long>(), skipped.Add);
        int kept = 0;
        while (await cleaned.NextAsync(700, CancellationToken.None) is VectorBatch batch)
        {
            kept += batch.Count;
            batch.Dispose();
        }

        kept.ShouldBe(149_999);
        skipped.Single().Ordinal.ShouldBe(bad);
    }
}
