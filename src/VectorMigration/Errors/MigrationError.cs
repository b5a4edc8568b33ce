namespace VectorMigration.Errors;

/// <summary>An error as a record: for results, logs and JSON.</summary>
/// <param name="ErrorId">PascalCase reason that never changes.</param>
/// <param name="Kind">Kind of error, of which PowerShell's category is made.</param>
/// <param name="Message">What happened, where, and what was expected.</param>
/// <param name="RecommendedAction">What the operator does next.</param>
/// <param name="Target">The thing: path, endpoint, collection, point id.</param>
public sealed record MigrationError(string ErrorId, ErrorKind Kind, string Message, string RecommendedAction, string? Target)
{
    /// <inheritdoc/>
    public override string ToString() => $"{ErrorId}: {Message}";
}
