namespace VectorMigration.Cli;

/// <summary>The errors that only the command line has, and what an error means for the process.</summary>
internal static class CliErrors
{
    public static MigrationException Usage(string message, string? command) => new(
        ErrorIds.Usage, ErrorKind.InvalidArgument, CommonErrors.OneLine(message),
        $"See vector-migration {(command is null ? string.Empty : command + " ")}--help.");

    public static MigrationException NothingToForce() => new(
        ErrorIds.Usage, ErrorKind.InvalidArgument, "--force has no effect here. It applies only with --on-changed or --prune.",
        "Omit --force. To delete an existing collection or points without a question, use --yes.");

    public static MigrationException CommandMissing(IReadOnlyList<string> commands) => new(
        ErrorIds.Usage, ErrorKind.InvalidArgument, "No command was given.", $"Use {string.Join(", ", commands.SkipLast(1))} or {commands[^1]}. "
            + "See vector-migration --help.");

    /// <summary>A comparison of one run, or of none.</summary>
    /// <param name="lastRuns">The last two runs of the folder that was named, the last one first; empty where it has no two.</param>
    public static MigrationException CompareNeedsTwo(IReadOnlyList<string> lastRuns) => new(
        ErrorIds.Usage,
        ErrorKind.InvalidArgument,
        "compare needs two paths: the run, and then the baseline, which is the earlier run to compare it with.",
        lastRuns.Count == 2
            ? $"To compare the last two runs of this folder: vector-migration compare {CommonErrors.Quoted(lastRuns[0])} {CommonErrors.Quoted(lastRuns[1])}"
            : "Each path is a log folder, the folder of a run in runs, a migration.log, or a summary.json. See vector-migration compare --help.");

    public static MigrationException KeyAsArgument() => new(
        ErrorIds.KeyAsArgument, ErrorKind.InvalidArgument,
        "An API key must not be an argument, because other users of this machine can read the arguments of every process.",
        "Put the key into QDRANT_API_KEY, or into a file that --api-key-file names. Replace the key that you used here.");

    /// <summary>A command that sends vectors was interrupted before the first one.</summary>
    public static MigrationException InterruptedUnsent() => new(
        ErrorIds.Interrupted, ErrorKind.Stopped, "Interrupted before anything was sent.", "Run the same command again.");

    /// <summary>A command that only reads was interrupted.</summary>
    public static MigrationException Interrupted() => new(
        ErrorIds.Interrupted, ErrorKind.Stopped, "Interrupted. Nothing was changed.", "Run the same command again.");

    /// <summary>Only the watching was interrupted; the run belongs to another session.</summary>
    public static MigrationException WatchInterrupted(MigrationRun run) => new(
        ErrorIds.Interrupted, ErrorKind.Stopped, $"Watching was interrupted. The run {run.RunId} was not stopped and continues in its own session.",
        "To follow it again, run the same command. To stop it, use vector-migration stop.", run.RunId);

    public static MigrationException RecreateNotAgreed(MigrationPlan plan, bool wasAsked) => new(
        ErrorIds.RecreateNotAgreed, ErrorKind.InvalidArgument,
        $"The collection '{plan.Collection}' at {plan.Endpoint} exists with {Units.Of(plan.PresentBefore, "point", "points")}{PlanText.Losses(plan)}. "
            + $"{(wasAsked ? "You declined to delete it" : "Its deletion was not confirmed")}. Nothing was changed.",
        wasAsked ? "Choose another collection." : "Choose another collection, or confirm the deletion beforehand with --yes.",
        plan.Collection);

    public static MigrationException PruneNotAgreed(MigrationPlan plan, bool wasAsked) => new(
        ErrorIds.PruneNotAgreed, ErrorKind.InvalidArgument,
        $"{PlanText.PrunedPoints(plan)} would be deleted. "
            + $"{(wasAsked ? "You declined to delete them" : "Their deletion was not confirmed")}. Nothing was changed.",
        wasAsked ? "Omit --prune to keep them." : "Omit --prune to keep them, or confirm the deletion beforehand with --yes.",
        plan.Collection);

    public static MigrationException TuningInterrupted() => new(
        ErrorIds.Interrupted, ErrorKind.Stopped, "Interrupted during tuning. There is no result yet.",
        "Run the same command again. If it takes too long, use a smaller --budget.");

    public static MigrationException NoSuchRegion(string keyOption, string name, string regionOption) => new(
        ErrorIds.Usage, ErrorKind.InvalidArgument, $"{keyOption} names '{name}', but {regionOption} names no such region.",
        $"Use the same name for both: {regionOption} {name}=URL {keyOption} {name}=FILE.");

    public static MigrationException RegionsWithUrl() => new(
        ErrorIds.Usage, ErrorKind.InvalidArgument, "--region cannot be combined with --url or --api-key-file.",
        "Name every endpoint with --region NAME=URL, and its key with --region-key-file NAME=FILE.");

    public static MigrationException RegionUnusable(string option, string name, string value) => new(
        ErrorIds.Usage, ErrorKind.InvalidArgument,
        name.Length == 0 || value.Length == 0 ? $"{option} needs a name and a value, but it is '{name}={value}'."
            : $"{option} names the region '{name}' twice.",
        "Give each region its own name, for example us-east and ap-southeast.");

    /// <summary>How a command ends that met this error before the first vector was sent.</summary>
    public static MigrationStatus StatusOf(MigrationException error) => error switch
    {
        { ErrorId: ErrorIds.UnexpectedFailure } => MigrationStatus.Failed,
        { Kind: ErrorKind.Stopped } => MigrationStatus.Interrupted,
        _ => MigrationStatus.Refused,
    };
}
