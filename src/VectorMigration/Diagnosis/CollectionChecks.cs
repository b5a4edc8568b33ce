using System.Globalization;
using VectorMigration.Collections;
using VectorMigration.Engine;
using VectorMigration.Runs;
using VectorMigration.Store;

namespace VectorMigration.Diagnosis;

/// <summary>The state and the limits of the collection.</summary>
internal static class CollectionChecks
{
    /// <summary>Queued operations that a server applies in a moment.</summary>
    private const ulong FewQueued = 10;

    /// <summary>The collection.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="found">The collection; null where there is none.</param>
    public static ConnectionCheck State(string name, CollectionDescription? found)
    {
        if (found is null)
        {
            return ConnectionCheck.Pass(CheckNames.Collection, $"There is no collection '{name}'. A migration creates it.");
        }

        string words = $"'{name}' is {found.Status}, with about {Units.Of((long)found.PointsCount, "point", "points")} of "
            + $"{string.Join("; ", found.Vectors.Take(4).Select(static vector => vector.ToString()))}.";
        if (found.WantsShardKey)
        {
            return ConnectionCheck.Warn(CheckNames.Collection, $"'{name}' has custom sharding. Every write must name a shard key.",
                "When you migrate, name the key, or the payload field that holds it.");
        }

        return found switch
        {
            { OptimizerError: string error } => ConnectionCheck.Fail(CheckNames.Collection, $"{words} Its optimiser failed: {error.TrimEnd('.')}.",
                "Check the server's log, and repair the collection."),
            { Status: "red" } => ConnectionCheck.Fail(CheckNames.Collection, words, "Check the server's log, and repair the collection."),
            { Status: "yellow" } => ConnectionCheck.Warn(CheckNames.Collection, $"{words} It is being optimised, which takes capacity from an upload.",
                "Wait until it is green, or accept a slower upload."),
            { Status: "grey" } => ConnectionCheck.Warn(CheckNames.Collection, $"{words} Its optimiser waits for the next change.",
                "A run wakes it. Expect a slower start."),
            { Status: "green" } when IndexingAdvice.ForVerification(found) is string off => ConnectionCheck.Warn(CheckNames.Collection, words, off),
            { Status: "green" } => ConnectionCheck.Pass(CheckNames.Collection, words),
            _ => ConnectionCheck.Warn(CheckNames.Collection, words, "Check the server's log."),
        };
    }

    /// <summary>The limits of the collection's strict mode.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="found">The collection; null where there is none.</param>
    /// <param name="run">What is to be sent; null where nothing is known of it.</param>
    public static ConnectionCheck StrictMode(string name, CollectionDescription? found, ExpectedLoad? run)
    {
        if (found is null)
        {
            return ConnectionCheck.Skip(CheckNames.StrictMode, $"There is no collection '{name}'. The server's defaults for a new one are not known before.");
        }

        if (found.StrictMode is not StrictModeLimits limits)
        {
            return ConnectionCheck.Pass(CheckNames.StrictMode, $"'{name}' has no strict mode.");
        }

        string words = $"Strict mode of '{name}': {Listed(limits)}.";
        if (run is not null && Breach(limits, found, run) is (string finding, string setting))
        {
            return ConnectionCheck.Fail(CheckNames.StrictMode, $"{words} {finding}", $"Raise {setting} of the collection before the run.");
        }

        List<string> advice = [];
        if (limits.WriteRateLimit is not null)
        {
            advice.Add(WriteTime(found, run) is TimeSpan time && run is not null
                ? $"Expect at least {Units.Time(time)} for {Units.Of(run.Points, "vector", "vectors")}, or raise write_rate_limit."
                : "Expect an upload at the pace of write_rate_limit, or raise it.");
        }

        if (limits.ReadRateLimit is not null)
        {
            advice.Add("Verification keeps to read_rate_limit. Use -Verify Sample or raise the limit if that takes too long.");
        }

        if (limits.ForbidsExactSearch)
        {
            advice.Add("Recall is measured against an approximate search.");
        }

        return advice.Count == 0
            ? ConnectionCheck.Pass(CheckNames.StrictMode, words)
            : ConnectionCheck.Warn(CheckNames.StrictMode, words, string.Join(' ', advice));
    }

    /// <summary>Whether points are hidden until they are optimised.</summary>
    public static ConnectionCheck Hidden(string name, CollectionDescription? found) => found switch
    {
        null => ConnectionCheck.Pass(CheckNames.HiddenPoints, "A new collection shows its points at once."),
        { HidesUnoptimized: true } => ConnectionCheck.Warn(
            CheckNames.HiddenPoints, $"'{name}' has prevent_unoptimized. New points stay hidden from counts and searches until they are optimised"
                + (found.DeferredPoints > 0 ? $"; {Units.Of((long)found.DeferredPoints, "point is", "points are")} hidden now." : "."),
            "Expect the end of a run to wait until the last point is shown. To avoid this, switch prevent_unoptimized off during the run."),
        { DeferredPoints: > 0 } => ConnectionCheck.Warn(
            CheckNames.HiddenPoints, $"{Units.Of((long)found.DeferredPoints, "point", "points")} of '{name}' "
                + $"{(found.DeferredPoints == 1 ? "is" : "are")} hidden.",
            "Wait until the server has optimised them."),
        _ => ConnectionCheck.Pass(CheckNames.HiddenPoints, $"'{name}' shows points at once."),
    };

