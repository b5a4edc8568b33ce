using VectorMigration.Collections;
using VectorMigration.Errors;
using VectorMigration.Store;
using VectorMigration.Vectors;

namespace VectorMigration.Runs;

/// <summary>Finds out what input, journal and server are, and has a plan made of it. Changes nothing.</summary>
/// <param name="input">Where the vectors come from.</param>
/// <param name="store">The server.</param>
/// <param name="options">What was asked for.</param>
/// <param name="time">The clock.</param>
internal sealed class RunPlanning(IRunInput input, IVectorStore store, MigrationOptions options, TimeProvider time)
{
    /// <summary>Surveys everything and plans.</summary>
    /// <exception cref="MigrationException">The run is refused; the first reason. A dry run finds all of them in its plan.</exception>
    public async Task<PlannedRun> PlanAsync(CancellationToken cancellationToken)
    {
        input.Survey(cancellationToken);
        return await PlanAgainAsync(AskAsync, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Plans with the input as it was surveyed, and journal and server as they are now.</summary>
    /// <param name="ask">Asks the server.</param>
    /// <param name="cancellationToken">Stops the planning.</param>
    /// <exception cref="MigrationException">The run is refused; the first reason.</exception>
    public async Task<PlannedRun> PlanAgainAsync(Func<CancellationToken, Task<TargetFindings>> ask, CancellationToken cancellationToken)
    {
        JournalFindings? journal = JournalFindings.Read(options);
        TargetFindings target;
        try
        {
            target = await ask(cancellationToken).ConfigureAwait(false);
            target = target with { Aliases = await AliasesAsync(target, journal, cancellationToken).ConfigureAwait(false) };

            if (options is { DryRun: true, ReadsOnly: false })
            {
                bool creates = target.Existing is null || options.Recreate;
                target = target with { RightsFault = await store.FindMissingRightsAsync(options.Collection, creates, cancellationToken).ConfigureAwait(false) };
            }

            target = target with { Rival = options.OnExisting == ExistingPoints.Overwrite ? null : RivalOf(target) };
            // The look takes as long as the index is large, so it has a run's patience with the server.
            store.SetPatience(options.Upload.Patience);
            target = target with { Taken = await input.LookAsync(target, journal, cancellationToken).ConfigureAwait(false) };
            target = target with { Left = await input.FindLeftAsync(target, journal, cancellationToken).ConfigureAwait(false) };
        }
        catch (MigrationException fault) when (options.DryRun)
        {
            target = TargetFindings.Unknown(fault);
        }

        if (options.DryRun)
        {
            target = target with { PlaceFaults = [.. PlaceCheck.Reasons(options)] };
        }

        return input.Plan(target, journal, cancellationToken);
    }

    /// <summary>
    /// The aliases of the server, where they matter: if the collection is to be deleted, and if it has points that the journal knows nothing of. Those may have
    /// come under the collection's own name, with a journal of their own.
    /// </summary>
    private async Task<IReadOnlyDictionary<string, string>> AliasesAsync(TargetFindings target, JournalFindings? journal, CancellationToken cancellationToken)
    {
        bool knows = journal?.Content is { Acknowledged.Count: > 0, Header: { } header } && header.Key.Collection == options.Collection;
        bool explains = target.Present > 0 && options is { ReadsOnly: false, JournalPath: not null } && !knows;
        if (target.Existing is null || !(options.Recreate || explains) || store is not IAliasStore aliases)
        {
            return target.Aliases;
        }

        try
        {
            return await aliases.ListAliasesAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (MigrationException denied) when (!options.Recreate && denied.Kind == ErrorKind.Permission)
        {
            // A key for one collection cannot list the aliases: then the plan has one explanation less.
            return target.Aliases;
        }
    }

    private RunMark? RivalOf(TargetFindings target)
    {
        DateTimeOffset now = time.GetUtcNow();
        RunMark? mine = input.Mark(now);
        IReadOnlyList<RunMark> marks = RunMark.Of(target.Existing);
        return options.Recreate ? marks.FirstOrDefault(other => other.IsLive(now) && mine?.HasJournalOf(other) != true) : mine?.RivalAmong(marks, now);
    }

    /// <summary>Asks the server what it is and what it holds.</summary>
    /// <exception cref="MigrationException">It refused or does not answer.</exception>
    public async Task<TargetFindings> AskAsync(CancellationToken cancellationToken)
    {
        var survey = new TargetSurvey(store, options.Collection, input.Lanes);
        TargetFindings target = await survey.AskAsync(cancellationToken).ConfigureAwait(false);
        if (options.DryRun || target.Existing is not ({ UpdateQueueLength: > 0 } or { DeferredPoints: > 0 }))
        {
            return target;
        }

        // What an earlier run sent is still being applied or is hidden: neither a count nor the look for taken ids would see it.
        await UpdateQueue.SettleAsync(store, options.Collection, options.Upload.NoProgressTimeout, TimeProvider.System, cancellationToken)
            .ConfigureAwait(false);
        return await survey.AskAsync(cancellationToken).ConfigureAwait(false);
    }
}
