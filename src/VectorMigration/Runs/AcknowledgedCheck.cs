using VectorMigration.Errors;
using VectorMigration.Feeds;
using VectorMigration.Store;
using VectorMigration.Vectors;
using VectorMigration.Verification;

namespace VectorMigration.Runs;

/// <summary>
/// Reads back what earlier runs of a pipeline were acknowledged for, and compares it with what comes now: for a pipeline that is to be verified, what it passes
/// over counts too. In blocks, by the thread that hands the vectors over.
/// </summary>
/// <param name="store">The server.</param>
/// <param name="options">What was asked for.</param>
/// <param name="planned">What was planned.</param>
/// <param name="source">Where the vectors come from.</param>
internal sealed class AcknowledgedCheck(IVectorStore store, MigrationOptions options, PlannedRun planned, SourceIdentity source)
{
    private const int MostRows = 512;
    private const int MostPayloadBytes = 4 << 20;

    private readonly List<InputVector> waiting = [];
    private readonly PointComparer comparer = new(store, Scope(options, planned), comparesPayload: options.ComparesPayload && !options.MergePayload);
    private int payloadBytes;

    /// <summary>Takes a vector.</summary>
    /// <exception cref="MigrationException">A point is missing or differs, or the server does not answer.</exception>
    public ValueTask AddAsync(in InputVector vector, CancellationToken cancellationToken)
    {
        waiting.Add(vector with { Components = [.. vector.Components] });
        payloadBytes += vector.Payload.Length;
        return waiting.Count >= MostRows || payloadBytes >= MostPayloadBytes ? new ValueTask(FinishAsync(cancellationToken)) : ValueTask.CompletedTask;
    }

    /// <summary>Compares what has come and was not compared yet.</summary>
    /// <exception cref="MigrationException">A point is missing or differs, or the server does not answer.</exception>
    public async Task FinishAsync(CancellationToken cancellationToken)
    {
        if (waiting.Count == 0)
        {
            return;
        }

        using VectorBatch batch = Batch();
        waiting.Clear();
        payloadBytes = 0;
        ComparedPoints compared = await comparer.CompareAsync(batch, cancellationToken).ConfigureAwait(false);
        if (compared.Differences is [var first, ..])
        {
            throw ExistingErrors.AcknowledgedDiffers(options.Collection, options.JournalPath!, compared.Differences.Count,
                batch.PointIds.Span[first.Row], first.Reason);
        }
    }

    private VectorBatch Batch()
    {
        int[] offsets = new int[waiting.Count + 1];
        for (int row = 0; row < waiting.Count; row++)
        {
            offsets[row + 1] = offsets[row] + waiting[row].Payload.Length;
        }

        byte[] payloads = new byte[offsets[^1]];
        for (int row = 0; row < waiting.Count; row++)
        {
            waiting[row].Payload.CopyTo(payloads.AsMemory(offsets[row]));
        }

        return VectorBatch.Create(
            source,
            waiting[0].Ordinal,
            planned.Plan.Settings.Dimension,
            waiting.Select(static vector => vector.FaissId).ToArray(),
            waiting.SelectMany(static vector => vector.Components).ToArray(),
            memory: null,
            waiting.Select(static vector => vector.Id).ToArray(),
            payloads.Length == 0 ? null : new PayloadBlock(payloads, offsets),
            planned.Plan.Settings.VectorName,
            waiting.Select(static vector => vector.Ordinal).ToArray());
    }

    /// <summary>A merge leaves payloads alone: of them only the vector is compared.</summary>
    private static VerificationScope Scope(MigrationOptions options, PlannedRun planned) => new()
    {
        Collection = options.Collection,
        Distance = planned.Plan.Settings.Distance!.Value,
        Datatype = planned.Plan.StoredDatatype,
        Feed = options.OnExisting == ExistingPoints.Merge ? options.Feed with { IdMapping = IdMapping.Keep } : options.Feed,
        Count = 0,
        Ids = new IdScanResult(),
    };
}
