namespace VectorMigration.Store;

/// <summary>Kinds of payload index, with the numbers of Qdrant's <c>FieldType</c> (points.proto).</summary>
public enum PayloadIndexType : long
{
    /// <summary>Texts that are compared as a whole.</summary>
    Keyword = 0,

    /// <summary>Whole numbers.</summary>
    Integer = 1,

    /// <summary>Numbers.</summary>
    Float = 2,

    /// <summary>Places: objects with <c>lat</c> and <c>lon</c>.</summary>
    Geo = 3,

    /// <summary>Texts that are searched for words.</summary>
    Text = 4,

    /// <summary>True and false.</summary>
    Bool = 5,

    /// <summary>Dates as RFC 3339.</summary>
    Datetime = 6,

    /// <summary>UUIDs.</summary>
    Uuid = 7,
}

/// <summary>An index of the server over a field of the payload.</summary>
/// <param name="Field">The field; a dot leads into an object (<c>metadata.source</c>).</param>
/// <param name="Type">What its values are.</param>
public sealed record PayloadIndexSettings(string Field, PayloadIndexType Type)
{
    /// <summary>The field divides the points among tenants: the server keeps those of one together. Keyword and Uuid only.</summary>
    public bool IsTenant { get; init; }

    /// <summary>Most queries filter by ranges of this field. Integer, Float and Datetime only.</summary>
    public bool IsPrincipal { get; init; }

    /// <summary>Keep the index on disk. Not for Bool and Geo of older servers, which then say so.</summary>
    public bool OnDisk { get; init; }

    /// <summary>As it is asked for: <c>metadata.user:keyword:tenant</c>.</summary>
    public override string ToString() => string.Join(
        ':', (string?[])[Field, Type.ToString().ToLowerInvariant(), Flags() is { Length: > 0 } flags ? flags : null]).TrimEnd(':');

    private string Flags() => string.Join(
        ',', ((string?[])[IsTenant ? "tenant" : null, IsPrincipal ? "principal" : null, OnDisk ? "on_disk" : null]).OfType<string>());
}
