using VectorMigration.Errors;
using VectorMigration.Store;

namespace VectorMigration.Engine;

/// <summary>The errors that end an upload: the target's answer as it was classified, told of the whole run.</summary>
internal static class UploadErrors
{
    public static MigrationException Stopped(WriteAnswer answer, string collection) =>
        Of(answer, answer.Reason, collection, answer.Resumable);

    public static MigrationException GaveUp(WriteAnswer answer, int attempts, string collection)
    {
        string tried = $"{attempts} attempt{(attempts == 1 ? string.Empty : "s")}";
        return Of(answer, $"Gave up on a batch for collection '{collection}' after {tried}: {answer.Reason}", collection, resumable: true);
    }

    private static MigrationException Of(WriteAnswer answer, string message, string collection, bool resumable) =>
        answer.Kind is ErrorKind kind
            ? new MigrationException(answer.ErrorId, kind, message, answer.NextStep, collection) { Resumable = resumable }
            : throw new ArgumentException("An answer that is no error ends no upload.", nameof(answer));
}
