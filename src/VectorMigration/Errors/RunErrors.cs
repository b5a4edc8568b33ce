namespace VectorMigration;

/// <summary>The errors of planning, running and verifying; made here and nowhere else.</summary>
internal static class RunErrors
{
    public static void RequireRange(string name, long value, long least, long most)
    {
        if (value < least || value > most)
        {
            throw OutOfRange(name, value.ToString(System.Globalization.CultureInfo.InvariantCulture), $"{least} to {most}");
        }
    }

    public static MigrationException OutOfRange(string name, string value, string range) => new(
        "ValueOutOfRange", ErrorKind.InvalidArgument, $"{name} is {value}; expected {range}.", $"Give a value from {range}.", name);

    public static MigrationException Unexpected(Exception e) => new(
        "UnexpectedFailure", ErrorKind.Server, $"Something unexpected failed: {e.GetType().Name}: {e.Message}", "Run again; if it happens again, report it with the lines of migration.log.", null, e);

    public static MigrationException Stopped(WriteAnswer answer, string collection) => new(
        answer.ErrorId.Length > 0 ? answer.ErrorId : "UploadStopped", KindOf(answer.ErrorId), answer.Reason, answer.NextStep, collection)
    {
        Resumable = answer.Resumable,
    };

    public static MigrationException GaveUp(WriteAnswer answer, int attempts, string collection) => new(
        answer.ErrorId.Length > 0 ? answer.ErrorId : "ServerLost",
        answer.ErrorId.Length > 0 ? KindOf(answer.ErrorId) : ErrorKind.Connection,
        $"Gave up on a batch for collection '{collection}' after {attempts} attempt{(attempts == 1 ? string.Empty : "s")}: {answer.Reason}",
        answer.NextStep.Length > 0 ? answer.NextStep : "See that the server is well, then go on from where this run stopped.",
        collection)
    {
        Resumable = true,
    };

    public static MigrationException NotExact(IndexDescription index) => new(
        "VectorsNotExact",
        ErrorKind.NotSupported,
        index.Fidelity == Fidelity.NotRecoverable
            ? $"{index.Path} is {index.Kind}, which does not hold its vectors in any form."
            : $"{index.Path} is {index.Kind}, which holds codes: its vectors come back near the originals, not equal to them.",
        index.Fidelity == Fidelity.NotRecoverable
            ? "Embed the texts again, or migrate the index that this one was built from."
            : "Migrate the original vectors if you still have them. To migrate the decoded ones, say -AllowDecoded.",
        index.Path);

    public static MigrationException DimensionTooLarge(IndexDescription index) => new(
        "DimensionTooLarge", ErrorKind.NotSupported, $"{index.Path} has vectors of {index.Dimension} components; Qdrant takes 1 to {QdrantLimits.MaxDimension}.", "Reduce the dimension (for example with FAISS's PCAMatrix) before migrating.", index.Path);

    public static MigrationException DimensionTooLarge(int dimension, string collection) => new(
        "DimensionTooLarge", ErrorKind.NotSupported, $"The vectors for collection '{collection}' have {dimension} components; Qdrant takes 1 to {QdrantLimits.MaxDimension}.", "Reduce the dimension (for example with FAISS's PCAMatrix) before migrating.", collection);

    public static MigrationException MetricNotSupported(IndexDescription index) => new(
        "MetricNotSupported",
        ErrorKind.NotSupported,
        $"{index.Path} uses the metric {MetricName(index)}, which Qdrant does not have: it has Euclid, Dot, Cosine and Manhattan.",
        "If one of them ranks well enough for you, say it: -Distance Euclid (--distance Euclid).",
        index.Path);

    public static MigrationException NormsNotUnit(IndexDescription index, long ordinal, long faissId, double norm) => new(
        "NormsNotUnit",
        ErrorKind.Conflict,
        $"Cosine was asked for an inner-product index whose vectors are not all of unit length: vector {ordinal} (id {faissId}) of {index.Path} has norm {norm:G6}. Qdrant would normalise it and rank differently.",
        "Use -Distance Dot (--distance Dot), which ranks as the index does.",
        index.Path);

    public static MigrationException OffsetBeyondEnd(IndexDescription index, long offset) => new(
        "OffsetBeyondEnd", ErrorKind.InvalidArgument, $"The offset {offset} lies beyond the {index.Count} vectors of {index.Path}.", $"Give an offset from 0 to {index.Count}.", index.Path);

    public static MigrationException NegativeIds(IndexDescription index, IdScanResult scan) => new(
        "NegativeIds",
        ErrorKind.InvalidData,
        $"{scan.Negatives} id{Plural(scan.Negatives)} of {index.Path} {(scan.Negatives == 1 ? "is" : "are")} negative, the first {Listed(scan.FirstNegatives)}; a Qdrant point id is an unsigned number or a UUID.",
        "Say -IdMapping Uuid5 (--id-mapping uuid5): every id becomes a UUIDv5 and stays in the payload as faiss_id.",
        index.Path);

