namespace VectorMigration.Tests;

public sealed class TuningSearchTests
{
    private static readonly FlowStart Near = new() { Dimension = 100, RoundTrip = TimeSpan.FromMilliseconds(1) };

    [Fact]
    public void Begins_where_a_migration_begins() =>
        Search(out TuningGrid grid).Next().ShouldBe(grid.Start);

    [Theory]
    [InlineData(2048, 2)]
    [InlineData(64, 32)]
    [InlineData(512, 4)]
    public void Finds_the_peak_of_a_quiet_server(int batch, int parallel)
    {
        TuningSearch search = Search(out _);
        int trials = Play(search, setting => Hill(setting, batch, parallel));
        search.Best.ShouldBe(new TuningSetting(batch, parallel, TimeSpan.Zero));
        trials.ShouldBeLessThan(60);
    }

    [Fact]
    public void Takes_the_smallest_window_of_a_plateau()
    {
        TuningSearch search = Search(out TuningGrid grid);
        Play(search, setting => 10_000);
        TuningSetting best = search.Best.ShouldNotBeNull();
        best.Window.ShouldBeLessThanOrEqualTo(grid.Start.Window);
        search.Tried.Where(setting => search.Trials(setting) > 1).ShouldAllBe(setting => setting.Window >= best.Window);
    }

    [Fact]
    public void One_lucky_trial_leads_nobody_astray()
    {
        TuningSearch search = Search(out TuningGrid grid);
        TuningSetting lucky = grid.Start with { ThrottleLimit = grid.Start.ThrottleLimit * 2 };
        Play(search, setting => setting == lucky && search.Trials(lucky) == 0 ? 1e6 : Hill(setting, 512, 4));
        search.Best.ShouldBe(new TuningSetting(512, 4, TimeSpan.Zero));
        search.Trials(lucky).ShouldBeGreaterThan(1);
    }

    [Fact]
    public void Survives_noise_of_a_third_on_most_days()
    {
        int good = 0;
        for (int day = 0; day < 50; day++)
        {
            var chance = new Random(day);
            TuningSearch search = Search(out _);
            Play(search, setting => Hill(setting, 1024, 4) * (1 + (0.3 * ((2 * chance.NextDouble()) - 1))), most: 25);
            good += Hill(search.Best!.Value, 1024, 4) >= 0.75 * Hill(new TuningSetting(1024, 4, TimeSpan.Zero), 1024, 4) ? 1 : 0;
        }

        good.ShouldBeGreaterThanOrEqualTo(40);
    }

    [Fact]
    public void Given_values_are_all_tried_and_no_others()
    {
        TuningSearch search = Search(out _, new TuningOptions
        {
            Migration = new MigrationOptions { Collection = "c" },
            BatchSizes = [50, 100, 5_000],
            ThrottleLimits = [1, 4],
            BatchDelays = [TimeSpan.Zero, TimeSpan.FromSeconds(2)],
        });
        Play(search, setting => Hill(setting, 100, 4) / (1 + setting.BatchDelay.TotalSeconds));
        search.Tried.Count().ShouldBe(3 * 2 * 2);
        search.Best.ShouldBe(new TuningSetting(100, 4, TimeSpan.Zero));
    }

    [Fact]
    public void A_pause_is_tried_once_without_being_asked_for()
    {
        TuningSearch search = Search(out _);
        Play(search, setting => Hill(setting, 512, 4) / (1 + setting.BatchDelay.TotalSeconds));
        search.Tried.ShouldContain(setting => setting.BatchDelay == TuningGrid.UsualDelay);
        search.Best!.Value.BatchDelay.ShouldBe(TimeSpan.Zero);
    }

    [Fact]
    public void No_setting_holds_more_than_may_be_under_way()
    {
        TuningGrid grid = TuningGrid.For(new TuningOptions { Migration = new MigrationOptions { Collection = "c" } }, Near with { Dimension = 1_536 });
        grid.All.ShouldNotBeEmpty();
        grid.All.ShouldAllBe(setting => setting.Window * 1_536 * 4 <= 64_000_000);
        grid.All.ShouldAllBe(setting => setting.BatchSize * 1_536 * 4 <= 4_000_000);
    }

    [Fact]
    public void A_write_limit_bounds_the_batches() =>
        TuningGrid.For(new TuningOptions { Migration = new MigrationOptions { Collection = "c" } }, Near, mostBatch: 30)
            .All.ShouldAllBe(setting => setting.BatchSize <= 30);

    private static TuningSearch Search(out TuningGrid grid, TuningOptions? options = null)
    {
        grid = TuningGrid.For(options ?? new TuningOptions { Migration = new MigrationOptions { Collection = "c" } }, Near);
        return new TuningSearch(grid);
    }

    private static int Play(TuningSearch search, Func<TuningSetting, double> rate, int most = 500)
    {
        int trials = 0;
        while (trials < most && search.Next() is TuningSetting setting)
        {
            search.Record(setting, rate(setting));
            trials++;
        }

        return trials;
    }

    /// <summary>A server with one best setting; every step of two away from it costs a fifth.</summary>
    private static double Hill(TuningSetting setting, int batch, int parallel) =>
        10_000 * Math.Pow(0.8, Math.Abs(Math.Log2((double)setting.BatchSize / batch)) + Math.Abs(Math.Log2((double)setting.ThrottleLimit / parallel))) / (
            1 + (5 * setting.BatchDelay.TotalSeconds));
}
