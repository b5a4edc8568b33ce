using System.Management.Automation;

namespace VectorMigration.Commands;

/// <summary>Every error record of the cmdlets is made here, and every error that only a cmdlet can meet.</summary>
internal static partial class CommandErrors
{
    /// <summary>The record of an error: same id, a category of its kind, its target, its recommended action.</summary>
    public static ErrorRecord Record(MigrationException error) =>
        new(error, error.ErrorId, Category(error.Kind), error.Target)
        {
            ErrorDetails = new ErrorDetails(error.Message) { RecommendedAction = error.RecommendedAction },
        };

    /// <summary>The record of a batch that failed for good.</summary>
    public static ErrorRecord Record(QdrantBatchResult batch) =>
        Record(new MigrationException(
            batch.ErrorId ?? ErrorIds.BatchFailed,
            batch.ErrorKind ?? ErrorKind.Server,
            Failed(batch),
            batch.RecommendedAction ?? "Send these vectors again.",
            batch));

    private static string Failed(QdrantBatchResult batch)
    {
        bool wasNotTried = batch.ErrorId is ErrorIds.PointsExist;
        return $"Batch {batch.Number} of {batch.Collection} (positions {batch.FirstOrdinal} to {batch.LastOrdinal}, "
            + $"{Units.Of(batch.Count, "vector", "vectors")}) "
            + (wasNotTried ? "was not sent: " : $"failed after {Units.Of(batch.Attempts, "attempt", "attempts")}: ")
            + batch.Error + (batch.Error is { } text && text.EndsWith('.') ? string.Empty : ".");
    }

    /// <summary>The record of an error told in a result.</summary>
    public static ErrorRecord Record(MigrationResult result, MigrationError error) =>
        Record(new MigrationException(error.ErrorId, error.Kind, error.Message, error.RecommendedAction, error.Target ?? result.Path));

    /// <summary>The record of a region that has no figures.</summary>
    public static ErrorRecord Record(RegionTuning failed) => Record(new MigrationException(
        failed.Error!.ErrorId, failed.Error.Kind, $"{failed.Region}: {failed.Error.Message}", failed.Error.RecommendedAction, failed));

    /// <summary>The record of a collection that its index does not tell about.</summary>
    public static ErrorRecord NotVerifiable(MigrationError reason) =>
        Record(new MigrationException(reason.ErrorId, reason.Kind, reason.Message, reason.RecommendedAction, reason.Target));

    /// <summary>The record of a reason for which a planned run would be refused.</summary>
    public static ErrorRecord Refusal(MigrationPlan plan, MigrationError error) =>
        Record(new MigrationException(error.ErrorId, error.Kind, error.Message, error.RecommendedAction, error.Target ?? plan.Collection));

    /// <summary>A collection was to be deleted where nobody can be asked.</summary>
    public static MigrationException RecreateNotAsked(MigrationPlan plan) => new(
        ErrorIds.RecreateNotAgreed,
        ErrorKind.InvalidArgument,
        $"The collection '{plan.Collection}' at {plan.Endpoint} exists with {Units.Of(plan.PresentBefore, "point", "points")}{PlanText.Losses(plan)}. "
            + "PowerShell cannot ask for confirmation here. Nothing was changed.",
        "Add -Force to delete it without confirmation, or choose another collection.",
        plan.Collection);

    /// <summary>Points were to be deleted where nobody can be asked.</summary>
    public static MigrationException PruneNotAsked(MigrationPlan plan) => new(
        ErrorIds.PruneNotAgreed,
        ErrorKind.InvalidArgument,
        $"{PlanText.PrunedPoints(plan)} would be deleted. PowerShell cannot ask for confirmation here. Nothing was changed.",
        "Check that the index is complete. Omit -Prune to keep the points, or add -Confirm:$false to delete them without confirmation.",
        plan.Collection);

    /// <summary>The record of an error that one object of the pipeline met: it says which one.</summary>
    public static ErrorRecord InRow(ErrorRecord record, long row, string path, string collection)
    {
        string index = string.IsNullOrEmpty(path) ? "no index" : $"index {path}";
        string place = string.IsNullOrEmpty(collection) ? "no collection" : $"collection '{collection}'";
        record.ErrorDetails = new ErrorDetails($"Input row {Units.Count(row)} ({index}, {place}): {record.ErrorDetails?.Message ?? record.Exception.Message}")
        {
            RecommendedAction = record.ErrorDetails?.RecommendedAction ?? string.Empty,
        };
        return record;
    }

