using VectorMigration.Tests.Faiss;

namespace VectorMigration.Tests;

/// <summary>Every metric of FAISS: mapped, or refused with the reason and the nearest distance; and Cosine, which is proposed and never assumed.</summary>
public sealed class MetricTests : IDisposable
{
    private readonly MemoryStore store = new();

    public void Dispose() => store.Dispose();

    [Theory]
    [InlineData("faiss-1.7.3/flat_l2", Distance.Euclid)]
    [InlineData("faiss-1.7.3/flat_ip", Distance.Dot)]
    [InlineData("faiss-1.7.3/flat_ip_normalized", Distance.Dot)]
    [InlineData("faiss-1.7.3/flat_l1", Distance.Manhattan)]
    [InlineData("faiss-1.7.3/ivfflat_l1", Distance.Manhattan)]
    [InlineData("faiss-1.7.3/bin_flat", Distance.Dot)]
    public void Metrics_that_Qdrant_has_are_mapped(string name, Distance expected) =>
        FaissIndex.Describe(Fixture.Of(name).IndexPath).Distance.ShouldBe(expected);

    [Theory]
    [InlineData("faiss-1.7.3/flat_linf", "largest difference", Distance.Euclid)]
    [InlineData("faiss-1.7.3/flat_lp3", "Lp with p = 3", Distance.Euclid)]
    [InlineData("faiss-1.7.3/flat_canberra", "divided by the size", Distance.Manhattan)]
    [InlineData("faiss-1.7.3/flat_braycurtis", "divided by the sum", Distance.Manhattan)]
    [InlineData("faiss-1.7.3/flat_jensenshannon", "probability distributions", Distance.Manhattan)]
    [InlineData("faiss-head/flat_metric23", "divided by their union", Distance.Manhattan)]
    [InlineData("faiss-head/flat_metric24", "stores no NaN", Distance.Euclid)]
    [InlineData("faiss-head/flat_metric25", "mixed with categories", Distance.Manhattan)]
    public async Task Metrics_that_Qdrant_lacks_are_refused_with_reason_and_nearest_distance(string name, string reason, Distance nearest)
    {
        string path = Fixture.Of(name).IndexPath;
        FaissIndex.Describe(path).Distance.ShouldBeNull();
        MigrationError error = (await RunAsync(path, null)).Error.ShouldNotBeNull();
        error.ErrorId.ShouldBe("MetricNotSupported");
        error.Message.ShouldContain(reason);
        error.RecommendedAction.ShouldContain($"-Distance {nearest}");
        store.Collections.ShouldBeEmpty();

        MigrationResult overridden = await RunAsync(path, nearest);
        overridden.Status.ShouldBe(MigrationStatus.Completed);
        overridden.Warnings.ShouldContain(warning => warning.Contains($"will rank by {nearest}, as requested"));
        store.Collections["c"].Vectors[0].Distance.ShouldBe(nearest);
    }

    [Theory]
    [InlineData(0.5f, Distance.Manhattan)]
    [InlineData(1.4f, Distance.Manhattan)]
    [InlineData(1.6f, Distance.Euclid)]
    [InlineData(4f, Distance.Euclid)]
    public void The_power_of_Lp_decides_which_distance_is_nearest(float power, Distance nearest) =>
        Metrics.Nearest(new MemorySource(1, metric: FaissMetric.Lp, distance: null).Description with { MetricArgument = power }).ShouldBe(nearest);

    [Fact]
    public async Task Cosine_is_proposed_where_all_sampled_norms_are_1_and_never_assumed()
    {
        MigrationPlan plan = (await RunAsync(Fixture.Of("faiss-1.7.3/flat_ip_normalized").IndexPath, null)).Plan.ShouldNotBeNull();
        (plan.Index.ProposedDistance, plan.Index.SampledNorms).ShouldBe((Distance.Cosine, 256));
        plan.Settings.Distance.ShouldBe(Distance.Dot);
        PlanRows.Table(plan).ShouldContain("Cosine is possible: all 256 sampled vectors have length 1");
        string[] lines = PlanRows.Table(plan, columns: 80).Split(Environment.NewLine);
        lines.ShouldAllBe(static line => line.Length <= 80 || line.Split(' ').Any(static word => word.Length > 60));
        string.Join(' ', lines.Select(static line => line.Trim())).ShouldContain("Cosine is possible: all 256 sampled vectors have length 1");
        lines.Length.ShouldBeGreaterThan(PlanRows.Table(plan).Split(Environment.NewLine).Length);
        store.Collections["c"].Vectors[0].Distance.ShouldBe(Distance.Dot);
    }

    [Theory]
    [InlineData("faiss-1.7.3/flat_ip")]
    [InlineData("faiss-1.7.3/flat_l2")]
    [InlineData("faiss-1.7.3/bin_flat")]
    public async Task Cosine_is_not_proposed_where_it_ranks_differently_or_the_metric_is_another(string name)
    {
        MigrationPlan plan = (await RunAsync(Fixture.Of(name).IndexPath, null)).Plan.ShouldNotBeNull();
        plan.Index.ProposedDistance.ShouldBeNull();
        PlanRows.Table(plan).ShouldNotContain("Cosine");
    }

    [Fact]
    public async Task One_vector_of_another_length_is_enough_against_the_proposal()
    {
        var source = new MemorySource(20, metric: FaissMetric.InnerProduct, distance: Distance.Dot);
        for (int i = 0; i < 20; i++)
        {
            source.Vector(i).Clear();
            source.Vector(i)[i % 4] = i == 19 ? 2 : 1;
        }

        NormSample.Describe(source, default).ProposedDistance.ShouldBeNull();
        source.Vector(19)[3] = 1;
        NormSample.Describe(source, default).ProposedDistance.ShouldBe(Distance.Cosine);
        MigrationOptions options = new() { Collection = "c", Distance = Distance.Cosine };
        (await new Migration(source, null, store, new FixedRetryPolicy(), options with { DryRun = true }, new Recorder()).RunAsync(default))
            .Plan.ShouldNotBeNull().Settings.Distance.ShouldBe(Distance.Cosine);
    }

    private async Task<MigrationResult> RunAsync(string path, Distance? distance)
    {
        using IVectorSource source = FaissIndex.Open(path);
        return await new Migration(source, null, store, new FixedRetryPolicy(),
            new MigrationOptions { Collection = "c", Distance = distance, Verification = VerificationMode.Count }, new Recorder()).RunAsync(default);
    }
}
