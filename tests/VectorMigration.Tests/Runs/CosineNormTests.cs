namespace VectorMigration.Tests;

/// <summary>Norms that Qdrant cannot normalise: refused like NaN, before a collection is created where the plan has read them, by batch elsewhere.</summary>
public sealed class CosineNormTests : IDisposable
{
    private readonly MemoryStore store = new();
    private readonly Recorder recorder = new();

    public void Dispose() => store.Dispose();

    [Theory]
    [InlineData(1.9e19, true)]
    [InlineData(1.8e19, false)]
    [InlineData(3.4e-4, true)]
    [InlineData(3.5e-4, false)]
    [InlineData(1e-42, true)]
    [InlineData(0, false)]
    [InlineData(double.NaN, false)]
    [InlineData(double.PositiveInfinity, false)]
    public void What_is_lost_is_what_the_server_was_seen_to_lose(double norm, bool lost) => CosineNorm.IsLost(norm).ShouldBe(lost);

    [Theory]
    [InlineData(1e20f, "would store zeros")]
    [InlineData(1e-10f, "close to 0")]
    public async Task In_the_first_vector_it_is_refused_before_a_collection_is_created(float component, string words)
    {
        MigrationResult result = await Run(With(0, component), new MigrationOptions { Collection = "c", Distance = Distance.Cosine });
        result.Status.ShouldBe(MigrationStatus.Refused);
        result.Error.ShouldNotBeNull().ErrorId.ShouldBe("NormNotNormalizable");
        result.Error!.Message.ShouldContain("Vector 0 (id 0)");
        result.Error.Message.ShouldContain(words);
        store.Created.ShouldBeNull();
    }

    [Fact]
    public async Task In_a_later_vector_its_batch_is_not_sent()
    {
        MigrationOptions options = new() { Collection = "c", Distance = Distance.Cosine, Upload = new UploadOptions { BatchSize = 10, ThrottleLimit = 1 } };
        MemorySource source = With(25, 1e20f);
        source.Vector(27).Fill(1e20f);
        MigrationResult result = await Run(source, options);
        result.Status.ShouldBe(MigrationStatus.Failed);
        result.Error.ShouldNotBeNull().ErrorId.ShouldBe("NormNotNormalizable");
        result.Error!.Message.ShouldContain("Vector 25 (id 25) of memory.faiss has norm 2E+20");
        result.Error.Message.ShouldContain("Another vector of its batch");
        store.Points.Keys.ShouldNotContain(PointId.FromNumber(25));
    }

    [Fact]
    public async Task It_can_be_skipped_and_is_counted()
    {
        MigrationOptions options = new() { Collection = "c", Distance = Distance.Cosine, SkipInvalid = true, Verification = VerificationMode.Count };
        MigrationResult result = await Run(With(25, 1e20f), options);
        result.Status.ShouldBe(MigrationStatus.Incomplete);
        (result.Counts.Sent, result.Counts.Invalid).ShouldBe((49, 1));
        result.LeftOut.ShouldHaveSingleItem().Reason.ShouldBe("norm 2E+20 cannot be normalised");
        result.Verification.ShouldNotBeNull().Passed.ShouldBeTrue();
        IncompleteRun.Of(result).Message.ShouldContain("norms that Cosine cannot use");
    }

    [Fact]
    public async Task Other_distances_take_it() => (await Run(With(25, 1e20f), new MigrationOptions { Collection = "c" })).Status
        .ShouldBe(MigrationStatus.Completed);

    private static MemorySource With(int ordinal, float component)
    {
        MemorySource source = new(50);
        source.Vector(ordinal).Fill(component);
        return source;
    }

    private Task<MigrationResult> Run(MemorySource source, MigrationOptions options) =>
        new Migration(source, null, store, new FixedRetryPolicy(), options, recorder).RunAsync(default);
}
