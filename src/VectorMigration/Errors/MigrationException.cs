namespace VectorMigration.Errors;

/// <summary>Kinds of error, of which PowerShell's categories and the exit codes are made.</summary>
public enum ErrorKind : long
{
    /// <summary>A file or thing is not there.</summary>
    NotFound,

    /// <summary>The data is not what it must be.</summary>
    InvalidData,

    /// <summary>An argument is wrong.</summary>
    InvalidArgument,

    /// <summary>Recognised, but not supported.</summary>
    NotSupported,

    /// <summary>Index and collection, or options, contradict each other.</summary>
    Conflict,

    /// <summary>The server cannot be reached, or was lost.</summary>
    Connection,

    /// <summary>The key is missing, wrong or not sufficient.</summary>
    Authentication,

    /// <summary>The file system refused.</summary>
    Permission,

    /// <summary>Time ran out.</summary>
    Timeout,

    /// <summary>The server refused for lack of disk, memory or quota.</summary>
    ResourceUnavailable,

    /// <summary>The server answered with an error of its own.</summary>
    Server,

    /// <summary>Stopped by the operator.</summary>
    Stopped,
}

/// <summary>
/// The one exception of this project: a reason that never changes, a message that names the thing, the place and what was expected,
/// and what the operator does next. Never holds a secret.
/// </summary>
public sealed class MigrationException : Exception
{
    /// <summary>Makes the exception.</summary>
    public MigrationException(string errorId, ErrorKind kind, string message, string recommendedAction, object? target = null, Exception? innerException = null)
        : base(OptionNames.Here(message), innerException)
    {
        ErrorId = errorId;
        Kind = kind;
        RecommendedAction = OptionNames.Here(recommendedAction);
        Target = target;
    }

    /// <summary>PascalCase reason that never changes.</summary>
    public string ErrorId { get; }

    /// <summary>Kind of error.</summary>
    public ErrorKind Kind { get; }

    /// <summary>What the operator does next.</summary>
    public string RecommendedAction { get; }

    /// <summary>The thing: path, endpoint, collection, point id.</summary>
    public object? Target { get; }

    /// <summary>True when the run can go on later from where it was.</summary>
    public bool Resumable { get; init; }

    /// <summary>
    /// True when a source changed under the run: what was sent may be of two states of it, so that the run is neither to be gone on
    /// with from an offset nor from its journal.
    /// </summary>
    public bool VoidsProgress { get; init; }

    /// <summary>The error as a record.</summary>
    public MigrationError ToRecord() => new(ErrorId, Kind, Message, RecommendedAction, Target?.ToString());
}
