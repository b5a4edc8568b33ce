using System.Globalization;
using VectorMigration.Collections;
using VectorMigration.Errors;
using VectorMigration.Files;
using VectorMigration.Store;
using VectorMigration.Vectors;

namespace VectorMigration.Runs;

/// <summary>Says in words what a run will do: one sentence for <c>-WhatIf</c>, and the parts of which a sheet is made. Both faces use the same words.</summary>
internal static class PlanText
{
    /// <summary>The plan in one sentence, for a question and the verbose stream.</summary>
    public static string Of(MigrationPlan plan) => plan.FromPipeline
        ? $"Send the vectors of the pipeline to collection '{plan.Collection}' at {plan.Endpoint}, {Collection(plan)}"
        : $"{(plan.Sync is null ? "Send" : "Sync")} {Sending(plan)} from {plan.Index.Path} to collection '{plan.Collection}' at {plan.Endpoint}, "
            + $"{WithPayload(plan)}{Collection(plan)}, then {Proof(plan.Verification)}";

    /// <summary>How many vectors from where, in how many batches.</summary>
    public static string Sending(MigrationPlan plan) => plan.ToSend == 0 ? $"none of {Units.Of(plan.Count, "vector", "vectors")}" :
        $"{(plan.ToSend == plan.Count ? string.Empty : $"{Units.Count(plan.ToSend)} of ")}{Units.Of(plan.Count, "vector", "vectors")}"
        + $"{(plan.Offset == 0 ? string.Empty : $" from position {Units.Count(plan.Offset)} on")}{Batches(plan)} ({Size(plan)})";

    /// <summary>The journal, and what it knows already; null without one.</summary>
    public static string? Journal(MigrationPlan plan) => plan.Acknowledged == 0 ? plan.JournalPath
        : $"{plan.JournalPath}: {Units.Of(plan.Acknowledged, "vector is", "vectors are")} already acknowledged";

    /// <summary>What a run resumes, in a line for those who watch it: its own counts are not those of the migration. Null where it resumes nothing.</summary>
    public static string? Resuming(MigrationPlan plan) => plan is not { Acknowledged: > 0, ToSend: > 0, Sync: null } ? null
        : $"resuming: {Units.Count(plan.Acknowledged)} of {Units.Of(plan.Count, "vector is", "vectors are")} already acknowledged, "
            + $"{(plan.Existing is { Equal: > 0 and long equal } ? $"{Units.Count(equal)} equal points are already in the collection, " : string.Empty)}"
            + $"{Units.Count(plan.ToSend)} to send";

    /// <summary>The metric behind a comma; empty for a file of vectors, which has none.</summary>
    public static string Metric(IndexDescription index) => index.Metric == FaissMetric.None ? string.Empty : $", {index.Metric}";

    /// <summary>Where the vectors come from, if they are not those that the index holds; null otherwise.</summary>
    public static string? Vectors(IndexDescription index) => index switch
    {
        { OriginalsPath: string originals } => $"the originals in {originals}, under the ids of the index; each is compared with what the index holds of it",
        { Fidelity: Fidelity.Approximate } => index.Codec is null
            ? "as the index holds them after a transform, not the originals" : $"decoded from codes ({index.Codec}), close to the originals",
        _ => null,
    };

    /// <summary>Number of batches, after "vectors"; empty where the run finds their size while it sends, because nobody knows their number before.</summary>
    private static string Batches(MigrationPlan plan) => plan.BatchSize is null ? string.Empty : $" in {Units.Of(plan.Batches, "batch", "batches")}";

    /// <summary>Bytes to send.</summary>
    public static string Size(MigrationPlan plan) =>
        $"{Units.Bytes(plan.Bytes)}{(plan.PayloadPath is null ? string.Empty : " and payloads")}";

    /// <summary>Where payloads come from and how they find their vectors; null without payloads.</summary>
    public static string? Payload(MigrationPlan plan) => plan.PayloadPath is null ? null
        : $"{(plan.PayloadIsFound ? "found next to the index: " : string.Empty)}{PayloadFile(plan)}"
            + (plan.PayloadJoin is null ? "; not read" : $"; {plan.PayloadJoin}{Without(plan)}");

    /// <summary>The file that payloads come from, and what it is; null without payloads.</summary>
    public static string? PayloadFile(MigrationPlan plan) => plan.PayloadPath is null ? null
        : $"{PrivateFolder.Shown(plan.PayloadPath)}{(plan.PayloadForm is null ? string.Empty : $" ({plan.PayloadForm})")}";

