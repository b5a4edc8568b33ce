using System.Globalization;
using System.Management.Automation;

namespace VectorMigration.Commands;

/// <summary>Optimize-VectorMigration: tries settings on a scratch collection, recommends one with its reason, and predicts how long the next sizes will
/// take.</summary>
[Cmdlet(VerbsCommon.Optimize, "VectorMigration", DefaultParameterSetName = ParameterSets.Path, SupportsShouldProcess = true, HelpUri = ProjectAddress.Help)]
[OutputType(typeof(MigrationTuning), typeof(RegionTuning))]
public sealed class OptimizeVectorMigrationCommand : IndexCommand
{
    private TuningProgressBar? progress;

    /// <summary>Batch sizes to try; chosen by what is found when left out.</summary>
    [Parameter]
    [EmptyIsNotGiven]
    [ValidateRangeIfGiven(1, 100_000)]
    public int[]? BatchSize { get; set; }

    /// <summary>Numbers of batches at once to try; chosen by what is found when left out.</summary>
    [Parameter]
    [EmptyIsNotGiven]
    [ValidateRangeIfGiven(1, 1_024)]
    public int[]? ThrottleLimit { get; set; }

    /// <summary>Pauses between batches to try: seconds or TimeSpans.</summary>
    [Parameter]
    [SecondsListTransformation]
    public TimeSpan[]? BatchDelay { get; set; }

    /// <summary>Sizes to predict besides all vectors.</summary>
    [Parameter]
    [EmptyIsNotGiven]
    [ValidateRangeIfGiven(1, 1_000_000_000_000)]
    public long[]? Size { get; set; }

    /// <summary>Time for everything in seconds, removal of the scratch collection included; 60 when left out.</summary>
    [Parameter]
    [EmptyIsNotGiven]
    [ValidateRangeIfGiven(5, 3_600)]
    public int? TimeBudgetSec { get; set; }

    /// <summary>Connections to compare, one after the other, each in its part of the time.</summary>
    [Parameter]
    [EmptyIsNotGiven]
    public QdrantConnection[]? Region { get; set; }

    private TimeSpan Budget => TimeBudgetSec is int seconds ? TimeSpan.FromSeconds(seconds) : TuningOptions.UsualBudget;

    /// <inheritdoc/>
    protected override void OnBegin()
    {
        base.OnBegin();
        if (Region is not [QdrantConnection first, ..])
        {
            return;
        }

        if (Endpoint.Connection is not null || Endpoint.Uri is not null)
        {
            throw CommandErrors.RegionWithEndpoint();
        }

        Endpoint.Connection = first;
    }

    /// <inheritdoc/>
    internal override string Activity => $"Tuning the migration to {Collection}";

    /// <inheritdoc/>
    private protected override void OnIndex(IVectorSource source, IPayloadSource? payload, QdrantConnection connection)
    {
        TuningOptions options = Options(connection);
        string target = $"a scratch collection '{Collection}-tuning-…' at {string.Join(", ", Region ?? [connection])}";
        string action = string.Create(CultureInfo.InvariantCulture, $"Send vectors of {source.Description.Path} repeatedly for at most "
            + $"{Budget.TotalSeconds} s to {target}, then remove it; '{Collection}' itself is not changed");
        if (!ShouldProcess(action + ".", action + "?", "Tune the migration"))
        {
            return;
        }

        if (Region is { Length: > 0 } regions)
        {
            Compare(regions, source, payload, options);
            return;
        }

        WriteObject(Run(Tuner(source, payload, connection, options)));
    }

    private MigrationTuner Tuner(
        IVectorSource source, IPayloadSource? payload, QdrantConnection connection, TuningOptions options, IRunObserver? observer = null) => new(
        source, payload, Parts.OpenStore(connection), () => Parts.NewRetryPolicy(options.Migration.Upload.GiveUpAfter), options, observer ?? Observer);

    private void Compare(QdrantConnection[] regions, IVectorSource source, IPayloadSource? payload, TuningOptions options)
    {
        TuningOptions each = options with { Budget = RegionComparison.Share(options.Budget, regions.Length) };
        bool namesRepeat = regions.Select(static one => one.Uri.Host).Distinct(StringComparer.OrdinalIgnoreCase).Count() < regions.Length;
        (string Name, string Endpoint)[] names = [.. regions.Select(one => (namesRepeat ? one.Uri.Authority : one.Uri.Host, one.ToString()))];
        MigrationTuner? current = null;
        IReadOnlyList<RegionTuning> rows = Run(
            () => RegionComparison.RunAsync(names, i => (current = Tuner(
                source, payload, regions[i], each, RegionComparison.Named(names[i].Name, Observer))).RunAsync(StopToken)),
            () => current?.LeftBehind);
        WriteObject(rows, enumerateCollection: true);
        foreach (RegionTuning failed in rows.Where(static row => row.Error is not null))
        {
            WriteError(CommandErrors.Record(failed));
        }
    }

    /// <inheritdoc/>
    internal override void OnOther(RunEvent runEvent)
    {
        switch (runEvent)
        {
            case TuningAdvanced advanced:
                WriteDebug($"{advanced.Elapsed.TotalSeconds:0.0} s: {advanced.Doing}.");
                progress ??= new TuningProgressBar(this, Activity);
                progress.Report(advanced);
                break;
            case TuningTrialEnded ended:
                WriteVerbose(string.Create(CultureInfo.InvariantCulture, $"Trial {ended.Number}, {ended.What}: {ended.Vectors:N0} vectors, "
                    + $"{ended.VectorsPerSecond:N0} vectors/s."));
                break;
            default:
                break;
        }
    }

    private MigrationTuning Run(MigrationTuner tuner) => Run(() => tuner.RunAsync(StopToken), () => tuner.LeftBehind);

    private T Run<T>(Func<Task<T>> tune, Func<string?> leftBehind)
    {
        try
        {
            T found = RunPumped(tune);
            progress?.Complete();
            return found;
        }
        catch
        {
            // A pipeline that is being stopped takes no warnings any more; this one has to be seen.
            if (StopToken.IsCancellationRequested && leftBehind() is string left)
            {
                Host.UI.WriteWarningLine(left);
            }

            throw;
        }
    }

    /// <inheritdoc/>
    private protected override MigrationOptions IndexOptions(QdrantConnection connection)
    {
        MigrationOptions options = base.IndexOptions(connection);
        return options with { Upload = options.Upload with { GiveUpAfter = Budget } };
    }

    private TuningOptions Options(QdrantConnection connection) => new()
    {
        Migration = IndexOptions(connection),
        BatchSizes = BatchSize ?? [],
        ThrottleLimits = ThrottleLimit ?? [],
        BatchDelays = BatchDelay ?? [],
        Sizes = Size ?? [],
        Budget = Budget,
    };
}