    public static MigrationException DuplicateIds(IndexDescription index, IdScanResult scan) => new(
        "DuplicateIds",
        ErrorKind.InvalidData,
        $"{scan.Duplicates} vector{Plural(scan.Duplicates)} of {index.Path} repeat{(scan.Duplicates == 1 ? "s" : string.Empty)} an id that another one has, the first {Listed(scan.FirstDuplicates)}; in Qdrant one would replace the other.",
        "Mend the index, or say -AllowDuplicateId (--allow-duplicate-ids): then the last vector of each id is kept and the others are left out.",
        index.Path);

    public static MigrationException TooManyDuplicates(IndexDescription index, long most) => new(
        "TooManyDuplicateIds", ErrorKind.NotSupported, $"More than {most} vectors of {index.Path} repeat an id that another one has.", "Mend the index first: an index like that is hardly what it was meant to be.", index.Path);

    public static MigrationException NonFinite(string path, long ordinal, long faissId, int component, float value) => new(
        "NonFiniteComponent",
        ErrorKind.InvalidData,
        $"Vector {ordinal} (id {faissId}) of {path} has {ValueName(value)} as component {component}; Qdrant would store it and answer every search wrong. Nothing of its batch was sent.",
        "Mend the vector, or say -SkipInvalid (--skip-invalid) to leave such vectors out, counted and listed.",
        path);

    public static MigrationException CollectionDiffers(string collection, string endpoint, IReadOnlyList<string> differences) => new(
        "CollectionDiffers",
        ErrorKind.Conflict,
        $"Collection '{collection}' at {endpoint} does not fit the index: {string.Join("; ", differences)}.",
        "Choose another collection, or delete this one and start anew with -Recreate (--recreate).",
        collection);

    public static MigrationException CollectionMissing(string collection, string endpoint) => new(
        "CollectionMissing", ErrorKind.NotFound, $"There is no collection '{collection}' at {endpoint}.", "Check the name and the endpoint, or migrate first.", collection);

    public static MigrationException CollectionReplaced(string collection, string endpoint, bool isGone) => new(
        "CollectionReplaced",
        ErrorKind.Conflict,
        $"Collection '{collection}' at {endpoint} was deleted{(isGone ? string.Empty : " and made anew")} while vectors were sent; what was acknowledged before is gone.",
        "Find out who deleted it, then send everything again with -Restart (--restart).",
        collection);

    public static MigrationException PayloadShort(string path, long rows, long expected) => new(
        "PayloadTooShort", ErrorKind.InvalidData, $"{path} has {rows} rows, but the index has {expected} vectors: each vector needs its line.", "Check that payload file and index belong together and are in the same order.", path);

    public static MigrationException LogUnwritable(string path, Exception e) => new(
        "LogUnwritable", ErrorKind.Permission, $"The log {path} cannot be written: {e.Message}", "Give another folder with -LogDirectory (--log-dir), or make room in this one.", path, e);

    private static string MetricName(IndexDescription index) =>
        index.Metric == FaissMetric.Lp ? $"Lp with p = {index.MetricArgument:G6}" : $"{index.Metric} ({(int)index.Metric})";

    private static string ValueName(float value) => float.IsNaN(value) ? "NaN" : value > 0 ? "+Infinity" : "-Infinity";

    private static string Plural(long count) => count == 1 ? string.Empty : "s";

    private static string Listed(IReadOnlyList<IdOccurrence> occurrences) =>
        string.Join(", ", occurrences.Take(3).Select(o => $"{o.Id} at position {o.Ordinal}"));

    private static ErrorKind KindOf(string errorId) => errorId switch
    {
        "WrongApiKey" or "MissingApiKey" or "ReadOnlyKey" => ErrorKind.Authentication,
        "CollectionMissing" or "NotFound" => ErrorKind.NotFound,
        "DiskFull" or "OutOfMemory" or "InsufficientStorage" or "CollectionLimitReached" or "StorageLocked" or "RateLimited" => ErrorKind.ResourceUnavailable,
        "DimensionMismatch" or "VectorNameMissing" => ErrorKind.Conflict,
        "NoServer" or "ConnectionLost" or "ServerUnavailable" or "TlsFailed" or "ProxyFailed" => ErrorKind.Connection,
        "RestPortGiven" or "NotGrpc" => ErrorKind.InvalidArgument,
        "Timeout" => ErrorKind.Timeout,
        _ => ErrorKind.Server,
    };
}

/// <summary>Limits of Qdrant that are known before it is asked.</summary>
internal static class QdrantLimits
{
    /// <summary>Largest dimension (collections validation, "must be from 1 to 65536").</summary>
    public const int MaxDimension = 65_536;

    /// <summary>Least ef_construct that it takes.</summary>
    public const int MinEfConstruct = 4;
}
