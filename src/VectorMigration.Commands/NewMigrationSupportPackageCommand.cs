using System.Management.Automation;

namespace VectorMigration.Commands;

/// <summary>New-MigrationSupportPackage: logs, journal, environment and versions in one archive, without secrets.</summary>
[Cmdlet(VerbsCommon.New, "MigrationSupportPackage", SupportsShouldProcess = true, HelpUri = ProjectAddress.Help)]
[OutputType(typeof(SupportPackage))]
public sealed class NewMigrationSupportPackageCommand : ConnectedCommand
{
    /// <summary>Log folder of the runs; logs when left out.</summary>
    [Parameter(Position = 0)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(FolderCompleter))]
    public string? LogDirectory { get; set; }

    /// <summary>Archive to write; a new file in the current folder when left out.</summary>
    [Parameter(Position = 1)]
    [ValidateNotNullOrEmpty]
    public string? OutputPath { get; set; }

    /// <summary>The run; the last five when left out.</summary>
    [Parameter]
    [EmptyIsNotGiven]
    [ArgumentCompleter(typeof(RunIdCompleter))]
    public Guid? RunId { get; set; }

    /// <summary>Add whole journals; otherwise their first lines.</summary>
    [Parameter]
    public SwitchParameter IncludeJournal { get; set; }

    /// <summary>Most megabytes of files, before they are compressed; 50 when left out.</summary>
    [Parameter]
    [EmptyIsNotGiven]
    [ValidateRangeIfGiven(1, 1_000)]
    public int? MaxSizeMB { get; set; }

    /// <summary>Add the checks of Test-QdrantConnection.</summary>
    [Parameter]
    public SwitchParameter CheckServer { get; set; }

    /// <summary>Where the server is.</summary>
    [NotFromPipeline]
    private EndpointParameters Endpoint { get; } = new();

    /// <inheritdoc/>
    private protected override EndpointParameters Where() => Endpoint;

    /// <inheritdoc/>
    protected override void OnEnd()
    {
        string here = SessionState.Path.CurrentFileSystemLocation.Path;
        string folder = IndexPaths.Unresolved(this, LogDirectory ?? System.IO.Path.Combine(here, "logs"));
        string output = OutputPath is null ? SupportRequest.NewPath(here, TimeProvider.System) : IndexPaths.Unresolved(this, OutputPath);
        if (!ShouldProcess(output, "Write support package"))
        {
            return;
        }

        List<string?> secrets = [ApiKeyFile.FromEnvironment()];
        IReadOnlyList<ConnectionCheck> checks = [];
        if (CheckServer)
        {
            QdrantConnection connection = FindConnection();
            secrets.AddRange(connection.Open(static (options, key) => SupportRequest.SecretsOf(options, key)));
            checks = Wait(SupportChecks.MakeAsync(connection, folder, StopToken));
        }
        else if (SessionMemory.Current.Connection is QdrantConnection session)
        {
            secrets.AddRange(session.Open(static (options, key) => SupportRequest.SecretsOf(options, key)));
        }

        WriteObject(SupportWriter.Write(
            new SupportRequest
            {
                LogDirectory = folder,
                RunId = RunId,
                OutputPath = output,
                WithJournals = IncludeJournal,
                MostBytes = (MaxSizeMB ?? SupportRequest.UsualMegabytes) * 1_000_000L,
                Secrets = secrets,
                Checks = checks,
            },
            TimeProvider.System, StopToken));
    }
}
