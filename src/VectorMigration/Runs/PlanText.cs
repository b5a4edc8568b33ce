using System.Globalization;
using VectorMigration.Collections;
using VectorMigration.Vectors;

namespace VectorMigration.Runs;

/// <summary>Says in words what a run will do: one sentence for <c>-WhatIf</c>, and the parts of which a sheet is made. Both faces use the same words.</summary>
internal static class PlanText
{
    /// <summary>The whole plan in one sentence: count, dimension, batches, bytes, time, collection.</summary>
    public static string Of(MigrationPlan plan, TimeSpan? batchDelay = null) => plan.FromPipeline
        ? $"Send the vectors of the pipeline (as many as come: the number is not known before) ({Pace(plan)}), {Collection(plan)}"
        : $"{(plan.Sync is null ? "Send" : "Sync")} {Sent(plan)} vectors × {plan.Index.Dimension} of {plan.Index.Kind} {plan.Index.Path} from ordinal "
            + $"{Units.Count(plan.Offset)} in {Batches(plan)}, {Size(plan)}{Ids(plan)}"
            + $"{((plan.Sync is null ? Existing(plan) : Sync(plan)) is string there ? $", {there}" : string.Empty)}"
            + $"{Time(plan, batchDelay ?? TimeSpan.Zero)}, {Collection(plan)}, {Pace(plan)}, then "
            + $"{Proof(plan.Verification)}{Refused(plan)}";

    /// <summary>Number of batches.</summary>
    public static string Batches(MigrationPlan plan) => $"{(plan.BatchSize is null ? "about " : string.Empty)}{Units.Of(plan.Batches, "batch", "batches")}";

    /// <summary>Bytes to send.</summary>
    public static string Size(MigrationPlan plan) =>
        plan.PayloadPath is null ? Units.Bytes(plan.Bytes) : $"{Units.Bytes(plan.Bytes)} and "
            + $"payloads{(plan.PayloadJoin is null ? string.Empty : $" ({plan.PayloadJoin}{Stored(plan)}{Without(plan)}{Mapped(plan)})")}";

    /// <summary>Where payloads come from and how they find their vectors; null without payloads.</summary>
    public static string? Payload(MigrationPlan plan) => plan.PayloadPath is null ? null : $"{plan.PayloadPath}, {plan.PayloadJoin}{Without(plan)}";

