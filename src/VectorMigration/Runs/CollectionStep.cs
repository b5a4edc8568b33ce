using VectorMigration.Errors;
using VectorMigration.Journal;
using VectorMigration.Store;

namespace VectorMigration.Runs;

/// <summary>
/// The step of a run that makes sure of its collection: created in the same breath as the server is asked, which saves a round trip, or after the plan.
/// Somebody else may create it meanwhile; then it is theirs, and is looked at like any that was there.
/// </summary>
/// <param name="store">The server.</param>
/// <param name="collection">Name of the collection.</param>
/// <param name="runId">The run, which a collection of ours bears.</param>
/// <param name="marks">What a collection of ours bears besides.</param>
internal sealed class CollectionStep(IVectorStore store, string collection, Guid runId, RunMarks marks)
{
    /// <summary>True once this run has created the collection.</summary>
    public bool IsDone { get; private set; }

    /// <summary>
    /// Asks the server and creates a missing collection meanwhile; a server that has it already refuses that and changes nothing. Only for a run that
    /// nothing can refuse any more.
    /// </summary>
    /// <param name="ask">Asks the server.</param>
    /// <param name="settings">Settings to create with.</param>
    /// <param name="cancellationToken">Abandons the calls.</param>
    /// <returns>What the server held before.</returns>
    /// <exception cref="MigrationException">The server refused or does not answer.</exception>
    public async Task<TargetFindings> AskAndCreateAsync(
        Func<CancellationToken, Task<TargetFindings>> ask, CollectionSettings settings, CancellationToken cancellationToken)
    {
        using var side = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task<TargetFindings> asking = ask(side.Token);
        Task<MigrationException?> creating = TryCreateAsync(settings, side.Token);
        TargetFindings found;
        try
        {
            found = await asking.ConfigureAwait(false);
        }
        catch
        {
            await side.CancelAsync().ConfigureAwait(false);
            await ((Task)creating).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            throw;
        }

        MigrationException? refusal = await creating.ConfigureAwait(false);
        if (refusal is null)
        {
            IsDone = true;
            await IndexPayloadsAsync(settings, null, cancellationToken).ConfigureAwait(false);
            return IsOurs(found.Existing) ? found with { Existing = null, Present = 0 } : found;
        }

        return found.Existing is not null ? found
            : IsTaken(refusal) ? await ask(cancellationToken).ConfigureAwait(false)
            : throw refusal;
    }

    /// <summary>Creates the collection as planned; false where somebody else has created it since, so that it has to be planned for again.</summary>
    /// <exception cref="MigrationException">The server refused.</exception>
    public async Task<bool> TryPrepareAsync(MigrationPlan plan, CancellationToken cancellationToken)
    {
        if (IsDone)
        {
            return true;
        }

        if (plan.RecreatesCollection)
        {
            await store.DeleteCollectionAsync(collection, cancellationToken).ConfigureAwait(false);
        }

        MigrationException? refusal = await TryCreateAsync(plan.Settings, cancellationToken).ConfigureAwait(false);
        IsDone = refusal is null;
        if (IsDone)
        {
            await IndexPayloadsAsync(plan.Settings, null, cancellationToken).ConfigureAwait(false);
        }

        // The user agreed to delete the old collection, not one that somebody has created since.
        return IsDone || (IsTaken(refusal!) && !plan.RecreatesCollection ? false : throw refusal!);
    }

    /// <summary>Adds what is asked for and what a collection that was there lacks: a named vector for a merge, payload indexes.</summary>
    /// <exception cref="MigrationException">The server refused.</exception>
    public async Task PrepareExistingAsync(MigrationPlan plan, CancellationToken cancellationToken)
    {
        CollectionSettings settings = plan.Settings;
        if (plan.AddsVector)
        {
            await store.AddVectorAsync(collection, settings, cancellationToken).ConfigureAwait(false);
        }

        if (settings.PayloadIndexes.Count > 0)
        {
            CollectionDescription? existing = await store.GetCollectionAsync(collection, cancellationToken).ConfigureAwait(false);
            await IndexPayloadsAsync(settings, existing, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task IndexPayloadsAsync(CollectionSettings settings, CollectionDescription? existing, CancellationToken cancellationToken)
    {
        PayloadIndexSettings[] missing = [.. settings.PayloadIndexes.Where(index => existing?.PayloadSchema.ContainsKey(index.Field) != true)];
        if (missing.Length == 0)
        {
            return;
        }

        // An index over points that are there can take longer than a call may: the server builds it while vectors come in.
        bool waits = existing is null or { PointsCount: 0 };
        await Task.WhenAll(missing.Select(index => store.CreatePayloadIndexAsync(collection, index, waits, cancellationToken))).ConfigureAwait(false);
    }

    private static bool IsTaken(MigrationException refusal) => refusal.ErrorId == ErrorIds.CollectionExists;

    /// <summary>The look may have come after the creation. Servers that keep no metadata tell no run.</summary>
    private bool IsOurs(CollectionDescription? found) => found is not null && JournalTarget.RunOf(found) is var run && (run is null || run == runId.ToString());

    /// <summary>Null when it was created; otherwise why not.</summary>
    private async Task<MigrationException?> TryCreateAsync(CollectionSettings settings, CancellationToken cancellationToken)
    {
        try
        {
            await store.CreateCollectionAsync(collection, marks.AtCreation(settings), cancellationToken).ConfigureAwait(false);
            return null;
        }
        catch (MigrationException refused)
        {
            return refused;
        }
    }
}