    /// <summary>Whether earlier writes are still to be applied.</summary>
    /// <param name="name">Name of the collection.</param>
    /// <param name="found">The collection; null where there is none.</param>
    /// <param name="tells">The server tells the length of its queue.</param>
    /// <param name="version">Its version.</param>
    public static ConnectionCheck Queue(string name, CollectionDescription? found, bool tells, string version) => !tells
        ? ConnectionCheck.Skip(CheckNames.UpdateQueue, $"Qdrant {version} does not report its update queue. Qdrant 1.17 and later do.")
        : found is { UpdateQueueLength: > FewQueued }
            ? ConnectionCheck.Warn(
                CheckNames.UpdateQueue, $"The server has to apply {Units.Of((long)found.UpdateQueueLength, "operation", "operations")} to '{name}' yet.",
                "Wait until the queue is empty. A run waits for it before it counts.")
            : ConnectionCheck.Pass(CheckNames.UpdateQueue, $"The server has applied what was sent to '{name}'.");

    /// <summary>Quotas of the server, which it states only by refusing.</summary>
    public static ConnectionCheck Quotas(string version) =>
        Version.TryParse(version.Split('-', '+')[0], out Version? number) && number >= new Version(1, 19)
            ? ConnectionCheck.Skip(CheckNames.Quotas, $"Qdrant {version} can have quotas for disk and memory, and reports them only when it refuses a write.",
                "Ask whoever runs the server for its quotas.")
            : ConnectionCheck.Pass(CheckNames.Quotas, $"Qdrant {version} has no quotas. They began with 1.19.");

    /// <summary>The least time that a write limit leaves for the upload; null without one.</summary>
    public static TimeSpan? WriteTime(CollectionDescription? found, ExpectedLoad? run) =>
        run is not null && WriteRateLimits.Of(found) is WriteRateLimit limit ? TimeSpan.FromMinutes((double)run.Points / limit.Total) : null;

    private static (string Finding, string Setting)? Breach(StrictModeLimits limits, CollectionDescription found, ExpectedLoad run)
    {
        ulong points = found.PointsCount + (ulong)run.NewPoints;
        if (limits.MaxPoints is ulong most && points > most)
        {
            return ($"The run would bring it to about {Units.Count((long)points)} points.", "max_points_count");
        }

        double share = run.Points == 0 ? 0 : (double)run.NewPoints / run.Points;
        if (limits.MaxVectorBytes is ulong vectors && run.VectorBytes * share > vectors)
        {
            return ($"The run adds {Units.Bytes(run.VectorBytes * share)} of vectors.", "max_collection_vector_size_bytes");
        }

        return limits.MaxPayloadBytes is ulong payloads && run.PayloadBytes * share > payloads
            ? ($"The run adds about {Units.Bytes((run.PayloadBytes ?? 0) * share)} of payloads.", "max_collection_payload_size_bytes")
            : null;
    }

    private static string Listed(StrictModeLimits limits)
    {
        string[] all =
        [
            .. ((IEnumerable<(string Name, string? Value)>)
            [
                ("write_rate_limit", limits.WriteRateLimit?.ToString("N0", CultureInfo.InvariantCulture)),
                ("read_rate_limit", limits.ReadRateLimit?.ToString("N0", CultureInfo.InvariantCulture)),
                ("upsert_max_batchsize", limits.MaxBatchSize?.ToString("N0", CultureInfo.InvariantCulture)),
                ("max_query_limit", limits.MaxQueryLimit?.ToString("N0", CultureInfo.InvariantCulture)),
                ("search_max_batchsize", limits.MaxSearchBatchSize?.ToString("N0", CultureInfo.InvariantCulture)),
                ("max_points_count", limits.MaxPoints?.ToString("N0", CultureInfo.InvariantCulture)),
                ("max_collection_vector_size_bytes", limits.MaxVectorBytes is ulong vectors ? Units.Bytes(vectors) : null),
                ("max_collection_payload_size_bytes", limits.MaxPayloadBytes is ulong payloads ? Units.Bytes(payloads) : null),
                ("max_payload_index_count", limits.MaxPayloadIndexes?.ToString("N0", CultureInfo.InvariantCulture)),
                ("max_resident_memory_percent", limits.MaxResidentMemoryPercent?.ToString(CultureInfo.InvariantCulture)),
                ("search_allow_exact", limits.ForbidsExactSearch ? "off" : null),
            ]).Where(static limit => limit.Value is not null).Select(static limit => $"{limit.Name} {limit.Value}"),
        ];
        return all.Length == 0 ? "on, without limits for uploads" : string.Join(", ", all);
    }
}