    /// <summary>The documents of a store in numbers; null without one.</summary>
    public static string? Store(MigrationPlan plan) => plan.Store is not { } store ? null
        : $"{store.Framework}, {Units.Of(store.Documents, "document", "documents")}, {Units.Count(store.Matched)} matched"
            + (store.LeftOut == 0 ? string.Empty : $", {Units.Count(store.LeftOut)} skipped because they belong to no vector");

    /// <summary>What becomes of the fields of payloads; null where they stay what they are.</summary>
    public static string? Mapping(MigrationOptions options) =>
        string.Join("; ", ((string?[])
        [
            options.PayloadLayout == PayloadLayout.Default ? null : $"in the layout of {options.PayloadLayout}",
            options.PayloadMapping?.Text,
        ]).OfType<string>()) is { Length: > 0 } words ? words : null;

    /// <summary>What becomes of the ids, by itself.</summary>
    public static string IdState(MigrationPlan plan) => plan switch
    {
        { IdFrom: IdOrigin.StoreId, IdMapping: IdMapping.Keep } => "ids of the store, kept as point ids",
        { IdFrom: IdOrigin.StoreId } => $"UUIDv5 of the store's id; the original stays in the payload as {plan.IdField}",
        { IdMapping: IdMapping.Keep, IdOffset: 0 } => "kept as point ids",
        { IdMapping: IdMapping.Keep } => $"shifted by {Units.Count(plan.IdOffset)}",
        _ => $"UUIDv5 of the FAISS id; the original stays in the payload as {plan.IdField}",
    };

    /// <summary>What becomes of the collection, within a sentence.</summary>
    public static string Collection(MigrationPlan plan) => plan.ServerVersion.Length == 0
        ? $"whose state is unknown because {Unread(plan)}"
        : $"{(plan.RecreatesCollection ? $"DELETING it{Losses(plan)} and creating it again" : plan.CreatesCollection ? "creating it" : "which exists")} "
            + $"({Settings(plan)})";

    /// <summary>What becomes of the collection, by itself.</summary>
    public static string CollectionState(MigrationPlan plan) => plan switch
    {
        { ServerVersion.Length: 0 } => $"unknown, because {Unread(plan)}; the index needs {Settings(plan)}",
        { RecreatesCollection: true } => $"DELETED with {Units.Of(plan.PresentBefore, "point", "points")}{Losses(plan)}, then created: {Settings(plan)}",
        { CreatesCollection: true } => $"created: {Settings(plan)}",
        { AddsVector: true } => $"exists with {Units.Of(plan.PresentBefore, "point", "points")}, gets the vector '{plan.Settings.VectorName}': "
            + Settings(plan),
        _ => $"exists with {Units.Of(plan.PresentBefore, "point", "points")}: {Settings(plan)}",
    };

    /// <summary>Why nothing is known of the server.</summary>
    private static string Unread(MigrationPlan plan) => plan.Refusals.Any(static refusal => refusal.Kind == ErrorKind.Authentication)
        ? "the server does not accept the API key" : "the server did not answer";

    /// <summary>The quantization that matches the codes of the index: created, or proposed; null where nothing of it can be.</summary>
    public static string? Quantization(MigrationPlan plan) => plan is not { Match: { } match, CreatesCollection: true } ? null
        : IsMatched(plan.Settings, match) ? match.Because
        : plan.Settings.Quantization is not null ? null
        : $"proposed: {match.Because}. {QuantizationMatch.Option} creates it";

    /// <summary>A distance that is proposed; null where there is none.</summary>
    public static string? DistanceProposal(MigrationPlan plan) => plan is { CreatesCollection: true, Settings.Distance: Distance.Dot }
        ? ProposedDistance(plan.Index) : null;

    /// <summary>The distance that is proposed for an index; null where there is none.</summary>
    public static string? ProposedDistance(IndexDescription index) => index.ProposedDistance is not Distance proposed ? null
        : $"{proposed} is possible: {Sampled(index.SampledNorms ?? 0)} length 1, so it ranks as the index does. To use it, add "
            + OptionNames.Here($"-Distance {proposed}");

    private static string Sampled(int norms) => norms == 1 ? "the sampled vector has" : $"all {Units.Count(norms)} sampled vectors have";

    /// <summary>Memory and disk, before and after; null where nothing was estimated.</summary>
    public static string? Size(StorageEstimate? estimate, bool withPayload) => estimate is null ? null
        : $"index file {Units.Bytes(estimate.IndexBytes)}; collection about {Units.Bytes(estimate.MemoryBytes)} in memory and "
            + $"{Units.Bytes(estimate.DiskBytes)} on disk (vectors {Units.Bytes(estimate.VectorBytes)}"
            + (estimate.QuantizedBytes is long codes ? $", codes {Units.Bytes(codes)}" : string.Empty)
            + $", graph {Units.Bytes(estimate.GraphBytes)}"
            + (estimate.PayloadBytes is long payload ? $", payloads {Units.Bytes(payload)}" : withPayload ? "; payloads not included" : string.Empty)
            + "). Estimated from the settings of the collection";

