namespace VectorMigration.Qdrant;

/// <summary>
/// What a collection can be asked to be, and since when servers know it: an older one drops the field in silence and would make another
/// collection than the one asked for. The versions have not been tried on servers that old.
/// </summary>
/// <param name="Name">For messages.</param>
/// <param name="Since">First version.</param>
/// <param name="IsAsked">Whether settings ask for it.</param>
internal sealed record ServerFeature(string Name, ServerVersion Since, Func<CollectionSettings, bool> IsAsked)
{
    private static readonly ServerFeature[] All =
    [
        new("scalar quantization", new ServerVersion(1, 1, 0), static asked => asked.Quantization?.Kind == QuantizationKind.Scalar),
        new("product quantization", new ServerVersion(1, 2, 0), static asked => asked.Quantization?.Kind == QuantizationKind.Product),
        new("vectors on disk", new ServerVersion(1, 2, 0), static asked => asked.OnDisk == true),
        new("binary quantization", new ServerVersion(1, 5, 0), static asked => asked.Quantization?.Kind == QuantizationKind.Binary),
        new("the datatype Uint8", new ServerVersion(1, 9, 0), static asked => asked.Datatype == VectorDatatype.Uint8),
        new("the datatype Float16", new ServerVersion(1, 10, 0), static asked => asked.Datatype == VectorDatatype.Float16),
        new("TurboQuant", new ServerVersion(1, 18, 0), static asked => asked.Quantization?.Kind == QuantizationKind.Turbo),
        new("TurboQuant of 8 bits", new ServerVersion(1, 20, 0), static asked => asked.Quantization?.Bits == TurboBits.Bits8),
        new("the datatype Turbo4", new ServerVersion(1, 19, 0), static asked => asked.Datatype == VectorDatatype.Turbo4),
        new("the datatypes Turbo8 and Turbo16", new ServerVersion(1, 20, 0), static asked => asked.Datatype is VectorDatatype.Turbo8 or VectorDatatype.Turbo16),
    ];

    /// <summary>Features that are asked for.</summary>
    public static IEnumerable<ServerFeature> AskedBy(CollectionSettings settings) => All.Where(feature => feature.IsAsked(settings));
}
