namespace VectorMigration.Tests;

public sealed class DurationForecastTests
{
    [Fact]
    public void What_was_sent_is_read_off_the_curve()
    {
        GrowthCurve curve = Curve(100_000, perVector: 1e-4);
        curve.Vectors.ShouldBe(100_000);
        curve.Rate.ShouldBe(10_000, 1);
        curve.SecondsAt(50_000).ShouldBe(5, 0.01);
        curve.SecondsAt(0).ShouldBe(0);
    }

    [Fact]
    public void Beyond_its_end_a_curve_goes_on_as_its_later_half()
    {
        // Twice as slow from the half on: the server has begun to index.
        GrowthCurve curve = Curve(100_000, perVector: 1e-4, slowerFrom: 50_000);
        curve.Seconds.ShouldBe(15, 0.1);
        curve.SecondsAt(200_000).ShouldBe(35, 0.1);
    }

    [Fact]
    public void Like_runs_narrow_the_interval_and_unlike_ones_widen_it()
    {
        DurationForecast quiet = Forecast(10, 10.1, 9.9, 10);
        DurationForecast unsteady = Forecast(6, 16, 7, 15);
        MigrationPrediction narrow = quiet.For(100_000, adaptive: false);
        MigrationPrediction wide = unsteady.For(100_000, adaptive: false);
        narrow.Upload.TotalSeconds.ShouldBe(10, 0.1);
        Factor(narrow).ShouldBeLessThan(2.2);
        Factor(wide).ShouldBeGreaterThan(Factor(narrow) * 1.5);
        narrow.Extrapolated.ShouldBeFalse();
    }

    [Fact]
    public void A_few_runs_are_not_believed_more_than_they_tell() =>
        Factor(Forecast(10, 10).For(100_000, adaptive: false)).ShouldBeInRange(1.8, 3);

    [Fact]
    public void Extrapolation_widens_and_is_told()
    {
        DurationForecast forecast = Forecast(10, 10.1, 9.9);
        MigrationPrediction all = forecast.For(1_000_000, adaptive: false);
        all.Extrapolated.ShouldBeTrue();
        all.Upload.TotalSeconds.ShouldBe(100, 1);
        Factor(all).ShouldBeGreaterThan(Factor(forecast.For(100_000, adaptive: false)));
    }

    [Theory]
    [InlineData(0.79, true, "takes 21 % less time.")]
    [InlineData(1.3, true, "takes 30 % more time.")]
    [InlineData(1.0, false, "takes the same time.")]
    [InlineData(0.94, false, "measured 6 % less time, which is within the noise of the measurement.")]
    public void A_pace_is_as_fast_or_faster_but_never_both(double ratio, bool differs, string says) =>
        TuningReason.Pace(ratio, differs).ShouldBe($"The default pace, found while sending, {says}");

    [Fact]
    public void A_pace_that_is_clearly_faster_differs()
    {
        DurationForecast forecast = Forecast(10, 10.1, 9.9);
        forecast.Add(Curve(100_000, 0.5e-4, adaptive: true));
        forecast.AdaptiveDoesAsWell.ShouldBeTrue();
        forecast.AdaptiveDiffers.ShouldBeTrue();
    }

    [Fact]
    public void Paces_that_differ_by_chance_tell_of_each_other()
    {
        DurationForecast forecast = Forecast(10, 11, 9);
        forecast.Add(Curve(100_000, 1.05e-4, adaptive: true));
        forecast.AdaptiveDoesAsWell.ShouldBeTrue();
        forecast.For(100_000, adaptive: true).ShouldBe(forecast.For(100_000, adaptive: false));
    }

    [Fact]
    public void A_pace_that_is_much_slower_is_predicted_by_itself()
    {
        DurationForecast forecast = Forecast(10, 10.2, 9.8);
        forecast.Add(Curve(100_000, 3e-4, adaptive: true));
        forecast.Add(Curve(100_000, 3.1e-4, adaptive: true));
        forecast.AdaptiveDoesAsWell.ShouldBeFalse();
        forecast.PaceRatio.ShouldBe(3.05, 0.05);
        forecast.For(100_000, adaptive: true).Low.ShouldBeGreaterThan(forecast.For(100_000, adaptive: false).High);
    }

    [Fact]
    public void Small_sizes_are_those_that_were_rehearsed_as_they_are()
    {
        DurationForecast forecast = Forecast(10, 10);
        for (int run = 0; run < 3; run++)
        {
            GrowthCurve small = Curve(1_000, 5e-4);
            small.IsExact = true;
            forecast.Add(small);
        }

        // Read off the large curves it would be 0.1 s.
        forecast.For(1_000, adaptive: false).Upload.TotalSeconds.ShouldBe(0.5, 0.01);
    }

    [Fact]
    public void What_the_first_run_of_a_process_takes_longer_is_added_to_all()
    {
        DurationForecast forecast = Forecast(10, 10);
        forecast.FirstRun = Curve(1_000, 4e-4);
        forecast.For(100_000, adaptive: false).Upload.TotalSeconds.ShouldBe(10.3, 0.01);
    }

    [Fact]
    public void Verification_comes_on_top()
    {
        DurationForecast forecast = Forecast(10, 10);
        forecast.For(100_000, adaptive: false).Total.ShouldBeNull();
        forecast.VerificationSecondsPerVector = 5e-5;
        forecast.For(100_000, adaptive: false).Total!.Value.TotalSeconds.ShouldBe(15, 0.1);
    }

    [Fact]
    public void A_write_limit_decides_where_it_binds()
    {
        var pace = new LimitedPace(new WriteRateLimit(6_000, 1), ofScratch: null);
        TuningSetting setting = pace.Setting(512, TimeSpan.FromMilliseconds(20));
        setting.BatchSize.ShouldBe(300);
        setting.ThrottleLimit.ShouldBe(1);

        // A batch and its pause take a little longer than its points take to come back.
        (setting.BatchSize / (setting.BatchDelay.TotalSeconds + 0.02)).ShouldBeInRange(90, 96);
        MigrationPrediction limited = pace.Apply(Forecast(10, 10).For(100_000, adaptive: false), adaptive: false);
        limited.Low.TotalSeconds.ShouldBeLessThan(1_000);
        limited.Upload.TotalSeconds.ShouldBe(1_049, 5);
        limited.High.TotalSeconds.ShouldBeGreaterThan(1_100);
        pace.Binds(10_000).ShouldBeTrue();
        pace.Binds(99).ShouldBeFalse();
    }

    private static double Factor(MigrationPrediction prediction) => prediction.High / prediction.Low;

    private static DurationForecast Forecast(params double[] seconds)
    {
        var forecast = new DurationForecast();
        foreach (double each in seconds)
        {
            forecast.Add(Curve(100_000, each / 100_000));
        }

        return forecast;
    }

    private static GrowthCurve Curve(long vectors, double perVector, long slowerFrom = long.MaxValue, bool adaptive = false)
    {
        var curve = new GrowthCurve { IsAdaptive = adaptive };
        double seconds = 0;
        for (long done = 0; done < vectors; done += 500)
        {
            seconds += 500 * perVector * (done >= slowerFrom ? 2 : 1);
            curve.Add(500, DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddSeconds(seconds));
        }

        return curve;
    }
}
