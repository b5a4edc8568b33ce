using System.Globalization;
using VectorMigration.Feeds;
using VectorMigration.Store;
using VectorMigration.Vectors;

namespace VectorMigration.Verification;

/// <summary>What is wrong with a point.</summary>
[Flags]
internal enum PointFaults
{
    None = 0,

    /// <summary>It is not there.</summary>
    Missing = 1,

    /// <summary>Its vector differs.</summary>
    Vector = 2,

    /// <summary>Its payload differs.</summary>
    Payload = 4,

    /// <summary>It has no vector of that name; goes with <see cref="Vector"/>.</summary>
    NoVector = 8,
}

/// <summary>What follows from such faults.</summary>
internal static class PointFaultsExtensions
{
    /// <summary>Whether a merge puts it right: the vector is missing, or it is there and equal, and fields of the payload are not.</summary>
    public static bool MayBeMerged(this PointFaults faults) => faults.HasFlag(PointFaults.NoVector) || faults == PointFaults.Payload;
}

/// <summary>A row of a batch that is not in the collection as it should be.</summary>
/// <param name="Row">Which row.</param>
/// <param name="Faults">What is wrong.</param>
/// <param name="Reason">The same in words.</param>
/// <param name="ReplacedFields">Fields of its payload that have another value than would be set beside the others.</param>
/// <param name="AddedFields">Fields of its payload that a whole point would remove, because it does not have them.</param>
internal readonly record struct ComparedRow(int Row, PointFaults Faults, string Reason, int ReplacedFields = 0, int AddedFields = 0);

/// <summary>What the comparison of one batch found.</summary>
/// <param name="Found">Points that were there.</param>
/// <param name="Deviation">Greatest deviation of a component after normalisation.</param>
/// <param name="Rounded">Numbers in payloads whose last digits the server changed.</param>
/// <param name="Differences">Rows that are not as they should be.</param>
internal sealed record ComparedPoints(int Found, double Deviation, long Rounded, IReadOnlyList<ComparedRow> Differences);

/// <summary>
/// Reads the points of a batch back and compares them. With a payload file the whole payload is compared; without one only the id that
/// the id mapping put there, because nothing is known of the rest.
/// </summary>
internal sealed class PointComparer(IVectorStore store, VerificationScope scope, bool comparesPayload)
{
    /// <summary>The whole payload is compared, also where none would be sent: a point is ours only if it holds nothing else.</summary>
    public bool ComparesWhole { get; init; }

    /// <summary>The vector that points are read with; another than is compared where the collection does not have that one yet.</summary>
    public string? VectorName { get; init; } = scope.Feed.VectorName;

    private bool IsCosine => scope.Distance == Distance.Cosine;

    /// <summary>Reads the points of a batch and compares them.</summary>
    public Task<ComparedPoints> CompareAsync(VectorBatch batch, CancellationToken cancellationToken) => CompareAsync(batch, null, cancellationToken);

    /// <summary>Reads the points of a batch and compares them.</summary>
    /// <param name="batch">Rows of the index.</param>
    /// <param name="onAnswer">Told the number of rows that each answer was about; null where nobody asks.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public async Task<ComparedPoints> CompareAsync(VectorBatch batch, Action<int>? onAnswer, CancellationToken cancellationToken)
    {
        bool withPayload = ComparesWhole || comparesPayload || scope.Feed.IdMapping == IdMapping.Uuid5;
        double greatest = 0;
        int found = 0;
        long rounded = 0;
        List<ComparedRow> differences = [];
        for (int first = 0; first < batch.Count;)
        {
            int rows = Math.Min(batch.Count - first, store.PointsAtOnce(scope.Collection, batch.Dimension, withPayload));
            using RetrievedPoints points = await store
                .RetrieveAsync(scope.Collection, VectorName, batch.PointIds.Slice(first, rows), batch.Dimension, withPayload, cancellationToken)
                .ConfigureAwait(false);
            for (int i = 0; i < rows; i++)
            {
                found += points.Found(i) ? 1 : 0;
                ComparedRow compared = Compare(batch, first + i, points, i, ref greatest, ref rounded);
                if (compared.Faults != PointFaults.None)
                {
                    differences.Add(compared);
                }
            }

            first += rows;
            onAnswer?.Invoke(rows);
        }

        return new ComparedPoints(found, greatest, rounded, differences);
    }

