using System.Diagnostics;
using VectorMigration.Errors;
using VectorMigration.Vectors;

namespace VectorMigration.Feeds;

/// <summary>Reads all ids and vectors of an index in bounded memory and tells what a migration will meet.</summary>
internal sealed class IndexScanner(IVectorSource source)
{
    private const int Listed = 10;
    private const int BlockBytes = 4 << 20;

    private readonly List<VectorOccurrence> nonFinite = [];
    private readonly List<VectorOccurrence> zeros = [];
    private long nonFiniteCount;
    private long zeroCount;
    private long unitCount;
    private long finiteCount;
    private double least = double.PositiveInfinity;
    private double greatest = double.NegativeInfinity;
    private double sum;

    /// <summary>Scans the whole source; <paramref name="onProgress"/> is told the vectors done.</summary>
    public IndexScan Run(Action<long>? onProgress, CancellationToken cancellationToken)
    {
        long started = Stopwatch.GetTimestamp();
        IndexDescription index = source.Description;
        IdScanResult ids = index.IdSource == "sequential" && index.Count > 0
            ? new IdScanResult { Count = index.Count, Least = 0, Greatest = index.Count - 1 }
            : new IdScan(source).Run(0, index.Count, cancellationToken);
        int rows = Math.Max(1, BlockBytes / (sizeof(float) * index.Dimension));
        for (long next = 0; next < index.Count;)
        {
            cancellationToken.ThrowIfCancellationRequested();
            using VectorBatch batch = source.Read(next, (int)Math.Min(rows, index.Count - next), cancellationToken);
            if (batch.Count == 0)
            {
                throw FeedErrors.EndedEarly(index, next, index.Count);
            }

            Look(batch);
            next += batch.Count;
            onProgress?.Invoke(next);
        }

        IndexScan scan = Result(index, ids);
        return scan with { Duration = Stopwatch.GetElapsedTime(started), Advice = [.. Advice(index, scan).Select(OptionNames.Here)] };
    }

    private void Look(VectorBatch batch)
    {
        for (int row = 0; row < batch.Count; row++)
        {
            ReadOnlySpan<float> vector = batch.Vector(row);
            double norm = Norms.Of(vector);
            if (!double.IsFinite(norm))
            {
                Note(nonFinite, ref nonFiniteCount, batch, row, vector[FiniteCheck.IndexOfNonFinite(vector)]);
                continue;
            }

            finiteCount++;
            sum += norm;
            least = Math.Min(least, norm);
            greatest = Math.Max(greatest, norm);
            unitCount += Norms.IsUnit(norm) ? 1 : 0;
            if (norm == 0)
            {
                Note(zeros, ref zeroCount, batch, row, norm);
            }
        }
    }

    private static void Note(List<VectorOccurrence> list, ref long count, VectorBatch batch, int row, double value)
    {
        if (count++ < Listed)
        {
            list.Add(new VectorOccurrence(batch.Ordinal(row), batch.FaissIds.Span[row], value));
        }
    }

    private IndexScan Result(IndexDescription index, IdScanResult ids) => new()
    {
        Count = index.Count,
        LeastId = index.Count == 0 ? null : ids.Least,
        GreatestId = index.Count == 0 ? null : ids.Greatest,
        NegativeIds = ids.Negatives,
        FirstNegativeIds = ids.FirstNegatives,
        DuplicateIds = ids.Duplicates,
        FirstDuplicateIds = ids.FirstDuplicates,
        NonFinite = nonFiniteCount,
        FirstNonFinite = nonFinite,
        ZeroNorms = zeroCount,
        FirstZeroNorms = zeros,
        UnitNorms = unitCount,
        LeastNorm = finiteCount == 0 ? null : least,
        GreatestNorm = finiteCount == 0 ? null : greatest,
        MeanNorm = finiteCount == 0 ? null : sum / finiteCount,
    };

    private static IEnumerable<string> Advice(IndexDescription index, IndexScan scan)
    {
        if (scan.NegativeIds > 0)
        {
            yield return "Qdrant has no negative ids. Migrate with Invoke-VectorMigration -IdMapping Uuid5.";
        }

        if (scan.DuplicateIds > 0)
        {
            yield return "Fix the repeated ids, or keep the last vector of each id with Invoke-VectorMigration -AllowDuplicateId.";
        }

        if (scan.NonFinite > 0)
        {
            yield return "Fix the vectors with NaN or infinite components, or skip them with Invoke-VectorMigration -SkipInvalid.";
        }

        if (scan.ZeroNorms > 0)
        {
            yield return "A vector of zeros often means that its text was never embedded. Dot and Cosine cannot rank such vectors.";
        }

        if (scan.GreatestNorm is double greatest && CosineNorm.IsLost(greatest))
        {
            yield return string.Create(System.Globalization.CultureInfo.InvariantCulture, $"The greatest norm is {greatest:G6}. A collection with the distance "
                + $"Cosine cannot use it: {CosineNorm.Fate(greatest)}.");
        }

        if (index.Metric == FaissMetric.InnerProduct && scan.Count > 0 && scan.UnitNorms == scan.Count)
        {
            yield return "Invoke-VectorMigration -Distance Cosine ranks as the index does, and Qdrant then normalizes queries.";
        }
    }
}
