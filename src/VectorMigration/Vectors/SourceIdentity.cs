namespace VectorMigration.Vectors;

/// <summary>
/// What makes an index file the same one at the next run. <see cref="Fingerprint"/> is a digest of length and of header
/// and sample blocks, never of the path, so that a moved file is still itself.
/// </summary>
/// <param name="Path">Full path of the index file, or a name for a source that is not a file.</param>
/// <param name="Length">Length in bytes; 0 for a source that is not a file.</param>
/// <param name="LastWriteTimeUtc">Time of the last write, UTC.</param>
/// <param name="Fingerprint">Lower-case hexadecimal digest; empty for a source that is not a file.</param>
public sealed record SourceIdentity(string Path, long Length, DateTime LastWriteTimeUtc, string Fingerprint)
{
    /// <summary>The identity of vectors that come from no file (objects in a pipeline).</summary>
    public static SourceIdentity Objects { get; } = new("pipeline objects", 0, DateTime.UnixEpoch, string.Empty);

    /// <inheritdoc/>
    public override string ToString() => Fingerprint;
}
