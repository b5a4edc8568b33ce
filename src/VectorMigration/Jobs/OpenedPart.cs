using VectorMigration.Runs;
using VectorMigration.Vectors;

namespace VectorMigration.Jobs;

/// <summary>A part whose files are open.</summary>
/// <param name="source">The index.</param>
/// <param name="payload">Its payloads, or null.</param>
/// <param name="options">The options of its run.</param>
/// <param name="kept">What else is closed with it, last; null for nothing.</param>
internal sealed class OpenedPart(IVectorSource source, IPayloadSource? payload, MigrationOptions options, IDisposable? kept = null) : IDisposable
{
    /// <summary>The index.</summary>
    public IVectorSource Source => source;

    /// <summary>Its payloads, or null.</summary>
    public IPayloadSource? Payload => payload;

    /// <summary>The options of its run.</summary>
    public MigrationOptions Options => options;

    /// <summary>Lists next to the index that are not its texts, with their numbers of entries.</summary>
    public IReadOnlyList<(string Path, long Entries)> OtherLists { get; init; } = [];

    /// <inheritdoc/>
    public void Dispose()
    {
        payload?.Dispose();
        source.Dispose();
        kept?.Dispose();
    }
}
