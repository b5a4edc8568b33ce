namespace VectorMigration.Vectors;

/// <summary>What a run does when the index or its payload has changed since its journal was begun.</summary>
public enum ChangedSource
{
    /// <summary>The run is refused.</summary>
    Refuse = 0,

    /// <summary>Every vector is compared with the collection by its id: new ones are sent, changed ones are repaired, equal ones are left alone.</summary>
    Sync = 1,

    /// <summary>The journal is begun anew, and everything is sent again.</summary>
    Restart = 2,
}
