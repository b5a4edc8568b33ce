namespace VectorMigration.Commands;

/// <summary>
/// A verification of the result of a migration means what that migration moved: its range, ids, payloads and mapping. What is given with the cmdlet counts
/// for more.
/// </summary>
internal static class AdoptedRun
{
    private static readonly string[] MappingParameters = ["PayloadField", "ExcludePayloadField", "RenamePayload", "FlattenPayload", "PayloadType"];

    private static readonly string[] SourceParameters = ["PayloadPath", "StorePath", "NoStore"];

    /// <summary>The options of a verification, with those of the migration where none were given.</summary>
    /// <param name="given">What was given with the cmdlet.</param>
    /// <param name="run">What the migration was asked for.</param>
    /// <param name="isGiven">Whether a parameter was given.</param>
    public static MigrationOptions Options(MigrationOptions given, MigrationOptions run, Func<string, bool> isGiven)
    {
        MigrationOptions options = Ranged(given, run, isGiven);
        return isGiven("NoStore") && !isGiven("PayloadPath") ? options : WithPayloads(options, run, isGiven);
    }

    private static MigrationOptions Ranged(MigrationOptions given, MigrationOptions run, Func<string, bool> isGiven) => given with
    {
        VectorName = isGiven("VectorName") ? given.VectorName : run.VectorName,
        Distance = isGiven("Distance") ? given.Distance : run.Distance,
        Offset = isGiven("Skip") ? given.Offset : run.Offset,
        Limit = isGiven("First") ? given.Limit : run.Limit,
        IdFrom = isGiven("IdFrom") ? given.IdFrom : run.IdFrom,
        IdMapping = isGiven("IdMapping") ? given.IdMapping : run.IdMapping,
        IdOffset = isGiven("IdOffset") ? given.IdOffset : run.IdOffset,
        IdNamespace = isGiven("IdNamespace") ? given.IdNamespace : run.IdNamespace,
        IdField = isGiven("IdField") ? given.IdField : run.IdField,
        AllowDuplicateIds = isGiven("AllowDuplicateId") ? given.AllowDuplicateIds : run.AllowDuplicateIds,
        SkipInvalid = isGiven("SkipInvalid") ? given.SkipInvalid : run.SkipInvalid,
        AllowDecoded = isGiven("AllowDecoded") ? given.AllowDecoded : run.AllowDecoded,
        OnExisting = isGiven("OnExisting") || run.OnExisting != ExistingPoints.Merge ? given.OnExisting : run.OnExisting,
    };

    private static MigrationOptions WithPayloads(MigrationOptions given, MigrationOptions run, Func<string, bool> isGiven) => given with
    {
        PayloadKey = isGiven("PayloadKey") ? given.PayloadKey : run.PayloadKey,
        PayloadByRow = isGiven("PayloadByRow") ? given.PayloadByRow : run.PayloadByRow,
        DropPayloadKey = isGiven("DropPayloadKey") ? given.DropPayloadKey : run.DropPayloadKey,
        OnMissingPayload = isGiven("OnMissingPayload") ? given.OnMissingPayload : run.OnMissingPayload,
        OnSurplusPayload = isGiven("OnSurplusPayload") ? given.OnSurplusPayload : run.OnSurplusPayload,
        LargeInteger = isGiven("LargeInteger") ? given.LargeInteger : run.LargeInteger,
        PayloadMapping = MappingParameters.Any(isGiven) ? given.PayloadMapping : run.PayloadMapping,
        PayloadLayout = isGiven("PayloadLayout") ? given.PayloadLayout : run.PayloadLayout,
        MergePayload = isGiven("MergePayload") ? given.MergePayload : run.MergePayload,
    };

    /// <summary>The files of a verification, with those of the migration where none were given.</summary>
    public static RunSource Source(RunSource given, RunSource run, Func<string, bool> isGiven)
    {
        RunSource source = given with
        {
            ListPath = isGiven("ListPath") ? given.ListPath : run.ListPath,
            OriginalVectors = isGiven("OriginalVectors") ? given.OriginalVectors : run.OriginalVectors,
            BinaryAs = isGiven("BinaryAs") ? given.BinaryAs : run.BinaryAs,
        };
        return SourceParameters.Any(isGiven) ? source
            : source with { PayloadPath = run.PayloadPath, StorePath = run.StorePath, NoStore = run.NoStore };
    }
}
