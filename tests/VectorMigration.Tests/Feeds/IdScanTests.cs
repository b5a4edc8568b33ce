namespace VectorMigration.Tests;

public sealed class IdScanTests
{
    /// <summary>The three ways of looking agree with a plain count, whatever the memory they are given.</summary>
    [Theory]
    [InlineData(64L << 20)]
    [InlineData(4_096)]
    [InlineData(64)]
    public void Finds_every_negative_and_duplicate(long budget)
    {
        for (int seed = 0; seed < 20; seed++)
        {
            var random = new Random(seed);
            long spread = seed % 3 == 0 ? 3_000 : long.MaxValue;
            long[] ids = [.. Enumerable.Range(0, 2_000).Select(_ => random.NextInt64(-spread, spread))];
            for (int i = 0; i < seed; i++)
            {
                ids[random.Next(2_000)] = ids[random.Next(2_000)];
            }

            IdScanResult result = new IdScan(new MemorySource(2_000, 1, i => ids[i]), budget).Run(100, 1_800, default);
            long[] part = ids[100..1_900];
            result.Least.ShouldBe(part.Min());
            result.Greatest.ShouldBe(part.Max());
            result.Negatives.ShouldBe(part.Count(id => id < 0));
            result.Duplicates.ShouldBe(part.Length - part.Distinct().Count());
            long[] superseded = [.. part.Select((id, i) => (id, i)).GroupBy(p => p.id).SelectMany(g => g.SkipLast(1)).Select(p => (long)p.i + 100)];
            result.Superseded.Order().ShouldBe(superseded.Order());
        }
    }

    [Fact]
    public void Ascending_ids_need_no_memory()
    {
        IdScanResult result = new IdScan(new MemorySource(70_000, 1, i => long.MinValue + (3L * i)), 0).Run(0, 70_000, default);
        result.Duplicates.ShouldBe(0);
        result.Negatives.ShouldBe(70_000);
        result.FirstNegatives.Count.ShouldBe(10);
    }

    [Fact]
    public void Uuids_are_those_of_python()
    {
        // python3 -c "import uuid; print(uuid.uuid5(uuid.NAMESPACE_OID, '-3'), uuid.uuid5(uuid.NAMESPACE_OID, '9223372036854775807'))"
        UuidV5.OfFaissId(-3).ShouldBe(new Guid("a0315e8f-1473-57fb-92fc-bdae3ce2aa6f"));
        UuidV5.OfFaissId(long.MaxValue).ShouldBe(new Guid("cb612840-e56b-53e4-85c5-8de334ff2694"));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(7)]
    [InlineData(8)]
    [InlineData(16)]
    [InlineData(17)]
    public void Non_finite_components_are_found_wherever_they_stand(int at)
    {
        float[] components = [.. Enumerable.Range(0, 18).Select(i => i % 2 == 0 ? float.MaxValue : -float.Epsilon)];
        FiniteCheck.IndexOfNonFinite(components).ShouldBe(-1);
        foreach (float bad in new[] { float.NaN, float.PositiveInfinity, float.NegativeInfinity, BitConverter.Int32BitsToSingle(-1) })
        {
            float[] with = [.. components];
            with[at] = bad;
            FiniteCheck.IndexOfNonFinite(with).ShouldBe(at);
        }
    }

    [Theory]
    [InlineData("", "{\"faiss_id\":-5}")]
    [InlineData("{}", "{\"faiss_id\":-5}")]
    [InlineData("{ }", "{ \"faiss_id\":-5}")]
    [InlineData("{\"a\":{}}", "{\"a\":{},\"faiss_id\":-5}")]
    [InlineData("{\"a\":\"{\"} ", "{\"a\":\"{\",\"faiss_id\":-5}")]
    public void The_faiss_id_is_added_to_a_payload(string payload, string expected)
    {
        byte[] bytes = System.Text.Encoding.UTF8.GetBytes(payload);
        PayloadBlock block = IdField.AddTo(new PayloadBlock(bytes, [0, bytes.Length]), [-5], null);
        System.Text.Encoding.UTF8.GetString(block[0].Span).ShouldBe(expected);
    }
}
