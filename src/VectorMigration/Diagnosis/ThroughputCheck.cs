using VectorMigration.Errors;
using VectorMigration.Store;
using VectorMigration.Tuning;
using VectorMigration.Vectors;

namespace VectorMigration.Diagnosis;

/// <summary>Measures throughput: by writing where that is allowed, otherwise by reading points that are there.</summary>
/// <param name="store">The server.</param>
/// <param name="request">What is to be checked.</param>
/// <param name="time">The clock.</param>
internal sealed class ThroughputCheck(IVectorStore store, DiagnosisRequest request, TimeProvider time)
{
    /// <summary>Components of a vector where neither index nor collection tells them.</summary>
    private const int UsualDimension = 768;

    /// <summary>What was measured; null where nothing was.</summary>
    public LineSpeed? Speed { get; private set; }

    /// <summary>Why the scratch collection may still be there; null where it is gone, or there was none.</summary>
    public string? LeftBehind { get; private set; }

    /// <summary>Measures.</summary>
    /// <param name="found">The collection; null where there is none.</param>
    /// <param name="isRefused">The server refuses the key.</param>
    /// <param name="cancellationToken">Stops it; a scratch collection is removed.</param>
    public async Task<ConnectionCheck> RunAsync(CollectionDescription? found, bool isRefused, CancellationToken cancellationToken)
    {
        if (isRefused || request.Measuring == TimeSpan.Zero)
        {
            return ConnectionCheck.Skip(CheckNames.Throughput, isRefused ? "The server refuses the API key." : "It was not asked for.");
        }

        LineMeasure measure = new(store, request.Measuring, DiagnosisRequest.MostBytes);
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter((request.Measuring * 2) + request.Connection.Timeout);
        try
        {
            return request.AllowWrite
                ? await WriteAsync(measure, found, limit.Token, cancellationToken).ConfigureAwait(false)
                : await ReadAsync(measure, found, limit.Token).ConfigureAwait(false);
        }
        catch (MigrationException error)
        {
            return ConnectionCheck.Fail(CheckNames.Throughput, error);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return ConnectionCheck.Warn(
                CheckNames.Throughput, "The measurement did not end in time.", LeftBehind ?? "Check the load of the server and the line.");
        }
    }

    private async Task<ConnectionCheck> ReadAsync(LineMeasure measure, CollectionDescription? found, CancellationToken cancellationToken)
    {
        CollectionVector? vector = found?.Vectors.FirstOrDefault(one => !one.IsMultivector && (request.VectorName is null || one.Name == request.VectorName));
        if (vector is null || found is { StrictMode.ReadRateLimit: not null })
        {
            return LineChecks.NotMeasured(
                vector is null ? "There are no points to read." : "The collection limits the rate of reads, which a run needs.", DiagnosisRequest.MostBytes);
        }

        Speed = await measure.ReadAsync(found!.Name, vector, cancellationToken).ConfigureAwait(false);
        return Speed is null ? LineChecks.NotMeasured($"'{found.Name}' has no points to read.", DiagnosisRequest.MostBytes)
            : LineChecks.Read(found.Name, Speed);
    }

    private async Task<ConnectionCheck> WriteAsync(
        LineMeasure measure, CollectionDescription? found, CancellationToken limit, CancellationToken cancellationToken)
    {
        CollectionVector? vector = found?.Vectors.FirstOrDefault(one => one.Name == (request.VectorName ?? string.Empty));
        CollectionSettings settings = new()
        {
            Dimension = request.Source?.Description.Dimension ?? vector?.Dimension ?? UsualDimension,
            Distance = vector?.Distance ?? Distance.Dot,
        };
        ScratchCollection scratch = new(
            store, request.Collection ?? "vector-migration", found is null ? settings : ScratchCollection.Like(found, settings), Guid.NewGuid(), time);
        LineSpeed measured;
        try
        {
            await scratch.RenewAsync(limit).ConfigureAwait(false);
            measured = Speed = await measure.WriteAsync(scratch.Name, null, settings.Dimension, limit).ConfigureAwait(false);
        }
        finally
        {
            LeftBehind = await scratch.RemoveAsync(cancellationToken.IsCancellationRequested).ConfigureAwait(false);
        }

        return LineChecks.Written(measured, LeftBehind);
    }
}
