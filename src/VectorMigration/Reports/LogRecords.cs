using System.Text.Json;
using VectorMigration.Collections;
using VectorMigration.Engine;
using VectorMigration.Errors;
using VectorMigration.Runs;
using VectorMigration.Vectors;
using VectorMigration.Verification;

namespace VectorMigration.Reports;

/// <summary>The fields of the lines of <c>migration.log</c>, kind by kind.</summary>
internal static class LogRecords
{
    public static void WritePlan(Utf8JsonWriter json, MigrationPlan plan)
    {
        json.WriteString("index", plan.Index.Path);
        json.WriteString("kind", plan.Index.Kind);
        json.WriteString("metric", plan.Index.Metric.ToString());
        json.WriteString("fidelity", plan.Index.Fidelity.ToString());
        json.WriteString("endpoint", plan.Endpoint);
        json.WriteString("server", plan.ServerVersion);
        json.WriteString("collection", plan.Collection);
        json.WriteBoolean("creates", plan.CreatesCollection);
        json.WriteNumber("dimension", plan.Settings.Dimension);
        json.WriteString("distance", plan.Settings.Distance.ToString());
        json.WriteNumber("offset", plan.Offset);
        json.WriteNumber("count", plan.Count);
        json.WriteString("idMapping", plan.IdMapping.ToString());
        json.WriteString("flow", plan.Flow);
        json.WriteString("payload", plan.PayloadPath);
        json.WriteString("payloadJoin", plan.PayloadJoin);
        if (plan.WithoutPayload > 0)
        {
            json.WriteNumber("withoutPayload", plan.WithoutPayload);
            json.WriteStartArray("firstWithoutPayload");
            foreach (IdOccurrence vector in plan.FirstWithoutPayload)
            {
                json.WriteNumberValue(vector.Id);
            }

            json.WriteEndArray();
        }
    }

    public static void WriteBatch(Utf8JsonWriter json, QdrantBatchResult result)
    {
        json.WriteNumber("batch", result.Number);
        json.WriteString("collection", result.Collection);
        json.WriteString("status", result.Status.ToString());
        json.WriteNumber("first", result.FirstOrdinal);
        json.WriteNumber("last", result.LastOrdinal);
        json.WriteNumber("count", result.Count);
        json.WriteNumber("bytes", result.Bytes);
        json.WriteString("startedAt", result.StartedAt.UtcDateTime);
        json.WriteNumber("seconds", result.Duration.TotalSeconds);
        json.WriteNumber("attempts", result.Attempts);
        json.WriteNumber("rateLimited", result.RateLimited);
        json.WriteStartArray("ids");
        foreach (string range in IdRanges.Of(result.Ids))
        {
            json.WriteStringValue(range);
        }

        json.WriteEndArray();
        if (result.Error is not null)
        {
            json.WriteString("errorId", result.ErrorId);
            json.WriteString("error", result.Error);
        }
    }

    public static void WriteSkipped(Utf8JsonWriter json, SkippedVector vector)
    {
        json.WriteNumber("ordinal", vector.Ordinal);
        json.WriteNumber("faissId", vector.FaissId);
        json.WriteString("reason", vector.Reason);
    }

    public static void WritePause(Utf8JsonWriter json, PoolPaused paused)
    {
        json.WriteNumber("seconds", paused.Duration.TotalSeconds);
        json.WriteString("reason", paused.Reason);
    }

    public static void WriteAttempt(Utf8JsonWriter json, AttemptEnded attempt)
    {
        json.WriteNumber("batch", attempt.BatchNumber);
        json.WriteNumber("attempt", attempt.Attempt);
        json.WriteString("outcome", attempt.Sample.Outcome.ToString());
        json.WriteNumber("seconds", attempt.Sample.Latency.TotalSeconds);
        json.WriteString("errorId", attempt.ErrorId);
        json.WriteString("reason", attempt.Reason);
    }

    public static void WriteResult(Utf8JsonWriter json, MigrationResult result)
    {
        json.WriteString("status", result.Status.ToString());
        json.WriteNumber("exitCode", result.ExitCode);
        json.WriteString("collection", result.Collection);
        json.WriteNumber("source", result.Counts.Source);
        json.WriteNumber("sent", result.Counts.Sent);
        json.WriteNumber("skipped", result.Counts.Skipped);
        json.WriteNumber("invalid", result.Counts.Invalid);
        json.WriteNumber("withoutPayload", result.Counts.WithoutPayload);
        json.WriteNumber("failed", result.Counts.Failed);
        json.WriteNumber("seconds", result.Duration.TotalSeconds);
        if (result.Verification is VerificationResult verification)
        {
            json.WriteString("verification", verification.Mode.ToString());
            json.WriteBoolean("verified", verification.Passed);
            json.WriteNumber("missing", verification.Missing);
            json.WriteNumber("different", verification.Different);
        }

        if (result.Indexing is IndexingResult indexing)
        {
            json.WriteString("indexing", indexing.Status.ToString());
            json.WriteNumber("indexed", indexing.Indexed);
            json.WriteNumber("vectors", indexing.Vectors);
        }

        if (result.Error is MigrationError error)
        {
            json.WriteString("errorId", error.ErrorId);
            json.WriteString("error", error.Message);
        }
    }
}
