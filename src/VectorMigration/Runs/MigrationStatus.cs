namespace VectorMigration.Runs;

/// <summary>How a migration ended.</summary>
public enum MigrationStatus : long
{
    /// <summary>All sent, and the asked verification passed. Exit code 0.</summary>
    Completed,

    /// <summary>Failed. Exit code 1.</summary>
    Failed,

    /// <summary>Input or target was refused before the first vector. Exit code 2.</summary>
    Refused,

    /// <summary>Interrupted or cut off; resumable. Exit code 3.</summary>
    Interrupted,

    /// <summary>All that could be sent was sent, but points are missing, different or left out. Exit code 4.</summary>
    Incomplete,

    /// <summary>A plan only: nothing was touched. Exit code 0.</summary>
    Planned,
}

/// <summary>The process's exit codes. One place; the help names them.</summary>
public static class ExitCodes
{
    /// <summary>All sent and the asked verification passed.</summary>
    public const int Success = 0;

    /// <summary>Failed.</summary>
    public const int Failed = 1;

    /// <summary>Usage, or input or target refused before the first vector.</summary>
    public const int Refused = 2;

    /// <summary>Interrupted, Ctrl+C included; resumable.</summary>
    public const int Interrupted = 3;

    /// <summary>Missing, different or left-out points.</summary>
    public const int Incomplete = 4;

    /// <summary>The code of a status.</summary>
    public static int Of(MigrationStatus status) => status switch
    {
        MigrationStatus.Completed or MigrationStatus.Planned => Success,
        MigrationStatus.Refused => Refused,
        MigrationStatus.Interrupted => Interrupted,
        MigrationStatus.Incomplete => Incomplete,
        _ => Failed,
    };
}
