using VectorMigration.Collections;
using VectorMigration.Engine;
using VectorMigration.Journal;
using VectorMigration.Store;
using VectorMigration.Vectors;
using VectorMigration.Verification;

namespace VectorMigration.Runs;

/// <summary>The proof at the end of a run: it is still the same collection, it holds what was sent, and its count is what it must be.</summary>
internal sealed class RunProof(
    IRunInput input, IVectorStore store, MigrationOptions options, RunState state, RunMarks marks, Action<RunEvent> tell, Guid runId, TimeProvider time)
{
    private uint replicas = 1;

    /// <summary>Waited for before each read of the verification: while the run is paused, none is made.</summary>
    public Func<CancellationToken, ValueTask>? Turn { get; init; }

    /// <summary>Looks whether it is still the same collection, and verifies meanwhile what is in it. The result goes into the state of the run.</summary>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="Errors.MigrationException">The collection is another one, or cannot be read.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        PlannedRun planned = state.Planned!;
        Verifier? verifier = options.Verification == VerificationMode.None ? null : input.NewVerifier(planned);
        if (verifier is not null && ServerInfo.TellsQueue(planned.Plan.ServerVersion))
        {
            await UpdateQueue.SettleAsync(store, options.Collection, options.Upload.NoProgressTimeout, time, cancellationToken).ConfigureAwait(false);
        }

        using var proving = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task<VerificationResult>? proof = verifier is null ? null : VerifyAsync(verifier, planned.Plan, proving.Token);
        try
        {
            await RefuseReplacedCollectionAsync(cancellationToken).ConfigureAwait(false);
            await AwaitReplicasAsync(planned.Plan, cancellationToken).ConfigureAwait(false);
        }
        catch when (proof is not null)
        {
            await proving.CancelAsync().ConfigureAwait(false);
            await ((Task)proof).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            throw;
        }

        VerificationResult? proven = proof is null ? null : await proof.ConfigureAwait(false);
        long? expected = CountBalance.Expected(planned, state.Outcome!, (state.Created, state.Pruned), options);
        if (CountBalance.IsOff(proven, expected, marks.MetOthers))
        {
            marks.Note(await store.GetCollectionAsync(options.Collection, cancellationToken).ConfigureAwait(false));
        }

        state.Verification = CountBalance.Judge(proven, expected, marks.MetOthers);
    }

    /// <summary>A replica that is not whole is waited for, within bounds. What cannot be waited for is told: the points are there all the same.</summary>
    private async Task AwaitReplicasAsync(MigrationPlan plan, CancellationToken cancellationToken)
    {
        if (store is not IClusterStore cluster || (replicas <= 1 && !cluster.HasSeveralNodes))
        {
            return;
        }

        state.Replicas = await new ReplicaWatch(cluster, options.Collection, time).RunAsync(
            now => tell(new RunWarning(runId, time.GetUtcNow(), $"Waiting for replicas of '{plan.Collection}': {now}.")), cancellationToken)
                .ConfigureAwait(false);
        if (state.Replicas?.Warning(plan.Collection) is string warning)
        {
            tell(new RunWarning(runId, time.GetUtcNow(), warning));
        }
    }

    private async Task<VerificationResult> VerifyAsync(Verifier verifier, MigrationPlan plan, CancellationToken cancellationToken)
    {
        verifier.Turn = Turn;
        string phase = options.Verification == VerificationMode.Count ? "count" : "verify";
        long total = options.Verification == VerificationMode.Sample ? Math.Min(options.SampleSize, plan.Count) : plan.Count;
        tell(new PhaseStarted(runId, time.GetUtcNow(), phase, total));
        var gate = new Lock();
        long already = plan.RecreatesCollection ? 0 : plan.PresentBefore;
        return await verifier.RunAsync(
            new VerificationTask(options.Verification, already, state.LeftOut,
                new Findings(forRepair: false, upsertsWholePoints: false))
            { SampleSize = options.SampleSize },
            done =>
            {
                // Readers finish side by side; observers are told one at a time.
                lock (gate)
                {
                    tell(new PhaseAdvanced(runId, time.GetUtcNow(), phase, done, total));
                }
            },
            cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Somebody may have deleted the collection while vectors were sent, and made one of the same name: what was acknowledged before is gone
    /// then.</summary>
    private async Task RefuseReplacedCollectionAsync(CancellationToken cancellationToken)
    {
        CollectionDescription? now = await store.GetCollectionAsync(options.Collection, cancellationToken).ConfigureAwait(false);
        marks.Note(now);
        replicas = now?.ReplicationFactor ?? 1;
        bool isAnother = state.Planned!.CreatedAt is DateTimeOffset created && now?.CreatedAt is DateTimeOffset found && found != created;
        if (now is null || isAnother || JournalTarget.RunOf(now) != state.CollectionRun)
        {
            throw CollectionErrors.Replaced(options.Collection, store.Endpoint, now is null);
        }
    }
}
