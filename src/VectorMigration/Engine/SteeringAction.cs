namespace VectorMigration.Engine;

/// <summary>What another session asks of a run.</summary>
public enum SteeringAction : long
{
    /// <summary>To say how far it is.</summary>
    Status,

    /// <summary>To send and read nothing more for the time being.</summary>
    Pause,

    /// <summary>To continue.</summary>
    Resume,

    /// <summary>To end as by Ctrl+C.</summary>
    Stop,

    /// <summary>To keep to another pace.</summary>
    Pace,
}
