using VectorMigration.Errors;
using VectorMigration.Runs;
using VectorMigration.Vectors;

namespace VectorMigration.Jobs;

/// <summary>One slice of a plan as a job of its own: a run and a journal for each of its ranges, and a record of how it ended.</summary>
/// <param name="plan">The plan.</param>
/// <param name="slice">Which slice.</param>
/// <param name="options">The options of the plan, with those of this run.</param>
/// <param name="open">Opens a part.</param>
internal sealed class SliceJob(SlicePlan plan, SliceNumber slice, MigrationOptions options, OpenPart open)
{
    /// <summary>What runs its ranges.</summary>
    public MigrationJob Job { get; } = new([], options, open, BadPart.Fail);

    /// <summary>Options of a slice. Refuses those that a slice cannot have, because other slices may be running.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="asked">The options of the plan, with those of this run.</param>
    /// <param name="journalGiven">A journal was named.</param>
    /// <exception cref="MigrationException">One was given.</exception>
    public static MigrationOptions Options(SlicePlan plan, MigrationOptions asked, bool journalGiven)
    {
        (string Option, string Next)? wrong = asked.Recreate
                ? ("-Recreate", "It would delete the points of other slices. Delete the collection before the first slice.")
            : asked.OnChanged != ChangedSource.Refuse ? ("-OnChanged", "If a file has changed, make a new plan.")
            : asked.Prune ? ("-Prune", "Points of other slices could be deleted as vanished.")
            : asked.Indexing.Wait ? ("-WaitIndexed", "Join-VectorMigration waits for the index after all slices.")
            : journalGiven ? ("-JournalPath", "Each slice has journals of its own in -LogDirectory.")
            : null;
        return wrong is var (option, next) ? throw SliceErrors.NotForSlices(option, next)
            : asked with
            {
                SliceJob = plan.JobId,
                SliceCollection = plan.CollectionRun,
                JournalPath = null,
                JournalIsDefault = true,
                Indexing = asked.Indexing with { OnlyDefers = true },
            };
    }

    /// <summary>All parts of a plan, checked against the files.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="options">The options of the plan.</param>
    /// <param name="open">Opens a part.</param>
    /// <exception cref="MigrationException">A file cannot be read, or has changed since the plan was made.</exception>
    public static JobPlan Whole(SlicePlan plan, MigrationOptions options, OpenPart open) => new()
    {
        Collection = plan.Collection,
        Parts = [.. plan.Parts.Select((_, at) => Look(plan, at + 1, options, open) with { Number = at + 1 })],
    };

    /// <summary>The ranges of the slice, checked against the files. Changes nothing.</summary>
    /// <exception cref="MigrationException">A file cannot be read, or has changed since the plan was made.</exception>
    public JobPlan Plan()
    {
        IReadOnlyList<SliceRange> ranges = plan.Slice(slice).Ranges;
        Dictionary<int, PlannedPart> parts = ranges.Select(static range => range.Part).Distinct()
            .ToDictionary(static part => part, part => Look(plan, part, options, open));
        return new JobPlan
        {
            Collection = plan.Collection,
            Parts = [.. ranges.Select((range, at) => parts[range.Part] with
            {
                Number = at + 1,
                Label = SliceState.LabelOf(plan, slice, at + 1),
                Range = new OrdinalRange(range.Offset, range.Offset + range.Count - 1),
            })],
        };
    }

    /// <summary>Runs the ranges, and records how the slice ended.</summary>
    /// <param name="ranges">The ranges.</param>
    /// <param name="run">Runs a range and answers with its result, errors and cancellation included.</param>
    /// <param name="cancellationToken">Stops the slice between two ranges; the run of a range has its own.</param>
    /// <exception cref="MigrationException">The record cannot be written.</exception>
    public async Task<MigrationResult> RunAsync(JobPlan ranges, Func<PlannedPart, Task<MigrationResult>> run, CancellationToken cancellationToken)
    {
        string? path = options is { DryRun: false, LogDirectory: string folder } ? SliceState.RecordOf(plan, slice, folder) : null;
        SliceRecord? before = path is null ? null : SliceRecord.Read(path);
        bool ended = HasEnded(before) && !options.Restart;
        if (!ended && path is not null)
        {
            Record(null).Write(path);
        }

        var results = new Dictionary<int, MigrationResult>();
        MigrationResult total = ranges.Parts.Count == 0 ? Nothing()
            : await Job.RunAsync(ranges, async part => results[part.Number] = await run(part).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);

        // A slice that has ended and is run again has nothing to send: the figures of the run that sent it stay. It may have ended meanwhile, in the
        // process that holds its journals.
        if (path is not null && !(total.Counts.Sent == 0 && HasEnded(SliceRecord.Read(path))))
        {
            (Record(total) with
            {
                Ranges = [.. ranges.Parts.Select(part => results.TryGetValue(part.Number, out MigrationResult? result) ? new SliceRangeRecord
                {
                    Status = result.Status,
                    RunId = result.RunId == Guid.Empty ? null : result.RunId,
                    Counts = result.Counts,
                    Seconds = result.Duration.TotalSeconds,
                    Error = result.Error,
                } : new SliceRangeRecord { Counts = new MigrationCounts { Source = part.Count } })],
            }).Write(path);
        }

        return total;
    }

    private static PlannedPart Look(SlicePlan plan, int number, MigrationOptions options, OpenPart open)
    {
        SlicePlanPart kept = plan.Parts[number - 1];
        JobPart part = new(plan.Full(kept.Path))
        {
            StorePath = kept.Store is string store ? plan.Full(store) : null,
            PayloadPath = kept.PayloadFile is string payload ? plan.Full(payload) : null,
            IdOffset = kept.IdOffset,
            IdNamespace = kept.IdNamespace,
            VectorName = kept.VectorName,
        };
        using OpenedPart opened = open(part, options);
        IndexDescription index = opened.Source.Description;
        string? what = index.Identity.Length != kept.Length || index.Identity.Fingerprint != kept.Fingerprint || index.Count != kept.Count ? "another content"
            : opened.Payload?.Identity != kept.Payload ? "other payloads"
            : null;
        return what is not null ? throw SliceErrors.Outdated(index.Path, what, plan.Path) : new PlannedPart
        {
            Number = number,
            Part = part,
            Label = $"{number}",
            Path = index.Path,
            Index = index,
            IdOffset = kept.IdOffset,
            IdNamespace = kept.IdNamespace,
            Payload = kept.Payload,
        };
    }

    private bool HasEnded(SliceRecord? record) => record?.HasEnded == true && record.PlanId == plan.PlanId && record.Slice == slice.Number;

    private MigrationResult Nothing() => new()
    {
        RunId = Job.JobId,
        Status = options.DryRun ? MigrationStatus.Planned : MigrationStatus.Completed,
        Path = Path.GetDirectoryName(plan.Path)!,
        Endpoint = string.Empty,
        Collection = plan.Collection,
        Parts = [],
        LogDirectory = options.DryRun ? null : options.LogDirectory,
    };

    private SliceRecord Record(MigrationResult? total) => new()
    {
        PlanId = plan.PlanId,
        Slice = slice.Number,
        Status = total?.Status,
        At = DateTimeOffset.UtcNow,
        Warnings = total?.Warnings ?? [],
        LostLogLines = total?.LostLogLines ?? 0,
        Error = total?.Error,
    };
}
