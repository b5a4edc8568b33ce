namespace VectorMigration.Errors;

/// <summary>Payload mappings, and stores that frameworks saved.</summary>
public static partial class ErrorIds
{
    // What becomes of payloads, and ids of stores.
    /// <summary>A mapping of payloads contradicts itself, or nothing is there to be mapped.</summary>
    public const string PayloadMappingInvalid = nameof(PayloadMappingInvalid);
    /// <summary>Two fields of a payload would become one.</summary>
    public const string PayloadFieldCollision = nameof(PayloadFieldCollision);
    /// <summary>A value of a payload cannot have the type that was asked for.</summary>
    public const string PayloadTypeMismatch = nameof(PayloadTypeMismatch);
    /// <summary>A store has no ids of its own, or vectors have none.</summary>
    public const string StoreIdsMissing = nameof(StoreIdsMissing);
    /// <summary>Ids of a store are neither UUIDs nor numbers.</summary>
    public const string StoreIdsInvalid = nameof(StoreIdsInvalid);
    /// <summary>Vectors share an id of the store.</summary>
    public const string StoreIdsRepeated = nameof(StoreIdsRepeated);

    // Stores that frameworks saved.
    /// <summary>A store is named where texts are to stay behind, or to come from elsewhere.</summary>
    public const string StorePathNotApplicable = nameof(StorePathNotApplicable);
    /// <summary>A pickle is cut short.</summary>
    public const string PickleTruncated = nameof(PickleTruncated);
    /// <summary>A pickle is damaged, or the file is none.</summary>
    public const string PickleInvalid = nameof(PickleInvalid);
    /// <summary>A pickle holds, where data is read, what is no data, or names what only an attack names.</summary>
    public const string PickleRefused = nameof(PickleRefused);
    /// <summary>A pickle passes a limit.</summary>
    public const string PickleTooLarge = nameof(PickleTooLarge);
    /// <summary>The file is not what the framework writes.</summary>
    public const string StoreInvalid = nameof(StoreInvalid);
    /// <summary>A value of a document has no form in a payload.</summary>
    public const string StoreValueRefused = nameof(StoreValueRefused);
    /// <summary>The original vectors are not those of the index.</summary>
    public const string OriginalVectorsDiffer = nameof(OriginalVectorsDiffer);
}
