namespace VectorMigration.Diagnosis;

/// <summary>What went over the line in a time.</summary>
/// <param name="Vectors">Vectors.</param>
/// <param name="Bytes">Bytes of their components.</param>
/// <param name="Time">How long it took.</param>
internal sealed record LineSpeed(long Vectors, long Bytes, TimeSpan Time)
{
    /// <summary>Bytes a second; 0 where nothing went over it.</summary>
    public double PerSecond => Time > TimeSpan.Zero ? Bytes / Time.TotalSeconds : 0;

    /// <summary>Vectors a second; 0 where nothing went over it.</summary>
    public double VectorsPerSecond => Time > TimeSpan.Zero ? Vectors / Time.TotalSeconds : 0;
}
