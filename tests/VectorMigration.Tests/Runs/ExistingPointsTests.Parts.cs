namespace VectorMigration.Tests;

/// <summary>Several parts of an index in one collection, apart by their ids.</summary>
public sealed partial class ExistingPointsTests
{
    [Fact]
    public async Task Parts_with_equal_ids_lie_side_by_side()
    {
        foreach (int part in (int[])[0, 1, 2])
        {
            MigrationResult shifted = await Run(new MemorySource(50), new MigrationOptions { Collection = "c", IdOffset = part * 50 });
            shifted.Status.ShouldBe(MigrationStatus.Completed);
        }

        store.Points.Keys.Select(static id => id.Number).Order().ShouldBe(Enumerable.Range(0, 150).Select(static id => (ulong)id));
        MigrationOptions second = new() { Collection = "c", IdOffset = 50 };
        VerificationResult proof = await new Migration(new MemorySource(50), null, store, new FixedRetryPolicy(), second, recorder).VerifyAsync(default);
        proof.Passed.ShouldBeTrue();
        proof.ExtraIds.Count.ShouldBe(100);
        proof.ExtraIds.ShouldNotContain(50UL);
    }

    [Fact]
    public async Task Parts_with_names_have_no_UUID_in_common()
    {
        MigrationOptions options = new() { Collection = "c", IdMapping = IdMapping.Uuid5 };
        foreach (string part in (string[])["a", "b"])
        {
            (await Run(new MemorySource(50), options with { IdNamespace = part })).Status.ShouldBe(MigrationStatus.Completed);
        }

        store.Points.Count.ShouldBe(100);
        // python: uuid.uuid5(uuid.uuid5(uuid.NAMESPACE_OID, 'a'), '7')
        store.Points.Keys.ShouldContain(PointId.Parse("159ece25-0929-5a9a-ba47-f3f4e0e2ab6d"));
        (await Run(new MemorySource(50), options with { IdMapping = IdMapping.Keep, IdNamespace = "a" })).Error.ShouldNotBeNull()
            .ErrorId.ShouldBe("IdNamespaceNeedsUuid5");
    }

    [Fact]
    public async Task Negative_ids_may_be_shifted_to_where_they_are_none()
    {
        var source = new MemorySource(10, id: static i => i - 3);
        (await Run(source, new MigrationOptions { Collection = "c", IdOffset = 2 })).Error.ShouldNotBeNull().ErrorId.ShouldBe("NegativeIds");
        (await Run(source, new MigrationOptions { Collection = "c", IdOffset = 3 })).Status.ShouldBe(MigrationStatus.Completed);
        store.Points.Keys.Select(static id => id.Number).Order().ShouldBe(Enumerable.Range(0, 10).Select(static id => (ulong)id));
        (await Run(source, new MigrationOptions { Collection = "c", IdOffset = long.MaxValue })).Error.ShouldNotBeNull().ErrorId.ShouldBe("IdOffsetOutOfRange");
    }
}
