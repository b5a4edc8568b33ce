using System.Globalization;
using System.Management.Automation;

namespace VectorMigration.Commands;

/// <summary>Optimize-VectorMigration: tries settings on a scratch collection, recommends one with its reason, and predicts how long the next sizes will
/// take.</summary>
[Cmdlet(VerbsCommon.Optimize, "VectorMigration", DefaultParameterSetName = ParameterSets.Path, SupportsShouldProcess = true, HelpUri = ProjectAddress.Help)]
[OutputType(typeof(MigrationTuning))]
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

    private TimeSpan Budget => TimeBudgetSec is int seconds ? TimeSpan.FromSeconds(seconds) : TuningOptions.UsualBudget;

    /// <inheritdoc/>
    internal override string Activity => $"Tuning the migration to {Collection}";

    /// <inheritdoc/>
    private protected override void OnIndex(IVectorSource source, IPayloadSource? payload, QdrantConnection connection)
    {
        TuningOptions options = Options(connection);
        string target = string.Create(CultureInfo.InvariantCulture, $"a scratch collection '{Collection}-tuning-…' at {connection}");
        string action = string.Create(CultureInfo.InvariantCulture, $"Send vectors of {source.Description.Path} repeatedly for at most "
            + $"{Budget.TotalSeconds} s to {target}, then remove it; '{Collection}' itself is not changed");
        if (!ShouldProcess(action + ".", action + "?", "Tune the migration"))
        {
            return;
        }

        IVectorStore store = Parts.OpenStore(connection);
        MigrationTuner tuner = new(source, payload, store, () => Parts.NewRetryPolicy(options.Migration.Upload.GiveUpAfter), options, Observer);
        WriteObject(Run(tuner));
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

    private MigrationTuning Run(MigrationTuner tuner)
    {
        try
        {
            MigrationTuning tuning = RunPumped(() => tuner.RunAsync(StopToken));
            progress?.Complete();
            return tuning;
        }
        catch
        {
            // A pipeline that is being stopped takes no warnings any more; this one has to be seen.
            if (StopToken.IsCancellationRequested && tuner.LeftBehind is string left)
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
