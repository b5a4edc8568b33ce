using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using VectorMigration.Collections;
using VectorMigration.Diagnosis;
using VectorMigration.Engine;
using VectorMigration.Jobs;
using VectorMigration.Reports;
using VectorMigration.Runs;
using VectorMigration.Steering;
using VectorMigration.Support;
using VectorMigration.Tuning;
using VectorMigration.Vectors;
using VectorMigration.Verification;

namespace VectorMigration.Results;

/// <summary>The types that have a JSON form: camelCase names, enums as text, ids as numbers or UUIDs, times in seconds.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true,
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    Converters = [typeof(SecondsConverter)])]
[JsonSerializable(typeof(MigrationResult))]
[JsonSerializable(typeof(QdrantBatchResult))]
[JsonSerializable(typeof(IndexingResult))]
[JsonSerializable(typeof(ulong))]
[JsonSerializable(typeof(Guid))]
[JsonSerializable(typeof(IndexDescription))]
[JsonSerializable(typeof(VerifyOutput))]
[JsonSerializable(typeof(PlanOutput))]
[JsonSerializable(typeof(MigrationSlicePlan))]
[JsonSerializable(typeof(CompareOutput))]
[JsonSerializable(typeof(TuneOutput))]
[JsonSerializable(typeof(RegionsOutput))]
[JsonSerializable(typeof(RegionTuning))]
[JsonSerializable(typeof(ReportOutput))]
[JsonSerializable(typeof(MigrationReport))]
[JsonSerializable(typeof(MigrationRun))]
[JsonSerializable(typeof(StatusOutput))]
[JsonSerializable(typeof(DoctorOutput))]
[JsonSerializable(typeof(ConnectionCheck))]
[JsonSerializable(typeof(SupportOutput))]
[JsonSerializable(typeof(SupportPackage))]
[JsonSerializable(typeof(FailureOutput))]
internal sealed partial class ResultContext : JsonSerializerContext;

/// <summary>
/// The one JSON form of results: what <c>--json</c> of the command line prints, and what <c>ToJson()</c> of a result returns in PowerShell. Names are
/// camelCase, enums are text, ids are numbers or UUIDs, durations are numbers of seconds, and times are ISO 8601.
/// </summary>
public static class ResultJson
{
    /// <summary>The types that can be written.</summary>
    internal static ResultContext Context { get; } = new(new JsonSerializerOptions(ResultContext.Default.Options)
    {
        // The text goes to a terminal or a program, never into a web page, so letters need no escapes.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });

    /// <summary>A result on one line.</summary>
    /// <param name="result">
    /// What a cmdlet emits: a result of a migration, a batch, a verification, the wait for an index, an index, a tuning, figures of a run, or a
    /// comparison of two.
    /// </param>
    /// <exception cref="ArgumentException">It is none of these.</exception>
    public static string Of(object result) => result switch
    {
        MigrationResult migration => Text(migration, Context.MigrationResult),
        QdrantBatchResult batch => Text(batch, Context.QdrantBatchResult),
        IndexingResult indexing => Text(indexing, Context.IndexingResult),
        IndexDescription index => Text(index, Context.IndexDescription),
        VerificationResult verification => Text(verification, Context.VerificationResult),
        MigrationTuning tuning => Text(tuning, Context.MigrationTuning),
        RegionTuning region => Text(region, Context.RegionTuning),
        MigrationSlicePlan plan => Text(plan, Context.MigrationSlicePlan),
        MigrationReport report => Text(report, Context.MigrationReport),
        MigrationRun run => Text(run, Context.MigrationRun),
        ConnectionCheck check => Text(check, Context.ConnectionCheck),
        SupportPackage package => Text(package, Context.SupportPackage),
        MigrationPerf perf => Text(perf, Context.MigrationPerf),
        MigrationPerfComparison comparison => Text(comparison, Context.MigrationPerfComparison),
        _ => throw new ArgumentException($"A {result?.GetType().Name} is not the result of a cmdlet.", nameof(result)),
    };

    /// <summary>The object on one line.</summary>
    internal static string Text<T>(T value, JsonTypeInfo<T> type) => JsonSerializer.Serialize(value, type);
}
