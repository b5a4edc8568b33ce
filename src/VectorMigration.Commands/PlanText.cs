using System.Globalization;

namespace VectorMigration.Commands;

/// <summary>Says in words what a run will do.</summary>
internal static class PlanText
{
    private static readonly CultureInfo Culture = CultureInfo.InvariantCulture;

    /// <summary>The whole plan in one sentence: count, dimension, batches, bytes, time, collection.</summary>
    public static string Of(MigrationPlan plan, TimeSpan batchDelay = default) => string.Create(
        Culture,
        $"Send {Count(plan)} vectors × {plan.Index.Dimension} of {plan.Index.Kind} {plan.Index.Path} from ordinal {plan.Offset:N0} in {(plan.BatchSize == 0 ? "about " : string.Empty)}{plan.Batches:N0} batches, {Bytes(plan.Bytes)}{Payloads(plan)}{(plan.IdMapping == IdMapping.Keep ? string.Empty : ", ids mapped to UUIDv5")}{Time(plan, batchDelay)}, {(plan.ServerVersion.Length == 0 ? "with a collection that the server did not tell of" : What(plan.Settings, plan.CreatesCollection, plan.RecreatesCollection, plan.Indexing))}, {Pace(plan.Flow)}, then {Proof(plan.Verification)}{Refused(plan)}");

    /// <summary>What becomes of the collection.</summary>
    public static string What(CollectionSettings settings, bool creates, bool recreates, IndexingMode indexing = IndexingMode.Immediate) =>
        $"{(recreates ? "DELETING and creating anew" : creates ? "creating" : "using")} the collection ({settings.Distance}, {settings.Dimension} components{(settings.VectorName is null ? string.Empty : $", vector '{settings.VectorName}'")}{Hnsw(settings)}{(creates ? IndexingText.Of(settings, indexing) : string.Empty)})";

    /// <summary>A number of bytes for people, 10³ steps.</summary>
    public static string Bytes(long bytes) => bytes switch
    {
        < 1_000 => string.Create(Culture, $"{bytes} B"),
        < 1_000_000 => string.Create(Culture, $"{bytes / 1e3:0.#} kB"),
        < 1_000_000_000 => string.Create(Culture, $"{bytes / 1e6:0.#} MB"),
        _ => string.Create(Culture, $"{bytes / 1e9:0.##} GB"),
    };

    private static string Count(MigrationPlan plan) => plan.Acknowledged == 0
        ? string.Create(Culture, $"{plan.Count:N0}")
        : string.Create(Culture, $"{plan.Count - plan.Acknowledged:N0} of {plan.Count:N0} (the others were acknowledged before, says {plan.JournalPath})");

    private static string Payloads(MigrationPlan plan) => plan.PayloadPath is null ? string.Empty
        : plan.WithoutPayload == 0 ? $" and payloads ({plan.PayloadJoin})"
        : string.Create(Culture, $" and payloads ({plan.PayloadJoin}; nothing for {plan.WithoutPayload:N0} vectors)");

    private static string Hnsw(CollectionSettings settings) =>
        settings.HnswM is null ? string.Empty : string.Create(Culture, $", HNSW m {settings.HnswM}, ef_construct {settings.HnswEfConstruction}");

    private static string Time(MigrationPlan plan, TimeSpan batchDelay) => plan.Expectation is not { } expected
        ? AtLeast(plan, batchDelay)
        : string.Create(Culture, $", in about {expected.Duration.TotalSeconds:0.##} s as the run of {expected.StartedAt.UtcDateTime:yyyy-MM-dd HH:mm} UTC ({expected.RunId}, {expected.Vectors:N0} vectors)");

    private static string Pace(string flow) => flow == "adaptive" ? "adaptive pace" : flow;

    private static string Refused(MigrationPlan plan) => plan.Refusals.Count == 0
        ? string.Empty
        : $"; this would be REFUSED ({string.Join(", ", plan.Refusals.Select(refusal => refusal.ErrorId))})";

    // Without a measurement of line and server the pauses are all that is known of the time.
    private static string AtLeast(MigrationPlan plan, TimeSpan batchDelay) =>
        batchDelay == TimeSpan.Zero || plan.Batches < 2 ? string.Empty : $", at least {batchDelay * (plan.Batches - 1):g} of pauses";

    private static string Proof(VerificationMode mode) => mode switch
    {
        VerificationMode.Full => "read back and compare every vector",
        VerificationMode.Count => "count exactly",
        VerificationMode.Sample => "count exactly, and read back and compare vectors picked at random",
        _ => "verify nothing",
    };
}
