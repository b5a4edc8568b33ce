using VectorMigration.Errors;
using VectorMigration.Store;

namespace VectorMigration.Engine;

/// <summary>The errors that end an upload; made here and nowhere else.</summary>
internal static class UploadErrors
{
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
