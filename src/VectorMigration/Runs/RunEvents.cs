using VectorMigration.Engine;

namespace VectorMigration.Runs;

/// <summary>The run begins; nothing has been sent.</summary>
public sealed record RunStarted(Guid RunId, DateTimeOffset At, MigrationPlan Plan) : RunEvent(RunId, At);

/// <summary>The run has ended, for better or worse.</summary>
public sealed record RunEnded(Guid RunId, DateTimeOffset At, MigrationResult Result) : RunEvent(RunId, At);
