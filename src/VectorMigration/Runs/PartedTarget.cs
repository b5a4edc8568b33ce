using VectorMigration.Errors;
using VectorMigration.Store;
using VectorMigration.Vectors;

namespace VectorMigration.Runs;

/// <summary>Rows of a batch that go one way.</summary>
/// <param name="Target">Where they go.</param>
/// <param name="Rows">Which rows, ascending.</param>
internal readonly record struct BatchPart(IPointTarget Target, IReadOnlyList<int> Rows);

/// <summary>Which way the rows of a batch go; or the answer, where they go none.</summary>
/// <param name="Parts">Rows that go somewhere.</param>
/// <param name="Answer">The answer; null where parts are to be sent.</param>
internal readonly record struct BatchDivision(IReadOnlyList<BatchPart> Parts, WriteAnswer? Answer)
{
    /// <summary>Vectors that are not sent, because points of others have their ids, or because a merge found no point for them.</summary>
    public int LeftThere { get; init; }

    /// <summary>Vectors that are not sent, because points equal to them are there.</summary>
    public int AlreadyThere { get; init; }

    /// <summary>Payload fields of points that are there: replaced, and kept.</summary>
    public TouchedFields Fields { get; init; }
}

/// <summary>Payload fields of points that are there, and what happens to them.</summary>
/// <param name="Replaced">Fields that a merge replaces, because they have other values.</param>
/// <param name="PointsWithReplaced">Points that have such fields.</param>
/// <param name="Kept">Fields of the run's own points that its payloads do not have, and that stay.</param>
/// <param name="PointsWithKept">Points that have such fields.</param>
internal readonly record struct TouchedFields(long Replaced, long PointsWithReplaced, long Kept, long PointsWithKept)
{
    public static TouchedFields operator +(TouchedFields a, TouchedFields b) =>
        new(a.Replaced + b.Replaced, a.PointsWithReplaced + b.PointsWithReplaced, a.Kept + b.Kept, a.PointsWithKept + b.PointsWithKept);

    /// <summary>What a run has to tell of them.</summary>
    public IEnumerable<string> Warnings()
    {
        if (Replaced > 0)
        {
            yield return OptionNames.Here($"{Units.Of(Replaced, "field", "fields")} of {Units.Of(PointsWithReplaced, "point", "points")} had other values and "
                + $"{(Replaced == 1 ? "was" : "were")} replaced by -MergePayload.");
        }

        if (Kept > 0)
        {
            yield return OptionNames.Here($"{Units.Of(PointsWithKept, "point", "points")} that an earlier run wrote {(PointsWithKept == 1 ? "has" : "have")} "
                + $"{Units.Of(Kept, "payload field", "payload fields")} that {(Kept == 1 ? "was" : "were")} not sent now, for example from an application. "
                + $"{(Kept == 1 ? "It was" : "They were")} kept. To replace whole points, use -OnExisting Overwrite.");
        }
    }
}

/// <summary>A target that says of each row of a batch which way it goes: whole, its vector alone, or not at all.</summary>
/// <param name="whole">Upserts whole points; also measures a batch.</param>
internal abstract class PartedTarget(IPointTarget whole) : IPointTarget
{
    /// <inheritdoc/>
    public string Collection => whole.Collection;

    /// <inheritdoc/>
    public IPreparedBatch Prepare(VectorBatch batch, TimeSpan timeout, long mostBytes) =>
        new Parted(this, batch, whole.Prepare(batch, timeout, mostBytes), timeout, mostBytes);

    /// <summary>Which way the rows of a batch go; or the answer, where they go none.</summary>
    protected abstract ValueTask<BatchDivision> DivideAsync(VectorBatch batch, CancellationToken cancellationToken);

    /// <summary>The batch was applied.</summary>
    protected virtual void OnApplied(VectorBatch batch, in BatchDivision division)
    {
    }

    private sealed class Parted(PartedTarget target, VectorBatch batch, IPreparedBatch prepared, TimeSpan timeout, long mostBytes) : IPreparedBatch
    {
        public long Bytes => prepared.Bytes;

        public async ValueTask<WriteAnswer> SendAsync(CancellationToken cancellationToken)
        {
            BatchDivision division = await target.DivideAsync(batch, cancellationToken).ConfigureAwait(false);
            WriteAnswer answer = division.Answer ?? await SendAsync(division.Parts, cancellationToken).ConfigureAwait(false);
            answer = answer.Outcome == WriteOutcome.Ok ? answer.Without(division.LeftThere, division.AlreadyThere) : answer;
            if (answer.Outcome == WriteOutcome.Ok)
            {
                target.OnApplied(batch, division);
            }

            return answer;
        }

        public void Dispose() => prepared.Dispose();

        private async ValueTask<WriteAnswer> SendAsync(IReadOnlyList<BatchPart> parts, CancellationToken cancellationToken)
        {
            long bytes = 0;
            foreach (BatchPart part in parts)
            {
                WriteAnswer answer = await SendAsync(part, cancellationToken).ConfigureAwait(false);
                if (answer.Outcome != WriteOutcome.Ok)
                {
                    return answer;
                }

                bytes += answer.Bytes;
            }

            return WriteAnswer.Ok(bytes);
        }

        private async ValueTask<WriteAnswer> SendAsync(BatchPart part, CancellationToken cancellationToken)
        {
            if (part.Rows.Count == batch.Count && ReferenceEquals(part.Target, target.Whole))
            {
                return await prepared.SendAsync(cancellationToken).ConfigureAwait(false);
            }

            VectorBatch rows = batch.Pick(part.Rows);
            using IPreparedBatch some = part.Target.Prepare(rows, timeout, mostBytes);
            WriteAnswer answer = await some.SendAsync(cancellationToken).ConfigureAwait(false);
            return answer is { Outcome: WriteOutcome.Reject, Rows: { } refused, ErrorId: var id, Kind: { } kind }
                ? WriteAnswer.Reject(id, kind, [.. refused.Select(row => part.Rows[row])], answer.Reason, answer.NextStep, answer.Bytes)
                : answer;
        }
    }

    private IPointTarget Whole => whole;
}

/// <summary>Merges: points that are there get their vector, and, where that is asked for, those that are not are added.</summary>
/// <param name="whole">Upserts whole points.</param>
/// <param name="merging">What a point that is there gets, one after the other: its vector, and fields of its payload where that is asked for.</param>
/// <param name="merged">Ordinals of points that are there.</param>
internal sealed class MergeTarget(IPointTarget whole, IReadOnlyList<IPointTarget> merging, OrdinalSet merged) : PartedTarget(whole)
{
    private readonly IPointTarget whole = whole;

    /// <inheritdoc/>
    protected override ValueTask<BatchDivision> DivideAsync(VectorBatch batch, CancellationToken cancellationToken)
    {
        ILookup<bool, int> rows = Enumerable.Range(0, batch.Count).ToLookup(row => merged.Contains(batch.Ordinal(row)));
        List<BatchPart> parts = [];
        if (rows[true].Any())
        {
            parts.AddRange(merging.Select(target => new BatchPart(target, [.. rows[true]])));
        }

        if (rows[false].Any())
        {
            parts.Add(new BatchPart(whole, [.. rows[false]]));
        }

        return ValueTask.FromResult(new BatchDivision(parts, null));
    }
}