    private ComparedRow Compare(VectorBatch batch, int row, RetrievedPoints points, int answer, ref double greatest, ref long rounded)
    {
        if (!points.Found(answer))
        {
            return new ComparedRow(row, PointFaults.Missing, PointDifference.Missing);
        }

        string? vector = VectorDifference(batch, row, points, answer, ref greatest);
        string? payload = PayloadDifference(batch, row, points, answer, ref rounded);
        PointFaults faults = (vector is null ? PointFaults.None : PointFaults.Vector) | (payload is null ? PointFaults.None : PointFaults.Payload)
            | (points.HasVector(answer) ? PointFaults.None : PointFaults.NoVector);
        int replaced = payload is null || !scope.MayHoldMore || batch.Payload is null ? 0
            : JsonEquality.CountOthers(points.PayloadUtf8(answer).Span, batch.Payload[row].Span);
        int added = payload is null || scope.MayHoldMore ? 0
            : JsonEquality.CountAdded(points.PayloadUtf8(answer).Span, batch.Payload is null ? [] : batch.Payload[row].Span);
        string reason = vector is not null && payload is not null ? $"{vector}; {payload}" : vector ?? payload ?? string.Empty;
        return new ComparedRow(row, faults, reason, replaced, added);
    }

    private string? VectorDifference(VectorBatch batch, int row, RetrievedPoints points, int answer, ref double greatest)
    {
        if (points.Problem(answer) is string problem)
        {
            return problem;
        }

        if (!IsCosine)
        {
            return VectorComparison.SameBits(batch.Vector(row), points.Vector(answer)) ? null
                : scope.Rounds ? RoundedDifference(batch.Vector(row), points.Vector(answer), ref greatest)
                : VectorComparison.Describe(batch.Vector(row), points.Vector(answer));
        }

        double seen = VectorComparison.NormalisedDeviation(batch.Vector(row), points.Vector(answer));
        greatest = Math.Max(greatest, seen);
        return seen <= scope.Tolerance
            ? null
            : string.Create(CultureInfo.InvariantCulture, $"deviates by {seen:G3} after normalization, more than {scope.Tolerance:G3}");
    }

    private static string? RoundedDifference(ReadOnlySpan<float> source, ReadOnlySpan<float> stored, ref double greatest)
    {
        if (!VectorComparison.SameHalves(source, stored))
        {
            return $"{VectorComparison.Describe(source, stored)}, rounded to Float16";
        }

        greatest = Math.Max(greatest, VectorComparison.Deviation(source, stored));
        return null;
    }

    private string? PayloadDifference(VectorBatch batch, int row, RetrievedPoints points, int answer, ref long rounded)
    {
        if (ComparesWhole)
        {
            return IsSame(batch.Payload is null ? [] : batch.Payload[row].Span, points, answer, ref rounded) ? null : "payload differs";
        }

        if (comparesPayload)
        {
            return batch.Payload is null || IsThere(batch.Payload[row].Span, points, answer, ref rounded) ? null : "payload differs";
        }

        return scope.Feed.IdMapping != IdMapping.Uuid5 || KeepsId(batch.FaissIds.Span[row], points.PayloadUtf8(answer).Span)
            ? null
            : $"{KeptField} of the payload differs";
    }

    private string KeptField => scope.Feed.IdField ?? (scope.Feed.StoreIds is null ? IdField.Default : IdField.OfStore);

    /// <summary>The original id stands in the payload: the number of the index, or the text of the store.</summary>
    private bool KeepsId(long faissId, ReadOnlySpan<byte> payload) => scope.Feed.StoreIds is { } ids
        ? JsonEquality.HasText(payload, KeptField, ids.TextOf(faissId))
        : JsonEquality.HasNumber(payload, KeptField, faissId);

    private bool IsThere(ReadOnlySpan<byte> wanted, RetrievedPoints points, int answer, ref long rounded)
    {
        if (IsSame(wanted, points, answer, ref rounded))
        {
            return true;
        }

        if (!scope.MayHoldMore || !JsonEquality.Holds(points.PayloadUtf8(answer).Span, wanted, out int changed))
        {
            return false;
        }

        rounded += changed;
        return true;
    }

    private static bool IsSame(ReadOnlySpan<byte> wanted, RetrievedPoints points, int answer, ref long rounded)
    {
        if (points.PayloadIsCertainly(answer, wanted))
        {
            return true;
        }

        bool isSame = JsonEquality.SamePayload(wanted, points.PayloadUtf8(answer).Span, out int changed);
        rounded += isSame ? changed : 0;
        return isSame;
    }
}
