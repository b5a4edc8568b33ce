namespace VectorMigration.Engine;

/// <summary>Another session steered the run. Told from a thread of its own.</summary>
/// <param name="RunId">The run.</param>
/// <param name="At">When, UTC.</param>
/// <param name="Action">What was asked for.</param>
/// <param name="Text">What follows from it, in words.</param>
/// <param name="By">Who asked, as that session says of itself: a user and a process.</param>
public sealed record RunSteered(Guid RunId, DateTimeOffset At, SteeringAction Action, string Text, string By) : RunEvent(RunId, At);
