namespace VectorMigration.Errors;

/// <summary>Errors of several index files that are moved as one job.</summary>
public static partial class ErrorIds
{
    /// <summary>The manifest of the parts cannot be read.</summary>
    public const string ManifestInvalid = nameof(ManifestInvalid);
    /// <summary>A file is in the list of parts twice.</summary>
    public const string PartRepeated = nameof(PartRepeated);
    /// <summary>Parts have different dimensions or metrics.</summary>
    public const string PartsDiffer = nameof(PartsDiffer);
    /// <summary>Several parts have the same id.</summary>
    public const string PartIdsOverlap = nameof(PartIdsOverlap);
    /// <summary>A merge would replace payload fields that an earlier part writes to the same points.</summary>
    public const string PartPayloadsDiffer = nameof(PartPayloadsDiffer);
    /// <summary>The ids of a part depend on the number of vectors of a part that cannot be read.</summary>
    public const string PartOffsetUnknown = nameof(PartOffsetUnknown);
    /// <summary>A part of the job is missing, or has another place or content.</summary>
    public const string PartsChanged = nameof(PartsChanged);
    /// <summary>A part could not be read and was skipped.</summary>
    public const string PartSkipped = nameof(PartSkipped);
    /// <summary>An option does not apply to several parts.</summary>
    public const string NotForSeveralParts = nameof(NotForSeveralParts);
    /// <summary>The plan of slices cannot be used.</summary>
    public const string PlanInvalid = nameof(PlanInvalid);
    /// <summary>There is a file where the plan of slices is to be written.</summary>
    public const string PlanExists = nameof(PlanExists);
    /// <summary>A file has changed since the plan of slices was written.</summary>
    public const string PlanOutdated = nameof(PlanOutdated);
    /// <summary>The plan has no such slice.</summary>
    public const string SliceUnknown = nameof(SliceUnknown);
    /// <summary>Slices have not ended.</summary>
    public const string SlicesUnfinished = nameof(SlicesUnfinished);
    /// <summary>An option does not apply to a slice.</summary>
    public const string NotForSlices = nameof(NotForSlices);
}
