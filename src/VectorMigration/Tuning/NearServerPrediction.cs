namespace VectorMigration.Tuning;

/// <summary>
/// How long the whole takes where the files are first copied to a machine beside the server, and the migration runs there. The copy goes over the line
/// that was measured; upload and verification take what the server itself said that it worked.
/// </summary>
public sealed record NearServerPrediction
{
    /// <summary>Running there counts as faster from this part of the time here on: the figures are not more certain.</summary>
    private const double Clearly = 0.8;

    /// <summary>Bytes of the files to copy: index, inverted lists, original vectors and payloads.</summary>
    public required long Bytes { get; init; }

    /// <summary>The copy.</summary>
    public required TimeSpan Copy { get; init; }

    /// <summary>The upload of all vectors from there.</summary>
    public required TimeSpan Upload { get; init; }

    /// <summary>Reading back and comparing every vector there; null where that was not measured.</summary>
    public TimeSpan? Verification { get; init; }

    /// <summary>Copy, upload and, where it was measured, verification together.</summary>
    public TimeSpan Total => Copy + Upload + (Verification ?? TimeSpan.Zero);

    /// <summary>True where it takes less than four fifths of the time that the migration takes from here.</summary>
    public bool IsFaster { get; init; }

    /// <summary>The prediction.</summary>
    /// <param name="bytes">Bytes of the files.</param>
    /// <param name="lineBytesPerSecond">What the line carries.</param>
    /// <param name="here">The same migration from here.</param>
    /// <param name="serverSecondsPerVector">How long the server works on a vector, as many at once as were sent; null where that is not known.</param>
    internal static NearServerPrediction Of(long bytes, double lineBytesPerSecond, MigrationPrediction here, double? serverSecondsPerVector)
    {
        // A server never works longer than its client waits for it. What it does not tell is taken to be no faster there than here.
        TimeSpan upload = serverSecondsPerVector is double each ? Least(TimeSpan.FromSeconds(each * here.Vectors), here.Upload) : here.Upload;
        var there = new NearServerPrediction
        {
            Bytes = bytes,
            Copy = TimeSpan.FromSeconds(bytes / lineBytesPerSecond),
            Upload = upload,
            Verification = here.Verification is not TimeSpan verification ? null : serverSecondsPerVector is null ? verification : Least(upload, verification),
        };
        TimeSpan all = here.Total ?? here.Upload;
        return there with { IsFaster = there.Total < all * Clearly };
    }

    /// <inheritdoc/>
    public override string ToString() => FormattableString.Invariant($"{Total.TotalSeconds:0.##} s, of which {Copy.TotalSeconds:0.##} s for the copy");

    private static TimeSpan Least(TimeSpan one, TimeSpan other) => one < other ? one : other;
}