    private static bool IsMatched(CollectionSettings settings, QuantizationMatch match) => match.Quantization is { } codes
        ? settings.Quantization is { } made && made with { AlwaysRam = null } == codes
        : settings.Datatype == match.Datatype;

    /// <summary>What is there already under ids that are to be sent; null where nothing is.</summary>
    public static string? Existing(MigrationPlan plan) => plan.Existing is not { } found || found.Taken + found.Absent == 0 ? null
        : string.Join(", ", ((string?[])
    [
        $"{Units.Of(found.Taken, "id exists", "ids exist")} in the collection",
        found.Equal > 0 ? $"{Units.Count(found.Equal)} equal to the index" : null,
        found is { Merged: > 0, OnExisting: not ExistingPoints.Merge }
            ? $"{Units.Count(found.Merged)} of earlier runs {(found.Merged == 1 ? "keeps its" : "keep their")} payload, and the vector is sent again" : null,
        found is { OnExisting: ExistingPoints.Overwrite, Taken: > 0 } ? "replaced whole, with their other vectors and their payload" : null,
        found.ReplacedFields > 0 ? $"{Units.Of(found.ReplacedFields, "payload field", "payload fields")} with other values replaced" : null,
        found is { Merged: > 0, OnExisting: ExistingPoints.Merge }
            ? $"{Units.Of(found.Merged, "point gets", "points get")} the vector '{plan.Settings.VectorName}' and otherwise stay unchanged" : null,
        found.Conflicts > found.OwnConflicts
            ? $"{Units.Count(found.Conflicts - found.OwnConflicts)} not written by this migration"
                + $"{(found.OnExisting == ExistingPoints.Skip ? ", skipped" : string.Empty)}"
            : null,
        found.OwnConflicts > 0 ? $"{Units.Count(found.OwnConflicts)} written by this migration with another payload, and perhaps with other vectors" : null,
        found.Absent > 0 ? $"{Units.Of(found.Absent, "vector has", "vectors have")} no point to merge into" : null,
    ]).Where(static part => part is not null));

    /// <summary>What a sync does; null for every other run.</summary>
    public static string? Sync(MigrationPlan plan) => plan.Sync is not { } sync ? null : string.Join(", ", ((string?[])
    [
        $"create {Units.Count(sync.Created)}",
        $"repair {Units.Count(sync.Changed)}",
        $"{Units.Count(sync.Equal)} equal",
        sync.Vanished == 0 ? null
            : $"{(sync.Prunes ? "delete " : string.Empty)}{Units.Count(sync.Prunes ? sync.Deleted : sync.Vanished)} no longer in the index "
                + $"({FirstVanished(sync)})",
    ]).OfType<string>());

    /// <summary>The points that somebody agrees to before they are pruned.</summary>
    public static string PrunedPoints(MigrationPlan plan) =>
        $"{Units.Of(plan.Sync!.Deleted, "point", "points")} of collection '{plan.Collection}' at {plan.Endpoint} "
            + $"{(plan.Sync.Deleted == 1 ? "that is" : "that are")} no longer in the index ({FirstVanished(plan.Sync)})";

    /// <summary>The first ids that the index no longer has.</summary>
    public static string FirstVanished(SyncPlan sync) =>
        $"{(sync.Vanished == 1 ? "id" : "ids")} {string.Join(", ", sync.FirstVanished)}{(sync.Vanished > sync.FirstVanished.Count ? ", …" : string.Empty)}";

    /// <summary>The pace.</summary>
    public static string Pace(MigrationPlan plan) => plan.Flow == "adaptive" ? "adaptive: batch size and parallelism are tuned during the upload" : plan.Flow;

    /// <summary>What the run ends with.</summary>
    public static string Proof(VerificationMode mode) => mode switch
    {
        VerificationMode.Full => "count all points, and read back and compare every vector",
        VerificationMode.Count => "count all points",
        VerificationMode.Sample => "count all points, and read back and compare a random sample",
        _ => "do not verify",
    };

    /// <summary>How long it will take, by an earlier run; null where none tells.</summary>
    public static string? Expectation(MigrationPlan plan) => plan.Expectation is not RunExpectation expected ? null : string.Create(
        CultureInfo.InvariantCulture,
        $"about {Units.Time(expected.Duration)}{Shares(expected)}, judging by the run of "
            + $"{expected.StartedAt.UtcDateTime:yyyy-MM-dd HH:mm} UTC ({Units.Of(expected.Vectors, "vector", "vectors")})");

