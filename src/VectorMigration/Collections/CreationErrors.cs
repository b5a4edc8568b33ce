using VectorMigration.Errors;
using VectorMigration.Store;

namespace VectorMigration.Collections;

/// <summary>The errors of settings that a collection is to be created with; made here and nowhere else.</summary>
internal static class CreationErrors
{
    public static MigrationException QuantizationMissing() => new(
        ErrorIds.QuantizationMissing,
        ErrorKind.InvalidArgument,
        "-Quantile, -Compression, -TurboBits and -QuantizationAlwaysRam configure quantization, but -Quantization is missing.",
        "Add -Quantization Scalar, -Quantization Product, -Quantization Binary or -Quantization Turbo.",
        "Quantization");

    public static MigrationException QuantizationDetail(string detail, QuantizationKind belongs, QuantizationKind given) => new(
        ErrorIds.InvalidCollectionSettings,
        ErrorKind.InvalidArgument,
        $"A {detail} applies to {belongs} quantization, not to {given}.",
        $"Omit the {detail}, or use -Quantization {belongs}.",
        "Quantization");

    public static MigrationException NothingToMatch(string collection) => new(
        ErrorIds.InvalidCollectionSettings,
        ErrorKind.InvalidArgument,
        $"-MatchQuantization needs an index, but nothing is known of an index for collection '{collection}'.",
        "Omit -MatchQuantization, and choose the quantization with -Quantization.",
        "MatchQuantization");

    public static MigrationException PayloadIndexInvalid(string text, string expected) => new(
        ErrorIds.PayloadIndexInvalid,
        ErrorKind.InvalidArgument,
        $"'{text}' is not a valid payload index: {expected}.",
        "Examples: metadata.source:keyword, metadata.year:integer, user:keyword:tenant.",
        "PayloadIndex");

    public static MigrationException PayloadIndexTwice(string field) => new(
        ErrorIds.PayloadIndexInvalid,
        ErrorKind.InvalidArgument,
        $"The field '{field}' is named for two payload indexes. A field can have only one.",
        "Name each field once.",
        "PayloadIndex");
}