    /// <summary>An object of the pipeline has a value that its parameter cannot take.</summary>
    public static MigrationException UnusableValue(string parameter, string fault) => new(
        ErrorIds.UnreadableObject, ErrorKind.InvalidArgument, $"-{parameter}: {fault}", "Correct this row. The other rows were not affected.", parameter);

    /// <summary>A row has a value in a column that is nearly, and not quite, a parameter: it would be ignored.</summary>
    public static MigrationException MistypedColumn(string column, string parameter, string cmdlet) => new(
        ErrorIds.MistypedColumn,
        ErrorKind.InvalidArgument,
        $"{cmdlet} has no parameter for the column '{column}'. Did you mean {parameter}?",
        $"Rename the column to {parameter}. If it means something else, remove it.",
        column);

    /// <summary>Columns that no row can set a parameter by: a warning.</summary>
    public static string IgnoredColumns(IReadOnlyList<string> columns, string cmdlet)
    {
        string names = string.Join(", ", columns.Select(static column => $"'{column}'"));
        return columns.Count == 1
            ? $"The column {names} is ignored: rows cannot set a parameter of {cmdlet} with this name."
            : $"The columns {names} are ignored: rows cannot set parameters of {cmdlet} with these names.";
    }

    public static MigrationException NotAFile(string path, string provider) => new(
        ErrorIds.NotAFile,
        ErrorKind.InvalidArgument,
        $"'{path}' belongs to the provider {provider}. An index must be a file in the file system.",
        "Use the path of a file.",
        path);

    public static MigrationException RestartWithoutJournal() => new(
        ErrorIds.RestartWithoutJournal, ErrorKind.InvalidArgument, "-Restart begins a new journal, but no journal was named.",
        "Name the journal with -JournalPath, or omit -Restart.", "Restart");

    /// <summary>What to do after a pipeline was stopped.</summary>
    public static string ResumePipeline(string? journal) => journal is null
        ? "Run the same pipeline again. It sends everything again. A pipeline with -JournalPath resumes instead."
        : $"Run the same pipeline again. It resumes from the journal {journal}.";

    /// <summary>A cmdlet was stopped before the first vector.</summary>
    public static MigrationException StoppedUnsent() => new(
        ErrorIds.Interrupted, ErrorKind.Stopped, "Stopped before anything was sent.", "Run the same command again.");

    public static MigrationException PathNotFound(string path, bool hasLiteralPath) => new(
        ErrorIds.PathNotFound,
        ErrorKind.NotFound,
        $"No file matches '{path}'.",
        !WildcardPattern.ContainsWildcardCharacters(path) ? "Check the path."
            : hasLiteralPath ? "Check the path. If the name contains *, ?, [ or ], use -LiteralPath."
            : "Check the path. If the name contains *, ?, [ or ], put a backtick before each of them.",
        path);

    public static MigrationException DriveNotFound(string path) => new(
        ErrorIds.PathNotFound,
        ErrorKind.NotFound,
        $"There is no drive '{path.Split(':')[0]}' for the path '{path}'.",
        "Check the path. Get-PSDrive lists the drives.",
        path);

    public static MigrationException NoBaseline(object value) => new(
        ErrorIds.InvalidBaseline,
        ErrorKind.InvalidArgument,
        $"-Baseline is {(value is MigrationResult ? "the result of a run that sent nothing" : $"a {value.GetType().Name}")}. The figures of a run "
            + "were expected.",
        "Use the output of Measure-MigrationPerf or Invoke-VectorMigration, or the path of a log folder, the folder of a run, a migration.log, or a "
            + "summary.json.",
        value);

    public static MigrationException SeveralFiles(string path, int count) => new(
        ErrorIds.SeveralFiles,
        ErrorKind.InvalidArgument,
        $"'{path}' matches {Units.Count(count)} files. Exactly one was expected.",
        "Name one file, or call the cmdlet once for each file: Get-ChildItem … | ForEach-Object { … }.",
        path);

    /// <summary>A parameter that takes one index was given several.</summary>
    public static MigrationException SeveralPaths(string parameter, int count) => new(
        ErrorIds.SeveralFiles,
        ErrorKind.InvalidArgument,
        $"-{parameter} takes one index, and {Units.Count(count)} were given.",
        "Pipe the paths to the cmdlet: 'a.faiss', 'b.faiss' | … If each index has its own collection, pipe objects with the properties Path and Collection.",
        parameter);

