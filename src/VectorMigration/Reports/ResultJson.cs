using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using VectorMigration.Collections;
using VectorMigration.Engine;
using VectorMigration.Runs;
using VectorMigration.Tuning;
using VectorMigration.Vectors;
using VectorMigration.Verification;

namespace VectorMigration.Reports;

/// <summary>
/// The JSON of results, on both surfaces: camelCase names, enums as words, durations as seconds, times in RFC 3339, whole whatever its depth. It is what
/// <c>--json</c> prints, and what the method <c>ToJson()</c> of a result returns in PowerShell.
/// </summary>
public static class ResultJson
{
    private static readonly ResultContext Context = new(new JsonSerializerOptions(ResultContext.Default.Options)
    {
        // The text goes to a terminal or a program, never into a web page, so letters need no escapes.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });

    /// <summary>A result on one line of JSON.</summary>
    /// <exception cref="ArgumentException">The object is none of the results.</exception>
    public static string Text(object result)
    {
        ArgumentNullException.ThrowIfNull(result);
        JsonTypeInfo type = Context.GetTypeInfo(result.GetType())
            ?? throw new ArgumentException($"An object of type {result.GetType().Name} is not a result of VectorMigration.", nameof(result));
        return JsonSerializer.Serialize(result, type);
    }
}

/// <summary>The results that have a JSON of their own.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true,
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    Converters = [typeof(SecondsConverter)])]
[JsonSerializable(typeof(MigrationResult))]
[JsonSerializable(typeof(VerificationResult))]
[JsonSerializable(typeof(IndexDescription))]
[JsonSerializable(typeof(MigrationTuning))]
[JsonSerializable(typeof(MigrationPerf))]
[JsonSerializable(typeof(MigrationPerfComparison))]
[JsonSerializable(typeof(QdrantBatchResult))]
[JsonSerializable(typeof(IndexingResult))]
[JsonSerializable(typeof(ulong))]
[JsonSerializable(typeof(Guid))]
internal sealed partial class ResultContext : JsonSerializerContext;
