using VectorMigration.Errors;
using VectorMigration.Store;

namespace VectorMigration.Runs;

/// <summary>Finds out what input, journal and server are, and has a plan made of it. Changes nothing.</summary>
/// <param name="input">Where the vectors come from.</param>
/// <param name="store">The server.</param>
/// <param name="options">What was asked for.</param>
internal sealed class RunPlanning(IRunInput input, IVectorStore store, MigrationOptions options)
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
        }
        catch (MigrationException fault) when (options.DryRun)
        {
            target = TargetFindings.Unknown(fault);
        }

        return input.Plan(target, journal, cancellationToken);
    }

    /// <summary>Asks the server what it is and what it holds.</summary>
    /// <exception cref="MigrationException">It refused or does not answer.</exception>
    public Task<TargetFindings> AskAsync(CancellationToken cancellationToken) =>
        new TargetSurvey(store, options.Collection, input.Lanes).AskAsync(cancellationToken);
}
