namespace VectorMigration;

/// <summary>
/// The whole job: plan → create or check the collection → upload → count → read back. The one command, the pipeline and the command line are all this.
/// </summary>
public sealed class Migration
{
    /// <summary>Sets a migration up; nothing is read or sent yet. Source, payload and store stay the caller's to dispose.</summary>
    public Migration(IVectorSource source, IPayloadSource? payload, IVectorStore store, IRetryPolicy retry, MigrationOptions options, IRunObserver observer, TimeProvider? time = null) =>
        throw new NotImplementedException();

    /// <summary>Id of this run.</summary>
    public Guid RunId { get; } = Guid.NewGuid();

    /// <summary>Plans: checks index, ids, options and target against each other without changing anything.</summary>
    /// <exception cref="MigrationException">The run would be refused; the first reason.</exception>
    public Task<MigrationPlan> PlanAsync(CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>Runs to the end and answers with the result, errors and cancellation included: it throws neither <see cref="MigrationException"/> nor <see cref="OperationCanceledException"/>.</summary>
    public Task<MigrationResult> RunAsync(CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>Verifies what is in the collection against the source, without sending anything.</summary>
    /// <exception cref="MigrationException">The collection is missing or cannot be compared.</exception>
    public Task<VerificationResult> VerifyAsync(CancellationToken cancellationToken) => throw new NotImplementedException();
}
