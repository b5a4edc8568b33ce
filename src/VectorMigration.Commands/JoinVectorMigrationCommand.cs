using System.Collections.Concurrent;
using System.Management.Automation;

namespace VectorMigration.Commands;

/// <summary>Join-VectorMigration: ends a migration that was moved in slices: indexing, verification of the whole, one result, one report.</summary>
[Cmdlet(VerbsCommon.Join, "VectorMigration", SupportsShouldProcess = true, HelpUri = ProjectAddress.Help)]
[OutputType(typeof(MigrationResult))]
public sealed class JoinVectorMigrationCommand : ServerCommand
{
    private static readonly TimeSpan Beat = TimeSpan.FromMilliseconds(250);
    private readonly ConcurrentQueue<string> warnings = [];
    private RunProgressBar? progress;
    private string phase = string.Empty;
    private long done;
    private long total;

    /// <summary>The plan whose slices have been moved.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(PlanCompleter))]
    public string PlanPath { get; set; } = string.Empty;

    /// <summary>Log folders of the slices; the result and the report are written to the first one.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(FolderCompleter))]
    public string[] LogDirectory { get; set; } = ["logs"];

    /// <summary>Verification of the whole.</summary>
    private VerifyParameters Ending { get; } = new();

    /// <summary>A sample as the proof.</summary>
    private SampleParameters Proof { get; } = new();

    /// <summary>How long the index is waited for.</summary>
    private IndexTimeoutParameters Indexed { get; } = new();

    /// <inheritdoc/>
    protected override void OnRecord()
    {
        SlicePlan plan = SlicePlan.Read(IndexPaths.ResolveOne(this, PlanPath, literal: false));
        MigrationOptions options = Proof.Apply(plan.Options.Options(plan.Collection) with
        {
            Verification = Ending.Verify,
            Upload = new UploadOptions { Timeout = Server.Options.Timeout },
        });
        SliceJoin join = new(
            plan, [.. LogDirectory.Select(folder => IndexPaths.Unresolved(this, folder))], options, Slices.Opener(plan, warnings.Enqueue));
        JobPlan parts = join.Plan();
        Flush();
        if (!ShouldProcess(At(plan.Collection), "Resume the indexing, verify all slices, and write the result"))
        {
            return;
        }

        MigrationResult result = Slices.Keep(join, Follow(plan, join, parts, options), WriteWarning);
        WriteObject(result);
        if (result.Error is { } error)
        {
            WriteError(CommandErrors.Record(result, error));
        }
    }

    private MigrationResult Follow(SlicePlan plan, SliceJoin join, JobPlan parts, MigrationOptions options)
    {
        progress = new RunProgressBar(this, $"Joining the slices of {plan.Collection}") { Job = () => join.Progress };
        string shown = "index";
        progress.Start(shown);
        IVectorStore store = Store;
        string endpoint = Server.ToString();
        Task<MigrationResult> work = Task.Run(() => EndAsync(join, parts, options, store, endpoint), CancellationToken.None);
        try
        {
            while (!((IAsyncResult)work).AsyncWaitHandle.WaitOne(Beat))
            {
                Flush();
                if (phase.Length > 0 && phase != shown)
                {
                    progress.Start(shown = phase);
                }

                progress.Report(Interlocked.Read(ref done), Interlocked.Read(ref total));
            }

            return Wait(work);
        }
        finally
        {
            progress.Complete();
            Flush();
        }
    }

    private async Task<MigrationResult> EndAsync(SliceJoin join, JobPlan parts, MigrationOptions options, IVectorStore store, string endpoint)
    {
        CompositeObserver observer = new([new DelegateObserver(join.OnEvent), new DelegateObserver(Note)]);
        await join.ResumeIndexingAsync(store, warnings.Enqueue, StopToken).ConfigureAwait(false);
        IReadOnlyList<VerificationResult> proofs = await join.VerifyAsync(parts, (part, opened) =>
            new MigrationCheck(opened.Source, opened.Payload, store, Parts.NewRetryPolicy(options.Upload.GiveUpAfter), opened.Options, observer)
                .VerifyAsync(forRepair: false, StopToken)).ConfigureAwait(false);
        IndexingResult indexed = await Slices.WaitAsync(
            join, store, options, Indexed.Longest, observer, StopToken).ConfigureAwait(false);
        return join.Total(parts, endpoint, proofs, indexed);
    }

    private void Note(RunEvent runEvent)
    {
        switch (runEvent)
        {
            case PhaseStarted started:
                phase = started.Phase;
                Interlocked.Exchange(ref total, started.Total);
                Interlocked.Exchange(ref done, 0);
                break;
            case PhaseAdvanced advanced:
                Interlocked.Exchange(ref done, advanced.Done);
                Interlocked.Exchange(ref total, advanced.Total);
                break;
            case RunWarning warning:
                warnings.Enqueue(warning.Message);
                break;
        }
    }

    private void Flush()
    {
        while (warnings.TryDequeue(out string? warning))
        {
            WriteWarning(warning);
        }
    }
}
