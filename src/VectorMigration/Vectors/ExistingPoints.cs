namespace VectorMigration.Vectors;

/// <summary>What becomes of points that are in a collection already, under ids that are to be sent, and that no run of the same migration wrote.</summary>
public enum ExistingPoints : long
{
    /// <summary>Nothing is sent: the run is refused, with their number and the first of them.</summary>
    Refuse = 0,

    /// <summary>They are replaced, whatever they hold.</summary>
    Overwrite = 1,

    /// <summary>They stay as they are; their vectors are left out, counted, and the run ends as incomplete.</summary>
    Skip = 2,

    /// <summary>They get the named vector that they lack; their payloads and other vectors stay.</summary>
    Merge = 3,
}