    /// <summary>The documents of a store in numbers; null without one.</summary>
    public static string? Store(MigrationPlan plan) => plan.Store is not { } store ? null
        : $"{store.Framework}, {Units.Of(store.Documents, "document", "documents")}, {Units.Count(store.Matched)} matched"
            + (store.LeftOut == 0 ? string.Empty : $", {Units.Count(store.LeftOut)} left out because no vector belongs to them");

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
        { IdFrom: IdOrigin.StoreId, IdMapping: IdMapping.Keep } => "those of the store, kept as point ids",
        { IdFrom: IdOrigin.StoreId } => $"UUIDv5 of the store's id, which stays in the payload as {plan.IdField}",
        { IdMapping: IdMapping.Keep, IdOffset: 0 } => "kept as point ids",
        { IdMapping: IdMapping.Keep } => $"shifted by {Units.Count(plan.IdOffset)}",
        _ => $"UUIDv5 of the FAISS id, which stays in the payload as {plan.IdField}",
    };

    /// <summary>What becomes of the collection, within a sentence.</summary>
    public static string Collection(MigrationPlan plan) => plan.ServerVersion.Length == 0
        ? "with a collection that the server did not tell of"
        : $"{(plan.RecreatesCollection ? $"DELETING{Losses(plan)} and creating anew" : plan.CreatesCollection ? "creating" : "using")} "
            + $"the collection ({Settings(plan)})";

    /// <summary>What becomes of the collection, by itself.</summary>
    public static string CollectionState(MigrationPlan plan) => plan switch
    {
        { ServerVersion.Length: 0 } => $"not known, because the server did not tell; the index wants {Settings(plan)}",
        { RecreatesCollection: true } => $"deleted with {Units.Of(plan.PresentBefore, "point", "points")}{Losses(plan)} and created anew: {Settings(plan)}",
        { CreatesCollection: true } => $"created: {Settings(plan)}",
        { AddsVector: true } => $"there already with {Units.Of(plan.PresentBefore, "point", "points")}, gets the vector '{plan.Settings.VectorName}': "
            + Settings(plan),
        _ => $"there already with {Units.Of(plan.PresentBefore, "point", "points")}: {Settings(plan)}",
    };

    /// <summary>What is there already under ids that are to be sent; null where nothing is.</summary>
    public static string? Existing(MigrationPlan plan) => plan.Existing is not { } found || found.Taken + found.Absent == 0 ? null
        : string.Join(", ", ((string?[])
    [
        $"{Units.Of(found.Taken, "id has", "ids have")} a point already",
        found.Equal > 0 ? $"{Units.Count(found.Equal)} equal to the index, not sent again" : null,
        found.Merged > 0 ? $"{Units.Count(found.Merged)} get the vector '{plan.Settings.VectorName}', their payloads and other vectors stay" : null,
        found.Conflicts > 0
            ? $"{Units.Count(found.Conflicts)}{(found.OnExisting == ExistingPoints.Skip ? " of others, which stay as they are" : " of others")}"
            : null,
        found.Absent > 0 ? $"{Units.Of(found.Absent, "vector has", "vectors have")} no point to be merged into" : null,
    ]).Where(static part => part is not null));

    /// <summary>What a sync does; null for every other run.</summary>
    public static string? Sync(MigrationPlan plan) => plan.Sync is not { } sync ? null : string.Join(", ", ((string?[])
    [
        $"create {Units.Count(sync.Created)}",
        $"repair {Units.Count(sync.Changed)}",
        $"{Units.Count(sync.Equal)} equal",
        sync.Vanished == 0 ? null
            : $"{(sync.Prunes ? "delete " : string.Empty)}{Units.Count(sync.Vanished)} no longer in the index ({FirstVanished(sync)})",
    ]).OfType<string>());

    /// <summary>The points that somebody agrees to before they are pruned.</summary>
    public static string PrunedPoints(MigrationPlan plan) =>
        $"{Units.Of(plan.Sync!.Vanished, "point", "points")} of collection '{plan.Collection}' at {plan.Endpoint} "
            + $"{(plan.Sync.Vanished == 1 ? "that is" : "that are")} no longer in the index ({FirstVanished(plan.Sync)})";

    /// <summary>The first ids that the index no longer has.</summary>
    public static string FirstVanished(SyncPlan sync) =>
        $"{(sync.Vanished == 1 ? "id" : "ids")} {string.Join(", ", sync.FirstVanished)}{(sync.Vanished > sync.FirstVanished.Count ? ", …" : string.Empty)}";

    /// <summary>The pace.</summary>
    public static string Pace(MigrationPlan plan) => plan.Flow == "adaptive" ? "adaptive pace: batch size and parallelism are found while sending" : plan.Flow;

    /// <summary>What the run ends with.</summary>
    public static string Proof(VerificationMode mode) => mode switch
    {
        VerificationMode.Full => "count exactly, and read back and compare every vector",
        VerificationMode.Count => "count exactly",
        VerificationMode.Sample => "count exactly, and read back and compare vectors picked at random",
        _ => "verify nothing: the result will say \"not verified\"",
    };

    /// <summary>How long it will take, by an earlier run; null where none tells.</summary>
    public static string? Expectation(MigrationPlan plan) => plan.Expectation is not RunExpectation expected ? null : string.Create(
        CultureInfo.InvariantCulture,
        $"about {Units.Time(expected.Duration)} as the run of {expected.StartedAt.UtcDateTime:yyyy-MM-dd HH:mm} UTC with {Units.Count(expected.Vectors)} "
            + $"vectors ({expected.RunId}; upload "
                + $"{Units.Time(expected.Upload)}{(expected.Verification is TimeSpan proof ? $", proof {Units.Time(proof)}" : string.Empty)})");

    /// <summary>The reasons for which it would be refused, by their ids.</summary>
    public static string RefusalIds(MigrationPlan plan) => string.Join(", ", plan.Refusals.Select(static refusal => refusal.ErrorId));

    /// <summary>What goes with a collection besides its points; empty where nothing does.</summary>
    public static string Losses(MigrationPlan plan) => plan.Lost.Count == 0 ? string.Empty : $" (its {string.Join("; ", plan.Lost)} too)";

    private static string Without(MigrationPlan plan) =>
        plan.WithoutPayload == 0 ? string.Empty : $"; nothing for {Units.Of(plan.WithoutPayload, "vector", "vectors")}";

    private static string Stored(MigrationPlan plan) => plan.Store is null ? string.Empty : $"; {Store(plan)}";

    private static string Mapped(MigrationPlan plan) => plan.PayloadMapping is null ? string.Empty : $"; mapped: {plan.PayloadMapping}";

    private static string Settings(MigrationPlan plan) => plan.CreatesCollection
        ? $"{CollectionText.Of(plan.Settings)}{(plan.Indexing == IndexingMode.Deferred ? ", indexed after the load" : string.Empty)}"
        : string.Join(", ", ((string?[])[CollectionText.Vectors(plan.Settings), CollectionText.PayloadIndexes(plan.Settings)]).OfType<string>());

    private static string Sent(MigrationPlan plan) => plan.Acknowledged == 0
        ? Units.Count(plan.Count)
        : $"{Units.Count(plan.Count - plan.Acknowledged)} of {Units.Count(plan.Count)} (the others were acknowledged before, says {plan.JournalPath})";

    private static string Ids(MigrationPlan plan) =>
        $"{(plan.IdOffset == 0 ? string.Empty : $", ids shifted by {Units.Count(plan.IdOffset)}")}"
            + $"{(plan.IdFrom == IdOrigin.StoreId ? ", ids taken from the store" : string.Empty)}"
            + $"{(plan.IdMapping == IdMapping.Keep ? string.Empty : ", ids mapped to UUIDv5")}"
            + $"{(plan.IdNamespace is string part ? $" of the part '{part}'" : string.Empty)}";

    private static string Time(MigrationPlan plan, TimeSpan batchDelay) =>
        Expectation(plan) is string expected ? $", in {expected}" : AtLeast(plan, batchDelay);

    // Without a measurement of line and server, only the pauses can be added up.
    private static string AtLeast(MigrationPlan plan, TimeSpan batchDelay) =>
        batchDelay == TimeSpan.Zero || plan.Batches < 2 ? string.Empty
            : string.Create(CultureInfo.InvariantCulture, $", at least {batchDelay * (plan.Batches - 1):g} of pauses");

    private static string Refused(MigrationPlan plan) => plan.Refusals.Count == 0 ? string.Empty : $"; this would be REFUSED ({RefusalIds(plan)})";
}