    public static MigrationException IdNotFound(object id, string path) => new(
        ErrorIds.IdNotFound,
        ErrorKind.NotFound,
        $"No vector of '{path}' has the id {id}.",
        "Use an id of the index. Get-FaissVector -First 5 shows some.",
        id);

    public static MigrationException UnreadableObject(long position, string what, string expected, string found, object? target) => new(
        ErrorIds.UnreadableObject,
        ErrorKind.InvalidData,
        $"Input object {position} (counted from 1): {what}: expected {expected}, found {found}.",
        "Correct this object and send it again, or omit it. An object needs the properties Id and Vector, and may have Payload.",
        target);

    public static MigrationException NormLost(long position, object id, double norm) => new(
        ErrorIds.NormNotNormalizable,
        ErrorKind.InvalidData,
        string.Create(System.Globalization.CultureInfo.InvariantCulture,
            $"Input object {position} (counted from 1, id {id}): its vector has norm {norm:G6}, which Cosine cannot use: {CosineNorm.Fate(norm)}."),
        "The object was not sent. Correct the vector, filter such vectors out, or use another distance.");

    public static MigrationException NonFinite(long position, object id, int component, float value) => new(
        ErrorIds.NonFiniteComponent,
        ErrorKind.InvalidData,
        $"Input object {position} (counted from 1, id {id}): component {component} is {value}. "
            + (float.IsFinite(value) ? $"The datatype Float16 holds at most {HalfRange.Greatest:0}." : "Qdrant stores only finite numbers."),
        "The object was not sent. Correct the vector, or filter such vectors out.",
        id);

    public static MigrationException NegativeId(long position, object id) => new(
        ErrorIds.NegativeId,
        ErrorKind.InvalidData,
        $"Input object {position} (counted from 1) has the negative id {id}. Numeric ids in Qdrant are unsigned.",
        "The object was not sent. Use -IdMapping Uuid5: ids become UUIDs, and the original stays in the payload as faiss_id, "
            + "or in the field that -IdField names.",
        id);

    public static MigrationException DuplicateId(long position, PointId id) => new(
        ErrorIds.DuplicateId,
        ErrorKind.Conflict,
        $"Input object {position} (counted from 1) has the id {id} of an earlier object, and would replace its point.",
        "The object was not sent. Make ids unique, or use -AllowDuplicateId to let later vectors replace earlier ones.",
        id);

    public static MigrationException WrongDimension(long position, object id, int found, int expected, string reference) => new(
        ErrorIds.DimensionMismatch,
        ErrorKind.InvalidData,
        $"Input object {position} (counted from 1, id {id}) has {Units.Of(found, "component", "components")}; "
            + $"expected {Units.Count(expected)}, as in {reference}.",
        "The object was not sent. All vectors of a collection must have the same number of components.",
        id);

    public static MigrationException UploadEnded(string collection) => new(
        ErrorIds.UploadEnded,
        ErrorKind.Stopped,
        $"The upload to '{collection}' ended before the pipeline.",
        "Run the same command again with -Verbose, and report its output.",
        collection);

    public static MigrationException PayloadRefused(long position, RowFault fault, object target) => new(
        fault.ErrorId == ErrorIds.PayloadRowInvalid ? ErrorIds.UnreadableObject : fault.ErrorId,
        ErrorKind.InvalidData,
        $"Input object {position} (counted from 1, id {target}): property Payload: {fault.Found}.",
        $"The object was not sent. {fault.Action}",
        target);

    private static ErrorCategory Category(ErrorKind kind) => kind switch
    {
        ErrorKind.NotFound => ErrorCategory.ObjectNotFound,
        ErrorKind.InvalidData => ErrorCategory.InvalidData,
        ErrorKind.InvalidArgument => ErrorCategory.InvalidArgument,
        ErrorKind.NotSupported => ErrorCategory.NotImplemented,
        ErrorKind.Conflict => ErrorCategory.InvalidOperation,
        ErrorKind.Connection => ErrorCategory.ConnectionError,
        ErrorKind.Authentication => ErrorCategory.AuthenticationError,
        ErrorKind.Permission => ErrorCategory.PermissionDenied,
        ErrorKind.Timeout => ErrorCategory.OperationTimeout,
        ErrorKind.ResourceUnavailable => ErrorCategory.ResourceUnavailable,
        ErrorKind.Stopped => ErrorCategory.OperationStopped,
        _ => ErrorCategory.InvalidResult,
    };
}
