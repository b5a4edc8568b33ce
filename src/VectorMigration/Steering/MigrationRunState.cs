namespace VectorMigration.Steering;

/// <summary>Where a run stands.</summary>
public enum MigrationRunState : long
{
    /// <summary>Under way.</summary>
    Running,

    /// <summary>Paused by another session.</summary>
    Paused,

    /// <summary>Asked to stop, and ending.</summary>
    Stopping,

    /// <summary>Ended by itself, whatever it came to.</summary>
    Ended,

    /// <summary>Its process is gone, and it left no end: it was killed, or its machine was.</summary>
    Killed,
}
