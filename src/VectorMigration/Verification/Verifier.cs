using System.Diagnostics;

namespace VectorMigration;

/// <summary>
/// The proof: exact count, then every vector (and payload) of the source read back from the collection and compared, in constant memory.
/// </summary>
internal sealed class Verifier
{
    /// <summary>Differences that are listed one by one.</summary>
    public const int MostListed = 1_000;

    private const int MostRows = 1_000;
    private const int BytesOfAnswer = 4 << 20;

    private readonly IVectorSource source;
    private readonly IPayloadSource? payload;
    private readonly IVectorStore store;
    private readonly MigrationOptions options;
    private readonly MigrationPlan plan;
    private readonly IdScanResult ids;
    private readonly Lock gate = new();
    private readonly List<PointDifference> differences = [];
    private long compared;
    private long missing;
    private long different;
    private long invalid;
    private long done;
    private double deviation;

    public Verifier(IVectorSource source, IPayloadSource? payload, IVectorStore store, MigrationOptions options, MigrationPlan plan, IdScanResult ids)
    {
        this.source = source;
        this.payload = payload;
        this.store = store;
        this.options = options with { SkipInvalid = true };
        this.plan = plan;
        this.ids = ids;
    }

    private bool IsCosine => plan.Settings.Distance == Distance.Cosine;

    /// <summary>Verifies vectors <paramref name="offset"/> to <paramref name="offset"/> + <paramref name="count"/> − 1 of the source.</summary>
    public async Task<VerificationResult> RunAsync(VerificationMode mode, long offset, long count, long presentBefore, long leftOut, Action<long>? onProgress, CancellationToken cancellationToken)
    {
        long started = Stopwatch.GetTimestamp();
        long expected = count - ids.Duplicates - leftOut;
        if (mode == VerificationMode.None)
        {
            return new VerificationResult { Mode = mode, Passed = false, Expected = expected, Comparison = "none" };
        }

        long total = checked((long)await store.CountAsync(options.Collection, cancellationToken).ConfigureAwait(false));
        if (mode == VerificationMode.Full)
        {
            await ReadBackAsync(offset, count, onProgress, cancellationToken).ConfigureAwait(false);
            expected = count - ids.Duplicates - invalid;
        }

        // Points that were there before may be some of ours: the count alone can only say too few.
        bool countFits = total >= expected && (mode == VerificationMode.Full || presentBefore > 0 || total == expected);
        return new VerificationResult
        {
            Mode = mode,
            Passed = countFits && missing == 0 && different == 0,
            Expected = expected,
            CollectionCount = total,
            Others = mode == VerificationMode.Full ? Math.Max(0, total - compared) : null,
            Compared = compared,
            Missing = mode == VerificationMode.Full ? missing : Math.Max(0, expected - total),
            Different = different,
            Invalid = invalid,
            Comparison = mode == VerificationMode.Count ? "count" : IsCosine ? "normalised" : "bits",
            Tolerance = mode == VerificationMode.Full && IsCosine ? VectorComparison.CosineTolerance : 0,
            MaxDeviation = deviation,
            Duration = Stopwatch.GetElapsedTime(started),
            Differences = [.. differences.OrderBy(difference => difference.Ordinal)],
        };
    }

    private async Task ReadBackAsync(long offset, long count, Action<long>? onProgress, CancellationToken cancellationToken)
    {
        int dimension = source.Description.Dimension;
        int rows = Math.Clamp(BytesOfAnswer / (sizeof(float) * dimension), 1, MostRows);
        var feed = new IndexFeed(source, payload, options, offset, count, ids.Superseded, _ => Interlocked.Increment(ref invalid));
        await Parallel.ForEachAsync(
            Starts(offset, count, rows),
            new ParallelOptions { MaxDegreeOfParallelism = Math.Max(1, options.Upload.ThrottleLimit), CancellationToken = cancellationToken },
            async (start, token) =>
            {
                int wanted = (int)Math.Min(rows, offset + count - start);
                int covered = 0;
                while (covered < wanted)
                {
                    using VectorBatch? batch = feed.Read(start + covered, wanted - covered, token, out int read);
                    covered += read;
                    if (batch is not null)
                    {
                        await CompareAsync(batch, token).ConfigureAwait(false);
                    }
                }

                onProgress?.Invoke(Interlocked.Add(ref done, wanted));
            }).ConfigureAwait(false);
    }

    private static IEnumerable<long> Starts(long offset, long count, int rows)
    {
        for (long start = offset; start < offset + count; start += rows)
        {
            yield return start;
        }
    }

    private async Task CompareAsync(VectorBatch batch, CancellationToken cancellationToken)
    {
        bool withPayload = batch.Payload is not null;
        using RetrievedPoints points = await store
            .RetrieveAsync(options.Collection, options.VectorName, batch.PointIds, batch.Dimension, withPayload, cancellationToken)
            .ConfigureAwait(false);
        double greatest = 0;
        for (int row = 0; row < batch.Count; row++)
        {
            string? difference = Difference(batch, points, row, withPayload, ref greatest);
            if (difference is not null)
            {
                Note(new PointDifference(batch.PointIds.Span[row], batch.Ordinal(row), difference), isMissing: !points.Found(row));
            }
        }

        lock (gate)
        {
            compared += batch.Count;
            deviation = Math.Max(deviation, greatest);
            for (int row = 0; row < batch.Count; row++)
            {
                compared -= points.Found(row) ? 0 : 1;
            }
        }
    }

    private string? Difference(VectorBatch batch, RetrievedPoints points, int row, bool withPayload, ref double greatest)
    {
        if (!points.Found(row))
        {
            return "missing";
        }

        if (points.Problem(row) is string problem)
        {
            return problem;
        }

        if (IsCosine)
        {
            double seen = VectorComparison.NormalisedDeviation(batch.Vector(row), points.Vector(row));
            greatest = Math.Max(greatest, seen);
            if (!(seen <= VectorComparison.CosineTolerance))
            {
                return string.Create(System.Globalization.CultureInfo.InvariantCulture, $"deviates by {seen:G3} after normalisation, more than {VectorComparison.CosineTolerance:G1}");
            }
        }
        else if (!VectorComparison.SameBits(batch.Vector(row), points.Vector(row)))
        {
            return VectorComparison.Describe(batch.Vector(row), points.Vector(row));
        }

        return withPayload && !JsonEquality.SamePayload(batch.Payload![row], points.Payload(row)) ? "payload differs" : null;
    }

    private void Note(PointDifference difference, bool isMissing)
    {
        lock (gate)
        {
            missing += isMissing ? 1 : 0;
            different += isMissing ? 0 : 1;
            if (differences.Count < MostListed)
            {
                differences.Add(difference);
            }
        }
    }
}
