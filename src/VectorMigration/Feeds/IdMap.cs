using VectorMigration.Vectors;

namespace VectorMigration.Feeds;

/// <summary>
/// How the ids of one index become point ids: as they are, shifted, or as UUIDs, which contain the part where one is named. Whoever sends, compares, lists
/// or repairs asks here, so that all of them mean the same points.
/// </summary>
internal readonly struct IdMap
{
    private readonly IdMapping mapping;
    private readonly long offset;
    private readonly Guid? space;
    private readonly PointIdTable? table;

    /// <summary>Sets the mapping up.</summary>
    /// <param name="mapping">Kept, or made UUIDs.</param>
    /// <param name="offset">Added to every id first.</param>
    /// <param name="part">The part that UUIDs contain; null for none.</param>
    public IdMap(IdMapping mapping, long offset = 0, string? part = null)
    {
        this.mapping = mapping;
        this.offset = offset;
        space = mapping == IdMapping.Uuid5 && !string.IsNullOrEmpty(part) ? NamedUuid.OfPart(part) : null;
    }

    /// <summary>Point ids that come from a store.</summary>
    public IdMap(PointIdTable table) => this.table = table;

    /// <summary>The point id of a vector; null where it comes from a store that has none for it.</summary>
    public PointId? Find(long ordinal, long faissId) => table is null ? Map(faissId) : table.Find(ordinal);

    /// <summary>The point id of a FAISS id. One that is negative after the shift can only become a UUID.</summary>
    public PointId Map(long faissId) => mapping == IdMapping.Keep ? PointId.FromNumber(unchecked((ulong)faissId + (ulong)offset))
        : space is Guid named ? PointId.FromGuid(NamedUuid.OfId(named, (Int128)faissId + offset))
        : offset == 0 ? PointId.FromGuid(UuidV5.OfFaissId(faissId))
        : PointId.FromGuid(UuidV5.OfFaissId(checked(faissId + offset)));

    /// <summary>An id of a pipeline that was mapped without offset and part; a UUID that was given stays itself.</summary>
    /// <param name="id">The point id.</param>
    /// <param name="faissId">The number that it came from.</param>
    /// <param name="text">The text that it came from instead; null where it was a number. A text has no offset.</param>
    public PointId Remap(PointId id, long faissId, string? text = null) => text is not null
        ? (space is Guid named && mapping == IdMapping.Uuid5 ? PointId.FromGuid(NamedUuid.OfText(named, text)) : id)
        : offset == 0 && space is null ? id
        : mapping == IdMapping.Keep && !id.IsGuid ? PointId.FromNumber(checked(id.Number + (ulong)offset))
        : mapping == IdMapping.Uuid5 ? Map(faissId)
        : id;
}
