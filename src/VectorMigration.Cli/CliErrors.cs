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

    public static MigrationException Interrupted() => new(
        ErrorIds.Interrupted, ErrorKind.Stopped, "Interrupted before anything was sent.", "Run the same command again.");

    public static MigrationException RecreateNotAgreed(MigrationPlan plan, bool wasAsked) => new(
        ErrorIds.RecreateNotAgreed, ErrorKind.InvalidArgument,
        $"The collection '{plan.Collection}' at {plan.Endpoint} exists with {Units.Of(plan.PresentBefore, "point", "points")}{PlanText.Losses(plan)}; "
            + $"{(wasAsked ? "its deletion was declined" : "nobody agreed to its deletion")}. Nothing was changed.",
        wasAsked ? "Choose another collection." : "Choose another collection. Where nobody can be asked, --yes says beforehand that the collection may "
            + "be deleted.",
        plan.Collection);

    public static MigrationException TuningInterrupted() => new(
        ErrorIds.Interrupted, ErrorKind.Stopped, "Interrupted while settings were tried; nothing was found yet.",
            "Run the same command again, with a shorter --budget if a minute is too long.");

    public static MigrationException RepairInterrupted() => new(
        ErrorIds.Interrupted, ErrorKind.Stopped, "Interrupted while points were sent again; those that were acknowledged are there.",
            "Run the same command again: it looks for what is still missing or different.");

    public static MigrationException Unexpected(Exception error) => new(
        ErrorIds.Unexpected, ErrorKind.Server,
        $"Unexpected error, please report: {error.GetType().Name}: {OneLine(error.Message)}",
        "Report it with the command (without keys) and the version that --version shows.", null, error);

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
