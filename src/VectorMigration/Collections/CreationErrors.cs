using VectorMigration.Errors;
using VectorMigration.Store;

namespace VectorMigration.Collections;

/// <summary>The errors of settings that a collection is to be created with; made here and nowhere else.</summary>
internal static class CreationErrors
{
    public static MigrationException QuantizationMissing() => new(
        ErrorIds.QuantizationMissing,
        ErrorKind.InvalidArgument,
        "-Quantile, -Compression and -QuantizationAlwaysRam (--quantile, --compression, --quantization-always-ram) say how to quantise, but the kind of "
            + "quantisation is missing.",
        "Add -Quantization (--quantization) with Scalar, Product or Binary.",
        "Quantization");

    public static MigrationException QuantizationDetail(string detail, QuantizationKind belongs, QuantizationKind given) => new(
        ErrorIds.InvalidCollectionSettings,
        ErrorKind.InvalidArgument,
        $"A {detail} belongs to {belongs} quantisation, not to {given}.",
        $"Leave the {detail} out, or ask for {belongs} quantisation.",
        "Quantization");

    public static MigrationException PayloadIndexInvalid(string text, string expected) => new(
        ErrorIds.PayloadIndexInvalid,
        ErrorKind.InvalidArgument,
        $"'{text}' is no payload index: {expected}.",
        "Write for instance metadata.source:keyword, metadata.year:integer or user:keyword:tenant.",
        "PayloadIndex");

    public static MigrationException PayloadIndexTwice(string field) => new(
        ErrorIds.PayloadIndexInvalid,
        ErrorKind.InvalidArgument,
        $"Two payload indexes are asked for over the field '{field}'; a field has one.",
        "Name each field once.",
        "PayloadIndex");
}
