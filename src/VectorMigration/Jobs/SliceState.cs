using VectorMigration.Errors;
using VectorMigration.Journal;
using VectorMigration.Vectors;

namespace VectorMigration.Jobs;

/// <summary>One range of a slice, with what its journals record.</summary>
/// <param name="Range">The range.</param>
/// <param name="Acknowledged">Ordinals that are acknowledged.</param>
internal sealed record RangeState(SliceRange Range, OrdinalSet Acknowledged);

/// <summary>One slice of a plan, with what it left behind in the log folders.</summary>
internal sealed record SliceState
{
    /// <summary>Which slice.</summary>
    public required SliceNumber Slice { get; init; }

    /// <summary>Its ranges.</summary>
    public required IReadOnlyList<RangeState> Ranges { get; init; }

    /// <summary>How it ended; null where nothing tells.</summary>
    public SliceRecord? Record { get; init; }

    /// <summary>Log folder of that record.</summary>
    public string? Folder { get; init; }

    /// <summary>The run id of the collection that has what its journals record; null where they record nothing, and where the server kept none.</summary>
    public string? CollectionRun { get; init; }

    /// <summary>There is a journal of it.</summary>
    public bool HasJournal { get; init; }

    /// <summary>Nothing of it was found.</summary>
    public bool IsMissing => Record is null && !HasJournal;

    /// <summary>It ended with everything sent that could be sent.</summary>
    public bool HasEnded => Record?.HasEnded == true;

    /// <summary>Its vectors.</summary>
    public long Count => Ranges.Sum(static range => range.Range.Count);

    /// <summary>Of them, those that are acknowledged.</summary>
    public long Acknowledged => Ranges.Sum(static range => range.Acknowledged.CountWithin(range.Range.Offset, range.Range.Count));

    /// <summary>Full path of the journal of a range.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="slice">Which slice.</param>
    /// <param name="range">Its range, from 1 on.</param>
    /// <param name="folder">Full path of the log folder.</param>
    public static string JournalOf(SlicePlan plan, SliceNumber slice, int range, string folder) =>
        JournalPaths.OfPart(folder, plan.Collection, VectorOf(plan, slice, range), LabelOf(plan, slice, range));

    private static string? VectorOf(SlicePlan plan, SliceNumber slice, int range) =>
        plan.Parts[plan.Slices[slice.Number - 1].Ranges[range - 1].Part - 1].VectorName ?? plan.Options.VectorName;

    /// <summary>Name of a range for its journal.</summary>
    public static string LabelOf(SlicePlan plan, SliceNumber slice, int range) => $"{plan.ShortId}.slice-{slice.Number}-of-{slice.Of}.{range}";

    /// <summary>Full path of the record of a slice.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="slice">Which slice.</param>
    /// <param name="folder">Full path of the log folder.</param>
    public static string RecordOf(SlicePlan plan, SliceNumber slice, string folder) => Path.ChangeExtension(
        JournalPaths.OfPart(folder, plan.Collection, plan.Options.VectorName, $"{plan.ShortId}.slice-{slice.Number}-of-{slice.Of}"), SliceRecord.Extension);

    /// <summary>The folders that are not there.</summary>
    /// <param name="folders">Full paths of log folders.</param>
    public static IReadOnlyList<string> Absent(IReadOnlyList<string> folders) => [.. folders.Where(static folder => !Directory.Exists(folder))];

    /// <summary>Gathers what all slices left behind.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="folders">Full paths of the log folders.</param>
    /// <exception cref="MigrationException">A journal is damaged, or the journals are of different collections.</exception>
    public static IReadOnlyList<SliceState> Gather(SlicePlan plan, IReadOnlyList<string> folders)
    {
        (string Path, string? Run)? first = plan.CollectionRun is string before ? (plan.Path, before) : null;
        return [.. plan.Slices.Select((slice, at) => Gather(plan, new SliceNumber(at + 1, plan.Slices.Count), slice, folders, ref first))];
    }

    private static SliceState Gather(
        SlicePlan plan, SliceNumber number, PlannedSlice slice, IReadOnlyList<string> folders, ref (string Path, string? Run)? first)
    {
        List<RangeState> ranges = [];
        bool hasJournal = false;
        string? run = null;
        for (int i = 0; i < slice.Ranges.Count; i++)
        {
            OrdinalSet acknowledged = new();
            foreach (string folder in folders)
            {
                string path = JournalOf(plan, number, i + 1, folder);
                JournalContent said = JournalContent.Read(path);
                if (said.Header is not { } header)
                {
                    continue;
                }

                hasJournal = true;
                if (said.Acknowledged.Count == 0)
                {
                    continue;
                }

                if (!IsOf(plan, slice.Ranges[i], header.Key))
                {
                    throw SliceErrors.ForeignJournal(plan.Path, path, number);
                }

                first ??= (path, header.CollectionRun);
                if (header.CollectionRun != first.Value.Run)
                {
                    throw SliceErrors.TwoCollections(plan.Path, first.Value.Path, path);
                }

                run = header.CollectionRun;
                acknowledged.AddAll(said.Acknowledged);
            }

            ranges.Add(new RangeState(slice.Ranges[i], acknowledged));
        }

        (SliceRecord Record, string Folder)[] records = [.. folders.Select(folder => (SliceRecord.Read(RecordOf(plan, number, folder)), folder))
            .Where(found => found.Item1 is { } record && record.PlanId == plan.PlanId && record.Slice == number.Number)
            .Select(static found => (found.Item1!, found.folder))];
        (SliceRecord Record, string Folder) last = records.OrderByDescending(static found => found.Record.HasEnded)
            .ThenByDescending(static found => found.Record.At).FirstOrDefault();
        return new SliceState
        {
            Slice = number,
            Ranges = ranges,
            HasJournal = hasJournal,
            CollectionRun = run,
            Record = last.Record ?? (slice.Ranges.Count == 0 ? Nothing(plan, number) : null),
            Folder = last.Folder,
        };
    }

    /// <summary>Whether a journal is of the vectors of a part, under their ids.</summary>
    private static bool IsOf(SlicePlan plan, SliceRange range, JournalKey key)
    {
        SlicePlanPart part = plan.Parts[range.Part - 1];
        return key.Index == JournalKey.IndexOf(part.Length, part.Fingerprint) && key.Vectors == part.Count && key.Collection == plan.Collection
            && key.IdMapping == plan.Options.IdMapping && key.IdOffset == part.IdOffset
            && (key.IdNamespace ?? string.Empty) == (part.IdNamespace ?? string.Empty)
            && key.VectorName == (part.VectorName ?? plan.Options.VectorName ?? string.Empty);
    }

    /// <summary>A slice without vectors has ended before it was run.</summary>
    private static SliceRecord Nothing(SlicePlan plan, SliceNumber number) => new()
    {
        PlanId = plan.PlanId,
        Slice = number.Number,
        Status = Runs.MigrationStatus.Completed,
    };
}
