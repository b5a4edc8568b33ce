using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace VectorMigration.Cli.Output;

/// <summary>What <c>--json</c> prints where a command ended before it had a result of its own.</summary>
internal sealed record FailureOutput(MigrationStatus Status, int ExitCode, MigrationError Error);

/// <summary>What <c>verify --json</c> prints.</summary>
internal sealed record VerifyOutput(MigrationStatus Status, int ExitCode, string Path, string Endpoint, string Collection, VerificationResult Verification);

/// <summary>What <c>compare --json</c> prints.</summary>
internal sealed record CompareOutput(MigrationStatus Status, int ExitCode, string RunPath, Guid? RunId, string BaselinePath, Guid? BaselineRunId,
    MigrationPerfComparison Comparison, long TornLines, long BaselineTornLines);

/// <summary>What <c>tune --json</c> prints.</summary>
internal sealed record TuneOutput(MigrationStatus Status, int ExitCode, MigrationTuning Tuning);

/// <summary>The JSON of the command line: camelCase names, enums as text, 64-bit ids as numbers, times in seconds.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true,
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    Converters = [typeof(SecondsConverter)])]
[JsonSerializable(typeof(MigrationResult))]
[JsonSerializable(typeof(ulong))]
[JsonSerializable(typeof(Guid))]
[JsonSerializable(typeof(IndexDescription))]
[JsonSerializable(typeof(VerifyOutput))]
[JsonSerializable(typeof(CompareOutput))]
[JsonSerializable(typeof(TuneOutput))]
[JsonSerializable(typeof(FailureOutput))]
internal sealed partial class JsonContext : JsonSerializerContext;

/// <summary>Writes the one object.</summary>
internal static class JsonOutput
{
    /// <summary>The types that can be written.</summary>
    public static JsonContext Context { get; } = new(new JsonSerializerOptions(JsonContext.Default.Options)
    {
        // The text goes to a terminal or a program, never into a web page, so letters need no escapes.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });

    /// <summary>The object on one line.</summary>
    public static string Text<T>(T value, JsonTypeInfo<T> type) => JsonSerializer.Serialize(value, type);
}
