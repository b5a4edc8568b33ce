namespace VectorMigration.Diagnosis;

/// <summary>How a check came out.</summary>
public enum CheckStatus
{
    /// <summary>Nothing stands in the way of a run.</summary>
    Pass,

    /// <summary>A run is possible; what was found may slow it down or surprise.</summary>
    Warn,

    /// <summary>A run would fail or be refused.</summary>
    Fail,

    /// <summary>It could not be checked; the finding says why.</summary>
    Skipped,
}
