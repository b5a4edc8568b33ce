using VectorMigration.Errors;
using VectorMigration.Feeds;
using VectorMigration.Files;
using VectorMigration.Runs;
using VectorMigration.Vectors;
using VectorMigration.Verification;

namespace VectorMigration.Jobs;

/// <summary>Values of payload fields that a part would replace, because an earlier part writes others to the same points.</summary>
/// <param name="Points">Points that have such fields.</param>
/// <param name="Fields">The fields, each with the number of its values, the most frequent first.</param>
internal sealed record ReplacedPayloads(long Points, IReadOnlyList<KeyValuePair<string, long>> Fields);

/// <summary>
/// Compares the payloads of parts that share points, because they are of different vectors: a merge sets the fields of one part beside those of the other,
/// and a field that both have with different values would keep that of the later part. Both come from files, so this is known before the first vector.
/// </summary>
/// <param name="open">Opens a part.</param>
/// <param name="options">What was asked for, of all parts.</param>
internal sealed class PartPayloads(OpenPart open, MigrationOptions options)
{
    private const int RowsAtOnce = 1_000;
    private const int MostNames = 1_000;

    private readonly PartIds ids = new(open, options);

    /// <summary>Refuses a job whose later part would replace what an earlier one writes.</summary>
    /// <exception cref="MigrationException">It would.</exception>
    public void RefuseReplaced(JobPlan plan, Func<PlannedPart, PlannedPart, bool> meet, CancellationToken cancellationToken)
    {
        if (options is not { OnExisting: ExistingPoints.Merge, MergePayload: true, OnlyCompares: false })
        {
            return;
        }

        PlannedPart[] parts = [.. plan.Readable.Where(static part => part.Count > 0)];
        for (int later = 1; later < parts.Length; later++)
        {
            foreach (PlannedPart earlier in parts.Take(later).Where(part => part.Part.VectorName != parts[later].Part.VectorName
                && part.IdNamespace == parts[later].IdNamespace && meet(part, parts[later])))
            {
                if (Compare(earlier, parts[later], cancellationToken) is { Points: > 0 } replaced)
                {
                    throw JobErrors.PayloadsReplaced(earlier, parts[later], replaced, plan);
                }
            }
        }
    }

    private ReplacedPayloads? Compare(PlannedPart earlier, PlannedPart later, CancellationToken cancellationToken)
    {
        using OpenedPart one = Open(earlier);
        using OpenedPart other = Open(later);
        if (one.Payload is null || other.Payload is null)
        {
            return null;
        }

        one.Payload.Check(scattered: true, cancellationToken);
        other.Payload.Check(scattered: true, cancellationToken);
        IndexRows rows = Rows(one);
        IndexRows others = Rows(other);
        Dictionary<string, long> fields = [];
        long points = 0;
        foreach ((long First, long Second)[] block in Common(earlier, later, cancellationToken).Chunk(RowsAtOnce))
        {
            Dictionary<long, long> pairs = block.ToDictionary(static pair => pair.First, static pair => pair.Second);
            foreach (Dictionary<long, byte[]> written in Read(rows, [.. pairs.Keys.Order()], cancellationToken))
            {
                Dictionary<long, byte[]> before = written.ToDictionary(row => pairs[row.Key], static row => row.Value);
                foreach (Dictionary<long, byte[]> read in Read(others, [.. before.Keys.Order()], cancellationToken))
                {
                    foreach ((long ordinal, byte[] payload) in read)
                    {
                        IReadOnlyList<string> names = JsonEquality.Others(before[ordinal], payload);
                        points += names.Count > 0 ? 1 : 0;
                        foreach (string name in names.Where(name => fields.Count < MostNames || fields.ContainsKey(name)))
                        {
                            fields[name] = fields.GetValueOrDefault(name) + 1;
                        }
                    }
                }
            }
        }

        return new ReplacedPayloads(
            points, [.. fields.OrderByDescending(static field => field.Value).ThenBy(static field => field.Key, StringComparer.Ordinal)]);
    }

    private OpenedPart Open(PlannedPart part) => open(part.Part, options with
    {
        IdOffset = part.IdOffset,
        IdNamespace = part.IdNamespace,
        VectorName = part.Part.VectorName ?? options.VectorName,
        DryRun = false,
    });

    private static IndexRows Rows(OpenedPart part) => new(
        new IndexFeed(part.Source, part.Payload, part.Options.Feed with { SkipInvalid = true }, 0, part.Source.Description.Count, new HashSet<long>(), null,
            mostPayloadBytes: IndexRows.MostPayloadBytes), 1);

    /// <summary>The payloads of some rows by ordinal, as many at once as weigh about <see cref="IndexRows.MostPayloadBytes"/>.</summary>
    private static IEnumerable<Dictionary<long, byte[]>> Read(IndexRows rows, long[] ordinals, CancellationToken cancellationToken)
    {
        for (int at = 0; at < ordinals.Length;)
        {
            Dictionary<long, byte[]> read = [];
            using (VectorBatch? batch = rows.Gather(ordinals.AsSpan(at), cancellationToken, out int taken))
            {
                at += taken;
                for (int row = 0; batch?.Payload is not null && row < batch.Count; row++)
                {
                    read[batch.Ordinal(row)] = batch.Payload[row].ToArray();
                }
            }

            yield return read;
        }
    }

    /// <summary>The ordinals of both parts for each id that both have; of a repeated id, the last vector, which is the one that stays.</summary>
    private IEnumerable<(long First, long Second)> Common(PlannedPart earlier, PlannedPart later, CancellationToken cancellationToken)
    {
        using SortedPairs first = Sort(earlier, cancellationToken);
        using SortedPairs second = Sort(later, cancellationToken);
        using IEnumerator<(long Key, long Value)> others = Last(second).GetEnumerator();
        bool more = others.MoveNext();
        foreach ((long id, long ordinal) in Last(first))
        {
            while (more && others.Current.Key < id)
            {
                more = others.MoveNext();
            }

            if (more && others.Current.Key == id)
            {
                yield return (ordinal, others.Current.Value);
            }
        }
    }

    private SortedPairs Sort(PlannedPart part, CancellationToken cancellationToken)
    {
        using PairSort sort = new(new SpillFolder(options.DryRun ? null : options.LogDirectory));
        long ordinal = 0;
        foreach (long id in ids.Of(part, cancellationToken))
        {
            sort.Add(id, ordinal++);
        }

        return sort.Finish(cancellationToken);
    }

    private static IEnumerable<(long Key, long Value)> Last(SortedPairs pairs)
    {
        (long Key, long Value)? held = null;
        foreach ((long Key, long Value) pair in pairs.All())
        {
            if (held is { } before && before.Key != pair.Key)
            {
                yield return before;
                held = null;
            }

            held = (pair.Key, Math.Max(pair.Value, held?.Value ?? 0));
        }

        if (held is { } last)
        {
            yield return last;
        }
    }
}
