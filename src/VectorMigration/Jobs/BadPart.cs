namespace VectorMigration.Jobs;

/// <summary>What happens to a part that is damaged or cannot be read.</summary>
public enum BadPart : long
{
    /// <summary>The job is refused before the first vector.</summary>
    Fail,

    /// <summary>The part is skipped, and the job ends with exit code 4.</summary>
    Skip,
}
