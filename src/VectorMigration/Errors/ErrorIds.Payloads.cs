namespace VectorMigration.Errors;

/// <summary>The ids of the errors of payloads.</summary>
public static partial class ErrorIds
{
    /// <summary>A payload has a field of its own under a name that this tool writes.</summary>
    public const string PayloadFieldTaken = nameof(PayloadFieldTaken);
    /// <summary>The key of a payload is no FAISS id.</summary>
    public const string PayloadKeyInvalid = nameof(PayloadKeyInvalid);
    /// <summary>An option of payload keys was given without a key or a file.</summary>
    public const string PayloadKeyNotApplicable = nameof(PayloadKeyNotApplicable);
    /// <summary>Two payloads have the same key.</summary>
    public const string PayloadKeyRepeated = nameof(PayloadKeyRepeated);
    /// <summary>Vectors have no payload.</summary>
    public const string PayloadKeysMissing = nameof(PayloadKeysMissing);
    /// <summary>Payloads belong to no vector.</summary>
    public const string PayloadKeysSurplus = nameof(PayloadKeysSurplus);
    /// <summary>The payload file has another form.</summary>
    public const string PayloadNotJsonLines = nameof(PayloadNotJsonLines);
    /// <summary>The payload is a pipe or a device.</summary>
    public const string PayloadNotRegularFile = nameof(PayloadNotRegularFile);
    /// <summary>The table that finds payloads cannot be written or read.</summary>
    public const string PayloadTableFailed = nameof(PayloadTableFailed);
    /// <summary>The payload file has more rows than the index has vectors.</summary>
    public const string PayloadTooLong = nameof(PayloadTooLong);
    /// <summary>The index does not tell in which order its vectors were added.</summary>
    public const string PayloadOrderUnknown = nameof(PayloadOrderUnknown);
    /// <summary>Payloads hold vectors that are not those that they are joined to.</summary>
    public const string PayloadVectorsDiffer = nameof(PayloadVectorsDiffer);
    /// <summary>A whole number of a payload needs more than 64 bits.</summary>
    public const string PayloadIntegerTooLarge = nameof(PayloadIntegerTooLarge);
}
