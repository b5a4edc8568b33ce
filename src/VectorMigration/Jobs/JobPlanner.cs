using VectorMigration.Errors;
using VectorMigration.Files;
using VectorMigration.Runs;
using VectorMigration.Vectors;

namespace VectorMigration.Jobs;

/// <summary>Opens a part.</summary>
/// <param name="part">Which.</param>
/// <param name="options">What was asked for.</param>
internal delegate OpenedPart OpenPart(JobPart part, MigrationOptions options);

/// <summary>Plans all parts of a job before the first vector. Changes nothing.</summary>
/// <param name="options">What was asked for, of all parts.</param>
/// <param name="open">Opens a part.</param>
/// <param name="onBadPart">What happens to a part that cannot be read.</param>
internal sealed class JobPlanner(MigrationOptions options, OpenPart open, BadPart onBadPart)
{
    /// <summary>Plans.</summary>
    /// <param name="parts">The parts in their order, one at least.</param>
    /// <param name="record">The record of earlier runs; null for none.</param>
    /// <param name="recordPath">Where it is, or will be; null where nothing is kept.</param>
    /// <param name="cancellationToken">Stops the planning.</param>
    /// <exception cref="MigrationException">The job is refused; the first reason.</exception>
    public JobPlan Plan(IReadOnlyList<JobPart> parts, JobRecord? record, string? recordPath, CancellationToken cancellationToken)
    {
        RefuseOptions();
        RefuseRepeated(parts);
        IReadOnlyList<string> labels = PartLabels.Of(
            [.. parts.Select(static part => part.Path)], [.. record?.Parts.Take(parts.Count).Select(static part => part.Label) ?? []]);
        var planned = new List<PlannedPart>(parts.Count);
        PlannedPart? unknown = null;
        long before = 0;
        for (int i = 0; i < parts.Count; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            RecordedPart? known = record?.Parts.ElementAtOrDefault(i) is { Skipped: false } recorded ? recorded : null;
            PlannedPart part = Look(parts[i], i + 1, labels[i], known, before, unknown, cancellationToken);
            planned.Add(part);
            before += part.Bad is null ? part.Count : known?.Count ?? 0;
            unknown ??= part.Bad is not null && known is null ? part : null;
        }

        JobPlan plan = new() { Collection = options.Collection, Parts = planned, RecordPath = recordPath };
        record?.Require(planned, options.OnChanged != ChangedSource.Refuse, recordPath ?? string.Empty);
        if (plan.Skipped.Count == planned.Count)
        {
            // Nothing is left to send: the first reason tells more than a job without parts.
            MigrationError bad = planned[0].Bad!;
            throw new MigrationException(bad.ErrorId, bad.Kind, bad.Message, bad.RecommendedAction, bad.Target);
        }

        RefuseOtherOffset(plan, record);
        if (options.Prune && plan.Skipped.Count > 0)
        {
            throw JobErrors.PruneNeedsAllParts(plan);
        }

        RefuseDifferent(plan);
        RefuseSharedPayload(plan);
        RefuseOneList(plan);
        RefuseOverlap(plan, cancellationToken);
        new PartPayloads(open, options).RefuseReplaced(plan, Meet, cancellationToken);
        return plan;
    }

    private void RefuseOptions()
    {
        if (options.Offset != 0)
        {
            throw JobErrors.NotForSeveral("-Skip", "Name one file to move a part of it.");
        }

        if (options.Limit is not null)
        {
            throw JobErrors.NotForSeveral("-First", "Name one file to move a part of it.");
        }

        if (options.IdFrom == IdOrigin.StoreId)
        {
            throw JobErrors.NotForSeveral("-IdFrom StoreId", "Move each file by a command of its own.");
        }
    }

    private static void RefuseRepeated(IReadOnlyList<JobPart> parts)
    {
        var seen = new Dictionary<(string, string?), int>();
        for (int i = 0; i < parts.Count; i++)
        {
            if (!seen.TryAdd((parts[i].Path, parts[i].VectorName), i))
            {
                throw JobErrors.Repeated(parts[i].Path, seen[(parts[i].Path, parts[i].VectorName)] + 1, i + 1);
            }
        }
    }

    private PlannedPart Look(
        JobPart part, int number, string label, RecordedPart? known, long before, PlannedPart? unknown, CancellationToken cancellationToken)
    {
        PlannedPart planned = new() { Number = number, Part = part, Label = label, Path = part.Path };
        bool isOpen = false;
        try
        {
            using OpenedPart opened = open(part, Options(planned));
            isOpen = true;
            planned = planned with { Index = opened.Source.Description, Path = opened.Source.Description.Path, IdNamespace = Namespace(part, label, known) };
            bool byPosition = planned.ByPosition && planned.IdNamespace is null;
            if (byPosition && unknown is not null && part.IdOffset is null && known is null)
            {
                throw JobErrors.OffsetUnknown(planned, unknown);
            }

            planned = planned with { IdOffset = part.IdOffset ?? known?.IdOffset ?? (options.IdOffset + (byPosition ? before : 0)) };
            IndexFindings found = new IndexSurvey(opened.Source, opened.Payload, Options(planned, opened.Options)).Read(cancellationToken);
            return planned with
            {
                Least = found.Ids.Least,
                Greatest = found.Ids.Greatest,
                Duplicates = found.Ids.Duplicates,
                Payload = found.PayloadIdentity,
                OtherLists = opened.OtherLists,
            };
        }
        catch (MigrationException bad) when (onBadPart == BadPart.Skip && IsOfTheFile(bad, isOpen))
        {
            return planned with { Index = null, Bad = bad.ToRecord() };
        }
    }

