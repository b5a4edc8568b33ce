using VectorMigration.Errors;
using VectorMigration.Runs;
using VectorMigration.Vectors;

namespace VectorMigration.Jobs;

/// <summary>Divides a job into slices of nearly equal size. Slices of one plan have no vector in common, and together all of them.</summary>
internal static class SlicePlanner
{
    /// <summary>Refuses options that slices cannot have.</summary>
    /// <exception cref="MigrationException">One was given.</exception>
    public static void Refuse(MigrationOptions options)
    {
        (string Option, string Next)? wrong = options.AllowDuplicateIds
                ? ("-AllowDuplicateId", "Two slices could have the same id, and either could be the last. Move the files as one job.")
            : options.Limit is not null ? ("-First", "A plan has all vectors of its files.")
            : options.Offset != 0 ? ("-Skip", "A plan has all vectors of its files.")
            : options.IdFrom == IdOrigin.StoreId ? ("-IdFrom StoreId", "Move each file by a command of its own.")
            : null;
        if (wrong is var (option, next))
        {
            throw SliceErrors.NotForSlices(option, next);
        }
    }

    /// <summary>The plan of a job.</summary>
    /// <param name="job">The job as it was planned: ids, dimension and metric are checked.</param>
    /// <param name="options">The options that decide which points result.</param>
    /// <param name="slices">How many slices.</param>
    /// <param name="path">Full path of the file that it will be written to.</param>
    /// <param name="now">The time.</param>
    public static SlicePlan Of(JobPlan job, SlicePlanOptions options, int slices, string path, DateTimeOffset now)
    {
        Guid id = Guid.NewGuid();
        return new SlicePlan
        {
            PlanId = id,
            JobId = id,
            CreatedAt = now,
            Collection = job.Collection,
            Options = options,
            Path = path,
            Parts = [.. job.Parts.Select(part => new SlicePlanPart
            {
                Path = SlicePlan.Kept(path, System.IO.Path.GetFullPath(part.Part.Path)),
                Store = part.Part.StorePath is string store ? SlicePlan.Kept(path, store) : null,
                PayloadFile = part.Part.PayloadPath is string payload ? SlicePlan.Kept(path, payload) : null,
                Kind = part.Index!.Kind,
                Length = part.Index.Identity.Length,
                Fingerprint = part.Index.Identity.Fingerprint,
                Payload = part.Payload,
                Count = part.Count,
                Dimension = part.Index.Dimension,
                ByPosition = part.ByPosition,
                IdOffset = part.IdOffset,
                IdNamespace = part.IdNamespace,
                VectorName = part.Part.VectorName,
            })],
            Slices = Divide([.. job.Parts.Where(static part => part.Count > 0).Select(static part => new SliceRange(part.Number, 0, part.Count))], slices),
        };
    }

    /// <summary>A plan of what the journals of another do not record as acknowledged.</summary>
    /// <param name="plan">The other plan.</param>
    /// <param name="states">Its slices, with what their journals record.</param>
    /// <param name="slices">How many slices.</param>
    /// <param name="path">Full path of the file that it will be written to.</param>
    /// <param name="now">The time.</param>
    public static SlicePlan Cut(SlicePlan plan, IReadOnlyList<SliceState> states, int slices, string path, DateTimeOffset now)
    {
        List<SliceRange> left = [];
        long[] acknowledged = [.. plan.Parts.Select(static part => part.Acknowledged)];
        foreach (RangeState state in states.SelectMany(static state => state.Ranges))
        {
            long end = state.Range.Offset + state.Range.Count;
            for (long next = state.Range.Offset; state.Acknowledged.NextGap(next, end) is OrdinalRange gap; next = gap.Last + 1)
            {
                left.Add(new SliceRange(state.Range.Part, gap.First, gap.Count));
            }

            acknowledged[state.Range.Part - 1] += state.Acknowledged.CountWithin(state.Range.Offset, state.Range.Count);
        }

        left.Sort(static (one, other) => one.Part != other.Part ? one.Part.CompareTo(other.Part) : one.Offset.CompareTo(other.Offset));
        return plan with
        {
            PlanId = Guid.NewGuid(),
            CreatedAt = now,
            Path = path,
            CollectionRun = states.FirstOrDefault(static state => state.CollectionRun is not null)?.CollectionRun ?? plan.CollectionRun,
            Parts = [.. plan.Parts.Select((part, at) => part with
            {
                Path = SlicePlan.Kept(path, plan.Full(part.Path)),
                Store = part.Store is string store ? SlicePlan.Kept(path, plan.Full(store)) : null,
                PayloadFile = part.PayloadFile is string payload ? SlicePlan.Kept(path, plan.Full(payload)) : null,
                Acknowledged = acknowledged[at],
            })],
            Slices = Divide(Joined(left), slices),
        };
    }

    /// <summary>Ranges that follow each other as one: each range is a run.</summary>
    private static List<SliceRange> Joined(List<SliceRange> sorted)
    {
        List<SliceRange> joined = [];
        foreach (SliceRange range in sorted)
        {
            if (joined is [.., var last] && last.Part == range.Part && last.Offset + last.Count == range.Offset)
            {
                joined[^1] = last with { Count = last.Count + range.Count };
            }
            else
            {
                joined.Add(range);
            }
        }

        return joined;
    }

    /// <summary>Divides ranges, in their order, into slices whose sizes differ by one vector at most.</summary>
    /// <param name="ranges">The ranges.</param>
    /// <param name="slices">How many slices; with fewer vectors, some are empty.</param>
    internal static IReadOnlyList<PlannedSlice> Divide(IReadOnlyList<SliceRange> ranges, int slices)
    {
        Int128 total = ranges.Sum(static range => range.Count);
        var divided = new List<PlannedSlice>(slices);
        int at = 0;
        long taken = 0;
        for (int i = 1; i <= slices; i++)
        {
            long wanted = (long)(total * i / slices) - (long)(total * (i - 1) / slices);
            List<SliceRange> own = [];
            while (wanted > 0)
            {
                SliceRange range = ranges[at];
                long count = Math.Min(wanted, range.Count - taken);
                own.Add(new SliceRange(range.Part, range.Offset + taken, count));
                wanted -= count;
                taken += count;
                if (taken == range.Count)
                {
                    (at, taken) = (at + 1, 0);
                }
            }

            divided.Add(new PlannedSlice { Ranges = own });
        }

        return divided;
    }
}