    /// <summary>Upload and verification apart, where there are both.</summary>
    private static string Shares(RunExpectation expected) => expected.Upload == TimeSpan.Zero || expected.Verification is not TimeSpan proof ? string.Empty
        : $" (upload {Units.Time(expected.Upload)}, verification {Units.Time(proof)})";

    /// <summary>The ids of the reasons for which it would be refused; the errors that follow give them in full. Null where there is none.</summary>
    public static string? Refused(MigrationPlan plan) => plan.Refusals.Count == 0 ? null
        : $"for {Units.Of(plan.Refusals.Count, "reason", "reasons")}: {string.Join(", ", plan.Refusals.Select(static refusal => refusal.ErrorId))}";

    /// <summary>What a run deletes that cannot be restored, and asks about before; null where it deletes nothing.</summary>
    public static string? Deletion(MigrationPlan plan) => plan switch
    {
        { RecreatesCollection: true } => $"the collection with {Units.Of(plan.PresentBefore, "point", "points")}",
        { Sync.Deleted: > 0 and long vanished } => Units.Of(vanished, "point", "points"),
        _ => null,
    };

    /// <summary>Why vectors cannot be stored, as a cause.</summary>
    public static string InvalidParts(MigrationPlan? plan) => string.Join(", or ", ((string?[])
    [
        "NaN or infinite components",
        plan?.StoredDatatype == VectorDatatype.Float16 ? "components that Float16 cannot hold" : null,
        plan?.Settings.Distance == Distance.Cosine ? "norms that Cosine cannot use" : null,
    ]).OfType<string>());

    /// <summary>Vectors that were skipped because of what is in the collection; null where there are none.</summary>
    public static string? LeftThere(MigrationCounts counts, MigrationPlan? plan)
    {
        long absent = Math.Min(counts.LeftThere, plan?.Existing?.Absent ?? 0);
        return counts.LeftThere == 0 ? null : string.Join(", ", ((string?[])
        [
            counts.LeftThere > absent ? $"{Units.Count(counts.LeftThere - absent)}: points of other runs use these ids and were not changed" : null,
            absent > 0 ? $"{Units.Count(absent)}: no point to merge into" : null,
        ]).OfType<string>());
    }

    /// <summary>What goes with a collection besides its points; empty where nothing does.</summary>
    public static string Losses(MigrationPlan plan) => plan.Lost.Count == 0 ? string.Empty : $" (and its {string.Join("; ", plan.Lost)})";

    private static string WithPayload(MigrationPlan plan) =>
        plan.PayloadPath is null ? string.Empty : $"payloads from {PayloadFile(plan)} ({plan.PayloadJoin}{Stored(plan)}{Without(plan)}{Mapped(plan)}), ";

    private static string Without(MigrationPlan plan) =>
        (plan.WithoutPayload == 0 ? string.Empty : $"; none for {Units.Of(plan.WithoutPayload, "vector", "vectors")}")
            + (plan.SurplusPayload == 0 ? string.Empty : $"; {Units.Count(plan.SurplusPayload)} of no vector ignored");

    private static string Stored(MigrationPlan plan) => plan.Store is null ? string.Empty : $"; {Store(plan)}";

    private static string Mapped(MigrationPlan plan) => plan.PayloadMapping is null ? string.Empty : $"; mapped: {plan.PayloadMapping}";

    private static string Settings(MigrationPlan plan) => plan.CreatesCollection
        ? $"{CollectionText.Of(plan.Settings)}{(plan.Indexing == IndexingMode.Deferred ? ", indexed after the load" : string.Empty)}"
        : string.Join(", ", ((string?[])[Vectors(plan), CollectionText.PayloadIndexes(plan.Settings)]).OfType<string>());

    /// <summary>A collection that exists is described as it is, not as the index would need it.</summary>
    private static string Vectors(MigrationPlan plan) => plan.AddsVector || plan.ServerVersion.Length == 0 ? CollectionText.Vectors(plan.Settings)
        : CollectionText.Present(plan.PresentVectors, plan.Settings.VectorName);

    /// <summary>How long it takes at least: without a measurement of line and server, only the pauses can be added up. Null without pauses.</summary>
    public static string? AtLeast(MigrationPlan plan, TimeSpan batchDelay) =>
        batchDelay == TimeSpan.Zero || plan.Batches < 2 ? null : $"at least {Units.Time(batchDelay * (plan.Batches - 1))} for the pauses alone";
}