    /// <summary>The options of the run of a part, as far as they are known.</summary>
    private MigrationOptions Options(PlannedPart part, MigrationOptions? opened = null) => (opened ?? options) with
    {
        IdOffset = part.IdOffset,
        IdNamespace = part.IdNamespace,
        VectorName = part.Part.VectorName ?? options.VectorName,
        DryRun = false,
    };

    private string? Namespace(JobPart part, string label, RecordedPart? known) => options.IdMapping != IdMapping.Uuid5 ? part.IdNamespace
        : part.IdNamespace ?? known?.IdNamespace ?? (string.IsNullOrEmpty(options.IdNamespace) ? null : $"{options.IdNamespace}.{label}");

    /// <summary>What is wrong with ids or payloads of a file that can be read is for the user to decide, so it refuses the job.</summary>
    private static bool IsOfTheFile(MigrationException bad, bool isOpen) => bad.Kind is ErrorKind.InvalidData or ErrorKind.NotFound or ErrorKind.Permission
        && (!isOpen || bad.ErrorId is ErrorIds.IndexNotFound or ErrorIds.IndexIsDirectory or ErrorIds.IndexAccessDenied or ErrorIds.IndexUnreadable
            or ErrorIds.IndexEmpty or ErrorIds.IndexTooShort or ErrorIds.IndexTruncated or ErrorIds.IndexInvalid or ErrorIds.IndexChanged);

    private static void RefuseDifferent(JobPlan plan)
    {
        foreach (IGrouping<string?, PlannedPart> vector in plan.Readable.GroupBy(static part => part.Part.VectorName))
        {
            PlannedPart first = vector.First();
            foreach (PlannedPart part in vector.Skip(1))
            {
                if (part.Index!.Dimension != first.Index!.Dimension)
                {
                    throw JobErrors.Differ(first, part, "dimension", $"{first.Index.Dimension}", $"{part.Index.Dimension}");
                }

                if (part.Index.Metric != first.Index.Metric)
                {
                    throw JobErrors.Differ(first, part, "metric", $"{first.Index.Metric}", $"{part.Index.Metric}");
                }
            }
        }
    }

    /// <summary>The first part has the offset that was asked for. One that is not asked for again stays what it was.</summary>
    private void RefuseOtherOffset(JobPlan plan, JobRecord? record)
    {
        if (options.IdOffset != 0 && record?.Parts[0] is { Skipped: false } known && plan.Parts[0] is { Part.IdOffset: null } first
            && known.IdOffset != options.IdOffset)
        {
            throw JobErrors.OtherOffset(first, known.IdOffset, options.IdOffset, plan.RecordPath ?? string.Empty);
        }
    }

    private void RefuseSharedPayload(JobPlan plan)
    {
        foreach (IGrouping<(string?, string?), PlannedPart> shared in plan.Readable.Where(static part => part is { Part.PayloadPath: not null, Count: > 0 })
            .GroupBy(static part => (part.Part.PayloadPath, part.Part.VectorName)))
        {
            PlannedPart[] parts = [.. shared];
            for (int i = 1; i < parts.Length; i++)
            {
                if (Array.Find(parts[..i], other => options.PayloadRules.Key is null || MeetBeforeOffsets(other, parts[i])) is PlannedPart first)
                {
                    throw JobErrors.PayloadShared(first, parts[i], options.PayloadRules.Key is not null);
                }
            }
        }
    }

    /// <summary>One list with an entry for each vector of all parts is not told from their texts: none of them would have any.</summary>
    private static void RefuseOneList(JobPlan plan)
    {
        PlannedPart[] parts = [.. plan.Readable.Where(static part => part.Count > 0)];
        long vectors = parts.Sum(static part => part.Count);
        if (parts.Length > 1 && parts[0].OtherLists.FirstOrDefault(list => list.Entries == vectors && Array.TrueForAll(parts,
            part => part.OtherLists.Contains(list))) is (string path, _))
        {
            throw JobErrors.OneListOfAll(path, vectors, parts.Length);
        }
    }

    private static bool MeetBeforeOffsets(PlannedPart part, PlannedPart other) =>
        (part.IdOffset != 0 || other.IdOffset != 0 || part.IdNamespace is not null) && part.Least <= other.Greatest && other.Least <= part.Greatest;

    /// <summary>Parts whose ranges of ids do not meet have no id in common; the ids of the others are compared.</summary>
    private void RefuseOverlap(JobPlan plan, CancellationToken cancellationToken)
    {
        foreach (IGrouping<(string?, string?), PlannedPart> space in plan.Readable.Where(static part => part.Count > 0)
            .GroupBy(static part => (part.Part.VectorName, part.IdNamespace)))
        {
            PlannedPart[] meeting = [.. space.Where(part => space.Any(other => other != part && Meet(part, other)))];
            if (meeting.Length == 0)
            {
                continue;
            }

            var overlap = new PartOverlap(new SpillFolder(options.DryRun ? null : options.LogDirectory));
            PartIds ids = new(open, options);
            SharedIds shared = overlap.Find(
                meeting.Select(part => (part.Number, ids.Of(part, cancellationToken))), meeting.Sum(static part => part.Count), cancellationToken);
            if (shared.Count > 0)
            {
                throw JobErrors.Overlap(shared, plan);
            }
        }
    }

    private static bool Meet(PlannedPart part, PlannedPart other) =>
        (Int128)part.Least + part.IdOffset <= (Int128)other.Greatest + other.IdOffset
            && (Int128)other.Least + other.IdOffset <= (Int128)part.Greatest + part.IdOffset;
}
