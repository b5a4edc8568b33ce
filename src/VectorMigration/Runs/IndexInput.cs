using VectorMigration.Engine;
using VectorMigration.Feeds;
using VectorMigration.Files;
using VectorMigration.Journal;
using VectorMigration.Store;
using VectorMigration.Vectors;
using VectorMigration.Verification;

namespace VectorMigration.Runs;

/// <summary>An index, with its payloads, as the input of a run.</summary>
/// <param name="source">The index.</param>
/// <param name="payload">Its payloads, or null.</param>
/// <param name="store">The server.</param>
/// <param name="options">What was asked for.</param>
/// <param name="runId">The run.</param>
/// <param name="history">Earlier runs, by which a plan tells how long this one will take; null for none.</param>
internal sealed class IndexInput(
    IVectorSource source, IPayloadSource? payload, IVectorStore store, MigrationOptions options, Guid runId, IRunHistory? history = null) : IRunInput
{
    private readonly IndexSurvey survey = new(source, payload, options);
    private IndexFindings found = IndexFindings.Of(source.Description, options);

    /// <inheritdoc/>
    public string Path => source.Description.Path;

    /// <inheritdoc/>
    public long Expected => source.Description.Count;

    /// <inheritdoc/>
    public int Lanes => InitialFlow.Lanes(options.Upload, found.Index.Dimension, found.Count);

    /// <inheritdoc/>
    public CollectionSettings? SettingsAtOnce => found.Distance is null || found.NeedsNorms ? null : MigrationPlanner.Settings(found, options, runId);

    /// <inheritdoc/>
    public string? WaitAdvice => null;

    /// <inheritdoc/>
    public void Survey(CancellationToken cancellationToken) => found = survey.Read(cancellationToken);

    /// <inheritdoc/>
    public PlannedRun Plan(TargetFindings target, JournalFindings? journal, CancellationToken cancellationToken)
    {
        PlannedRun planned = MigrationPlanner.Plan(found, target, journal, options, store.Endpoint, runId);
        if (found.NeedsNorms)
        {
            // All vectors are read for them: not for a run that is refused already.
            found = survey.ReadNorms(found, cancellationToken);
            planned = MigrationPlanner.Plan(found, target, journal, options, store.Endpoint, runId);
        }

        return planned with { Plan = planned.Plan with { Expectation = history?.Expect(planned.Plan) } };
    }

    /// <inheritdoc/>
    public JournalHeader HeaderOf(PlannedRun planned, string? collectionRun, DateTimeOffset at) =>
        new(planned.Key!, collectionRun, at, source.Description.Path, source.Description.Identity.LastWriteTimeUtc);

    /// <inheritdoc/>
    public IRunFeed OpenFeed(PlannedRun planned, IFlowControl flow, OrdinalSet? acknowledged, Action<SkippedVector> leftOut) =>
        new IndexFeed(source, payload, options.Feed, planned.Plan.Offset, planned.Plan.Count, planned.Ids.Superseded, leftOut, acknowledged);

    /// <inheritdoc/>
    public PlannedRun Finished(PlannedRun planned) => planned;

    /// <inheritdoc/>
    public void ThrowIfChanged()
    {
        (source as IChangeDetector)?.ThrowIfContentChanged();
        (payload as IChangeDetector)?.ThrowIfContentChanged();
    }

    /// <inheritdoc/>
    public Verifier NewVerifier(PlannedRun planned) => new(source, payload, store, planned.Scope(options));
}
