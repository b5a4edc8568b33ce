using System.Globalization;
using System.Management.Automation;

namespace VectorMigration.Commands;

/// <summary>Optimize-VectorMigration: tries settings on a scratch collection, recommends one with its reason, and predicts how long the next sizes will take.</summary>
[Cmdlet(VerbsCommon.Optimize, "VectorMigration", DefaultParameterSetName = PathSet, SupportsShouldProcess = true)]
[OutputType(typeof(MigrationTuning))]
public sealed class OptimizeVectorMigrationCommand : CollectionCommand
{
    private const string PathSet = "Path";
    private const string LiteralPathSet = "LiteralPath";
    private TuningProgress? progress;

    /// <summary>Index file; a wildcard must stand for exactly one.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = PathSet, ValueFromPipeline = true)]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    [PathTransformation]
    [ArgumentCompleter(typeof(IndexFileCompleter))]
    public string Path { get; set; } = string.Empty;

    /// <summary>Index file, taken as written.</summary>
    [Parameter(Mandatory = true, ParameterSetName = LiteralPathSet, ValueFromPipelineByPropertyName = true)]
    [Alias("PSPath", "LP")]
    [ValidateNotNullOrEmpty]
    public string LiteralPath { get; set; } = string.Empty;

    /// <summary>File with one JSON object a line, in the order of the index.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(PayloadFileCompleter))]
    public string? PayloadPath { get; set; }

    /// <summary>Most vectors of the migration that is to come.</summary>
    [Parameter]
    [ValidateRange(1, long.MaxValue)]
    public long First { get; set; } = long.MaxValue;

    /// <summary>Vectors to leave out at the beginning.</summary>
    [Parameter]
    [ValidateRange(0, long.MaxValue)]
    public long Skip { get; set; }

    /// <summary>Batch sizes to try; chosen by what is found when left out.</summary>
    [Parameter]
    [ValidateRange(1, 100_000)]
    public int[] BatchSize { get; set; } = [];

    /// <summary>Numbers of batches at once to try; chosen by what is found when left out.</summary>
    [Parameter]
    [ValidateRange(1, 1_024)]
    public int[] ThrottleLimit { get; set; } = [];

    /// <summary>Pauses between batches to try: seconds or TimeSpans.</summary>
    [Parameter]
    [SecondsListTransformation]
    public TimeSpan[] BatchDelay { get; set; } = [];

    /// <summary>Sizes to predict besides all vectors.</summary>
    [Parameter]
    [ValidateRange(1L, 1_000_000_000_000L)]
    public long[] Size { get; set; } = [];

    /// <summary>Time for everything in seconds, removal of the scratch collection included.</summary>
    [Parameter]
    [ValidateRange(5, 3_600)]
    public int TimeBudgetSec { get; set; } = 60;

    /// <summary>Deadline of each attempt in seconds; the connection's when left out.</summary>
    [Parameter]
    [ValidateRange(1, 3_600)]
    public int TimeoutSec { get; set; }

    /// <summary>Distance that the collection is to be created with; that of the index's metric when left out.</summary>
    [Parameter]
    [ValidateSet("Cosine", "Dot", "Euclid", "Manhattan")]
    public Distance Distance { get; set; }

    /// <summary>Leave vectors with non-finite components out instead of stopping.</summary>
    [Parameter]
    public SwitchParameter SkipInvalid { get; set; }

    /// <inheritdoc/>
    internal override string Activity => $"Tuning the migration to {Collection}";

    /// <inheritdoc/>
    protected override void OnRecord()
    {
        bool literal = ParameterSetName == LiteralPathSet;
        using IVectorSource source = Parts.OpenIndex(IndexPaths.ResolveOne(this, literal ? LiteralPath : Path, literal));
        using IPayloadSource? payload = PayloadPath is null ? null : Parts.OpenPayload(IndexPaths.ResolveOne(this, PayloadPath, literal: false));
        QdrantConnection connection = FindConnection();
        TuningOptions options = Options(connection);
        string target = string.Create(CultureInfo.InvariantCulture, $"a scratch collection '{Collection}-tuning-…' at {connection}");
        string action = string.Create(CultureInfo.InvariantCulture, $"Send vectors of {source.Description.Path} again and again for at most {TimeBudgetSec} s to {target}, and remove it; '{Collection}' itself is not touched");
        if (!ShouldProcess(action + ".", action + "?", "Tune the migration"))
        {
            return;
        }

        MigrationTuner tuner = new(source, payload, Parts.OpenStore(connection), () => Parts.NewRetryPolicy(options.Migration.Upload), options, Observer);
        WriteObject(Run(tuner));
    }

    /// <inheritdoc/>
    internal override void OnOther(RunEvent runEvent)
    {
        switch (runEvent)
        {
            case TuningAdvanced advanced:
                WriteDebug($"{advanced.Elapsed.TotalSeconds:0.0} s: {advanced.Doing}.");
                progress ??= new TuningProgress(this, Activity);
                progress.Report(advanced);
                break;
            case TuningTrialEnded ended:
                WriteVerbose(string.Create(CultureInfo.InvariantCulture, $"Trial {ended.Number}, {ended.What}: {ended.Vectors:N0} vectors, {ended.VectorsPerSecond:N0} a second."));
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

    private TuningOptions Options(QdrantConnection connection) => new()
    {
        Migration = new MigrationOptions
        {
            Collection = Collection,
            VectorName = VectorName,
            Distance = Distance == Distance.Unknown ? null : Distance,
            Offset = Skip,
            Limit = First == long.MaxValue ? null : First,
            IdMapping = IdMapping,
            AllowDuplicateIds = AllowDuplicateId,
            SkipInvalid = SkipInvalid,
            Upload = new UploadOptions
            {
                GiveUpAfter = TimeSpan.FromSeconds(TimeBudgetSec),
                Timeout = TimeoutSec == 0 ? connection.Options.Timeout : TimeSpan.FromSeconds(TimeoutSec),
            },
        },
        BatchSizes = BatchSize,
        ThrottleLimits = ThrottleLimit,
        BatchDelays = BatchDelay,
        Sizes = Size,
        Budget = TimeSpan.FromSeconds(TimeBudgetSec),
    };
}
