namespace VectorMigration.Cli;

/// <summary>The errors that only the command line has, and what an error means for the process.</summary>
internal static class CliErrors
{
    public static MigrationException Usage(string message, string? command) => new(
        ErrorIds.Usage, ErrorKind.InvalidArgument, OneLine(message), $"See vector-migration {(command is null ? string.Empty : command + " ")}--help.");

    public static MigrationException KeyAsArgument() => new(
        ErrorIds.KeyAsArgument, ErrorKind.InvalidArgument,
        "A key is never an argument, because every user of a machine can read the arguments of its processes.",
        "Put it into QDRANT_API_KEY or into a file named by --api-key-file. Change the key that was given.");

    /// <summary>A command that sends vectors was interrupted before the first one.</summary>
    public static MigrationException InterruptedUnsent() => new(
        ErrorIds.Interrupted, ErrorKind.Stopped, "Interrupted before anything was sent.", "Run the same command again.");

    /// <summary>A command that only reads was interrupted.</summary>
    public static MigrationException Interrupted() => new(
        ErrorIds.Interrupted, ErrorKind.Stopped, "Interrupted. Nothing was changed.", "Run the same command again.");

    public static MigrationException RecreateNotAgreed(MigrationPlan plan, bool wasAsked) => new(
        ErrorIds.RecreateNotAgreed, ErrorKind.InvalidArgument,
        $"The collection '{plan.Collection}' at {plan.Endpoint} exists with {Units.Of(plan.PresentBefore, "point", "points")}{PlanText.Losses(plan)}; "
            + $"{(wasAsked ? "its deletion was declined" : "nobody agreed to its deletion")}. Nothing was changed.",
        wasAsked ? "Choose another collection." : "Choose another collection. Where nobody can be asked, --yes says beforehand that the collection may "
            + "be deleted.",
        plan.Collection);

    public static MigrationException PruneNotAgreed(MigrationPlan plan, bool wasAsked) => new(
        ErrorIds.PruneNotAgreed, ErrorKind.InvalidArgument,
        $"{PlanText.PrunedPoints(plan)} would be deleted, and {(wasAsked ? "this was declined" : "nobody agreed to it")}. Nothing was changed.",
        wasAsked ? "Leave --prune out to keep them." : "Leave --prune out to keep them. Where nobody can be asked, --yes agrees beforehand.",
        plan.Collection);

    public static MigrationException TuningInterrupted() => new(
        ErrorIds.Interrupted, ErrorKind.Stopped, "Interrupted while settings were tried; nothing was found yet.",
            "Run the same command again, with a shorter --budget if a minute is too long.");

    public static MigrationException Unexpected(Exception error) => new(
        ErrorIds.Unexpected, ErrorKind.Server,
        $"Unexpected error, please report: {error.GetType().Name}: {OneLine(error.Message)}",
        "Report it with the command (without keys) and the version that --version shows.", null, error);

    public static MigrationException ApiKeyFileMissing(string path) => new(
        ErrorIds.ApiKeyFileMissing, ErrorKind.NotFound, $"There is no key file {path}.", "Check the path that --api-key-file names.", path);

    public static MigrationException ApiKeyFileUnreadable(string path, Exception error) => new(
        ErrorIds.ApiKeyFileUnreadable, ErrorKind.Permission, $"The key file {path} cannot be read: {error.GetType().Name}.",
            "Check that it is a file that this user may read.", path, error);

    public static MigrationException ApiKeyInvalid(string source, string fault) => new(
        ErrorIds.ApiKeyInvalid, ErrorKind.InvalidArgument, $"{source} holds no key: {fault}.", "Put the key alone into it, on one line.", source);

    /// <summary>How a command ends that met this error before the first vector was sent.</summary>
    public static MigrationStatus StatusOf(MigrationException error) => error switch
    {
        { ErrorId: ErrorIds.Unexpected } => MigrationStatus.Failed,
        { Kind: ErrorKind.Stopped } => MigrationStatus.Interrupted,
        _ => MigrationStatus.Refused,
    };

    private static string OneLine(string text) =>
        string.Join(' ', text.Split(['\r', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
}
