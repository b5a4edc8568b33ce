using VectorMigration.Engine;

namespace VectorMigration.Tuning;

/// <summary>A tuning has come so far.</summary>
/// <param name="RunId">The tuning.</param>
/// <param name="At">When, UTC.</param>
/// <param name="Doing">What it does now, in words.</param>
/// <param name="Elapsed">Time since its start.</param>
/// <param name="Budget">Time it may take.</param>
public sealed record TuningAdvanced(Guid RunId, DateTimeOffset At, string Doing, TimeSpan Elapsed, TimeSpan Budget) : RunEvent(RunId, At);

/// <summary>A trial of a tuning has ended.</summary>
/// <param name="RunId">The tuning.</param>
/// <param name="At">When, UTC.</param>
/// <param name="Number">Its number, from 1.</param>
/// <param name="What">The setting in words.</param>
/// <param name="Vectors">Vectors acknowledged.</param>
/// <param name="VectorsPerSecond">Vectors a second.</param>
public sealed record TuningTrialEnded(Guid RunId, DateTimeOffset At, int Number, string What, long Vectors, double VectorsPerSecond) : RunEvent(RunId, At);
