using VectorMigration.Engine;

namespace VectorMigration.Reports;

/// <summary>Another session paused, resumed, paced or stopped the run.</summary>
internal sealed record SteeredLogRecord : LogRecord
{
    /// <summary>What the line says it is.</summary>
    public const string Name = "steered";

    /// <summary><c>pause</c>, <c>resume</c>, <c>stop</c> or <c>pace</c>.</summary>
    public required string Action { get; init; }

    public required string Text { get; init; }

    public required string By { get; init; }

    public static SteeredLogRecord Of(RunSteered steered) => new()
    {
        At = steered.At.UtcDateTime,
        Event = Name,
        Run = steered.RunId,
        Action = steered.Action.ToString().ToLowerInvariant(),
        Text = steered.Text,
        By = steered.By,
    };
}
