namespace VectorMigration.Tests;

/// <summary>Several endpoints beside each other: order, advice, failures, and when a run beside the server is faster.</summary>
public sealed class RegionComparisonTests
{
    [Fact]
    public void Warnings_name_their_region()
    {
        List<RunEvent> told = [];
        DelegateObserver all = new(told.Add);
        foreach (string region in (string[])["near", "far"])
        {
            RegionComparison.Named(region, all).OnEvent(new RunWarning(Guid.Empty, default, "The time limit was reached."));
        }

        told.Cast<RunWarning>().Select(static warning => warning.Message)
            .ShouldBe(["near: The time limit was reached.", "far: The time limit was reached."]);
    }

    private static readonly (string, string)[] Two = [("us", "https://us:6334"), ("asia", "https://asia:6334")];

    [Fact]
    public async Task The_fastest_comes_first_and_says_by_how_much()
    {
        IReadOnlyList<RegionTuning> rows = await RegionComparison.RunAsync(Two, i => Task.FromResult(Tuning(i == 0 ? 300 : 100)));

        rows.Select(static row => row.Region).ShouldBe(["asia", "us"]);
        rows.Select(static row => row.IsFastest).ShouldBe([true, false]);
        rows[0].Advice.ShouldBe("asia is the fastest. us takes 3.0 times as long.");
        rows[0].Upload.ShouldBe(TimeSpan.FromSeconds(100));
        rows[0].Vectors.ShouldBe(50_000);
    }

    [Fact]
    public async Task A_lead_within_the_noise_is_told_as_such()
    {
        IReadOnlyList<RegionTuning> rows = await RegionComparison.RunAsync(Two, i => Task.FromResult(Tuning(i == 0 ? 100 : 104)));

        rows[0].Advice.ShouldBe("us and asia are equally fast within the noise of the measurement.");
    }

    [Fact]
    public async Task A_server_that_fails_is_a_row_with_its_error_and_comes_last()
    {
        IReadOnlyList<RegionTuning> rows = await RegionComparison.RunAsync(
            Two,
            i => i == 0 ? throw new MigrationException("NoServer", ErrorKind.Connection, "No answer.", "Check the endpoint.") : Task.FromResult(Tuning(10)));

        rows.Select(static row => row.Region).ShouldBe(["asia", "us"]);
        rows[1].Error!.ErrorId.ShouldBe("NoServer");
        (rows[1].Total, rows[1].VectorsPerSecond, rows[1].IsFastest).ShouldBe((null, null, false));
        rows[0].Advice.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_fault_of_the_index_ends_it()
    {
        MigrationException error = await RegionComparison.RunAsync(
            Two, _ => throw new MigrationException("CorruptIndex", ErrorKind.InvalidData, "Corrupt.", "Replace it.")).ShouldThrowAsync<MigrationException>();

        error.ErrorId.ShouldBe("CorruptIndex");
    }

    [Fact]
    public void Each_region_needs_five_seconds()
    {
        RegionComparison.Share(TimeSpan.FromSeconds(60), 3).ShouldBe(TimeSpan.FromSeconds(20));
        MigrationException error = Should.Throw<MigrationException>(() => RegionComparison.Share(TimeSpan.FromSeconds(12), 3));
        (error.ErrorId, error.Message).ShouldBe(("ValueOutOfRange", "-TimeBudgetSec is 12 s for 3 regions. Expected at least 15 s."));
    }

    /// <summary>40 MB of codes for 160 MB of vectors, over 1 MB/s: the copy takes 40 s, the server works 0.2 ms on a vector.</summary>
    [Fact]
    public void Codes_are_copied_sooner_than_their_vectors_are_sent()
    {
        MigrationPrediction here = Prediction(160, 120);

        NearServerPrediction near = NearServerPrediction.Of(40_000_000, 1e6, here, 0.0002);

        (near.Copy, near.Upload, near.Verification).ShouldBe((TimeSpan.FromSeconds(40), TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(10)));
        near.Total.ShouldBe(TimeSpan.FromSeconds(60));
        near.IsFaster.ShouldBeTrue();
    }

    [Fact]
    public void A_copy_that_takes_as_long_as_the_upload_is_not_advised()
    {
        NearServerPrediction.Of(160_000_000, 1e6, Prediction(170, null), 0.0002).IsFaster.ShouldBeFalse();
    }

    [Fact]
    public void A_server_that_does_not_tell_its_time_is_taken_to_be_as_fast_as_from_here()
    {
        NearServerPrediction near = NearServerPrediction.Of(1_000_000, 1e6, Prediction(100, 50), null);

        (near.Upload, near.Verification, near.IsFaster).ShouldBe((TimeSpan.FromSeconds(100), TimeSpan.FromSeconds(50), false));
    }

    [Fact]
    public async Task Running_beside_the_server_is_advised_with_the_time_of_both()
    {
        IReadOnlyList<RegionTuning> rows = await RegionComparison.RunAsync(
            [("us", "https://us:6334")],
            _ => Task.FromResult(Tuning(300) with { NearServer = NearServerPrediction.Of(20_000_000, 1e6, Prediction(300, null), 0.0002) }));

        rows[0].Advice.ShouldBe("Copy the files (20.0 MB, about 20 s) to a machine next to the server and run the migration there: "
            + "about 30 s in all, instead of 5 min 0 s.");
    }

    private static MigrationPrediction Prediction(double upload, double? verification) => new()
    {
        Vectors = 50_000,
        Upload = TimeSpan.FromSeconds(upload),
        Low = TimeSpan.FromSeconds(upload / 2),
        High = TimeSpan.FromSeconds(upload * 2),
        Verification = verification is double seconds ? TimeSpan.FromSeconds(seconds) : null,
    };

    private static MigrationTuning Tuning(double upload) => new()
    {
        RunId = Guid.NewGuid(),
        Path = "/data/words.faiss",
        Endpoint = "https://x:6334",
        Collection = "words",
        ScratchCollection = "words-tuning-0",
        BatchSize = 100,
        ThrottleLimit = 4,
        Reason = "r",
        VectorsToSend = 50_000,
        VectorsPerSecond = 50_000 / upload,
        Predictions = [Prediction(upload, null)],
    };
}
