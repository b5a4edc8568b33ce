namespace VectorMigration.Tests;

/// <summary>Components that a collection of halves would store as infinity: refused like infinity itself.</summary>
public sealed class HalfRangeTests : IDisposable
{
    private readonly MemoryStore store = new();

    public void Dispose() => store.Dispose();

    [Theory]
    [InlineData(65_504f, false)]
    [InlineData(65_519f, false)]
    [InlineData(65_520f, true)]
    [InlineData(-70_000f, true)]
    [InlineData(float.NaN, false)]
    public void What_is_beyond_is_what_rounding_makes_infinite(float component, bool beyond)
    {
        (HalfRange.IndexOfBeyond([0, component]) >= 0).ShouldBe(beyond);
        float.IsInfinity((float)(Half)component).ShouldBe(beyond);
    }

    [Fact]
    public async Task Its_batch_is_not_sent()
    {
        MigrationResult result = await Run(new MigrationOptions
        {
            Collection = "c",
            Creation = new CreationOptions { Datatype = VectorDatatype.Float16 },
        });
        result.Error.ShouldNotBeNull().ErrorId.ShouldBe("NonFiniteComponent");
        result.Error!.Message.ShouldContain("vector 25 (id 25) of memory.faiss is 70000, and the datatype Float16 holds at most 65504");
        result.Error.RecommendedAction.ShouldContain("Float32");
        store.Points.Keys.ShouldNotContain(PointId.FromNumber(25));
    }

    [Fact]
    public async Task It_can_be_skipped_and_other_datatypes_take_it()
    {
        MigrationResult result = await Run(new MigrationOptions
        {
            Collection = "c",
            SkipInvalid = true,
            Verification = VerificationMode.Count,
            Creation = new CreationOptions { Datatype = VectorDatatype.Float16 },
        });
        (result.Counts.Sent, result.Counts.Invalid).ShouldBe((49, 1));
        result.LeftOut.ShouldHaveSingleItem().Reason.ShouldBe("component 2 is 70000, which Float16 cannot hold");
        PlanText.InvalidParts(result.Plan).ShouldContain("components that Float16 cannot hold");

        store.Points.Clear();
        (await Run(new MigrationOptions { Collection = "d" })).Counts.Sent.ShouldBe(50);
    }

    private Task<MigrationResult> Run(MigrationOptions options)
    {
        MemorySource source = new(50);
        source.Vector(25)[2] = 70_000;
        return new Migration(source, null, store, new FixedRetryPolicy(), options, new Recorder()).RunAsync(default);
    }
}
