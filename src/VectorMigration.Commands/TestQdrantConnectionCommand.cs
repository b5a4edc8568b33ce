using System.Management.Automation;

namespace VectorMigration.Commands;

/// <summary>Test-QdrantConnection: checks a server, the line and this machine before a run.</summary>
[Cmdlet(VerbsDiagnostic.Test, "QdrantConnection", DefaultParameterSetName = ParameterSets.EnvironmentKey, SupportsShouldProcess = true,
    HelpUri = ProjectAddress.Help)]
[OutputType(typeof(ConnectionCheck))]
public sealed class TestQdrantConnectionCommand : MigrationCommand
{
    private const string ConnectionSet = "Connection";
    private QdrantConnection? own;

    /// <summary>The endpoint: host, host:port, or http(s)://host:port.</summary>
    [Parameter(Position = 0, ParameterSetName = ParameterSets.EnvironmentKey)]
    [Parameter(Position = 0, ParameterSetName = ParameterSets.Key)]
    [Parameter(Position = 0, ParameterSetName = ParameterSets.KeyFile)]
    [Parameter(Position = 0, ParameterSetName = ParameterSets.Secret)]
    [EndpointTransformation]
    public Uri[]? Uri { get; set; }

    /// <summary>A connection of Connect-Qdrant.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true, ParameterSetName = ConnectionSet)]
    [ValidateNotNull]
    public QdrantConnection? Connection { get; set; }

    /// <summary>How the server is reached, and by which key.</summary>
    private ReachParameters Reach { get; } = new();

    /// <summary>Deadline of each call.</summary>
    private TimeoutParameters Deadline { get; } = new();

    /// <summary>Collection of the run.</summary>
    [Parameter]
    [EmptyIsNotGiven]
    [ArgumentCompleter(typeof(CollectionCompleter))]
    public string? Collection { get; set; }

    /// <summary>Which vector of a point.</summary>
    [NotFromPipeline]
    private VectorNameParameters Named { get; } = new();

    /// <summary>Index of the run.</summary>
    [Parameter]
    [EmptyIsNotGiven]
    [ArgumentCompleter(typeof(IndexFileCompleter))]
    public string? IndexPath { get; set; }

    /// <summary>Log folder of the run; logs when left out.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(FolderCompleter))]
    public string? LogDirectory { get; set; }

    /// <summary>Measure throughput by writing to a scratch collection, which is removed.</summary>
    [Parameter]
    public SwitchParameter AllowWrite { get; set; }

    /// <summary>Time for measuring throughput in seconds; 5 when left out, 0 measures nothing.</summary>
    [Parameter]
    [EmptyIsNotGiven]
    [ValidateRangeIfGiven(0, 60)]
    public int? TimeBudgetSec { get; set; }

    /// <inheritdoc/>
    protected override void OnRecord()
    {
        own?.Dispose();
        own = Open();
        if (!string.IsNullOrEmpty(Collection))
        {
            CollectionNames.Require(Collection);
        }

        string folder = IndexPaths.Unresolved(this, LogDirectory ?? System.IO.Path.Combine(SessionState.Path.CurrentFileSystemLocation.Path, "logs"));
        DiagnosisRequest request = new()
        {
            Connection = own.Options,
            HasKey = own.HasApiKey,
            Collection = string.IsNullOrEmpty(Collection) ? null : Collection,
            VectorName = Named.VectorName,
            LogDirectory = folder,
            AllowWrite = AllowWrite && ShouldProcess(own.ToString(), "Write to a scratch collection and remove it"),
            Measuring = TimeBudgetSec is int seconds ? TimeSpan.FromSeconds(seconds) : DiagnosisRequest.UsualMeasuring,
            History = new LoggedRuns(folder),
            NewRetry = () => Parts.NewRetryPolicy(own.Options.Timeout),
        };
        using DiagnosisInput input = DiagnosisInput.Open(
            string.IsNullOrEmpty(IndexPath) ? null : IndexPaths.ResolveOne(this, IndexPath, literal: false), folder, WriteWarning, StopToken);
        using IServerProbe probe = Parts.OpenProbe(own);
        ConnectionDiagnosis diagnosis = new(probe, Parts.OpenStore(own), input.Apply(request), TimeProvider.System);
        try
        {
            Emit(diagnosis);
        }
        catch (OperationCanceledException) when (diagnosis.LeftBehind is string left)
        {
            // A pipeline that is being stopped takes no warnings any more; this one has to be seen.
            Host.UI.WriteWarningLine(left);
            throw;
        }
    }

    /// <inheritdoc/>
    protected override void Abandon() => own?.Dispose();

    private void Emit(ConnectionDiagnosis diagnosis)
    {
        IAsyncEnumerator<ConnectionCheck> checks = diagnosis.RunAsync(StopToken).GetAsyncEnumerator(StopToken);
        try
        {
            while (Wait(Task.Run(async () => await checks.MoveNextAsync().ConfigureAwait(false))))
            {
                ConnectionCheck check = checks.Current;
                WriteObject(check with { Finding = Told(check.Finding), Advice = Told(check.Advice) });
            }
        }
        finally
        {
            Wait(checks.DisposeAsync().AsTask());
        }
    }

    /// <summary>A connection of its own, so that no check waits as long as a run would.</summary>
    private QdrantConnection Open()
    {
        TimeSpan timeout = Deadline.Given ?? DiagnosisRequest.UsualTimeout;
        QdrantConnection? given = ParameterSetName == ConnectionSet ? Connection
            : MyInvocation.BoundParameters.ContainsKey(nameof(Uri)) ? null : SessionMemory.Current.Connection;
        if (given is not null)
        {
            return given.Open((options, key) => new QdrantConnection(Bounded(options, timeout), key));
        }

        IReadOnlyList<Uri> endpoints = Uri is not null ? EndpointTransformationAttribute.Endpoints(Uri)
            : MyInvocation.BoundParameters.ContainsKey(nameof(Uri)) ? [QdrantEndpoint.Parse(string.Empty)]
            : ConnectedCommand.EnvironmentEndpoints() ?? [QdrantEndpoint.Default];
        return new QdrantConnection(Bounded(Reach.Options(this, endpoints, timeout), timeout), Reach.Key(this, ParameterSetName, WriteWarning));
    }

    private static QdrantConnectionOptions Bounded(QdrantConnectionOptions options, TimeSpan timeout) =>
        options with { Timeout = timeout, ConnectTimeout = timeout < options.ConnectTimeout ? timeout : options.ConnectTimeout };
}
