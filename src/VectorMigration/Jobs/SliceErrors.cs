using System.Text.Json;
using System.Text.RegularExpressions;
using VectorMigration.Errors;
using VectorMigration.Runs;

namespace VectorMigration.Jobs;

/// <summary>Errors of a job that is divided into slices.</summary>
internal static partial class SliceErrors
{
    private const int Named = 10;

    /// <summary>The plan cannot be read as one.</summary>
    public static MigrationException Plan(string path, string fault, Exception? inner = null) => new(
        ErrorIds.PlanInvalid,
        inner is FileNotFoundException or DirectoryNotFoundException ? ErrorKind.NotFound : ErrorKind.InvalidData,
        $"The plan '{path}' cannot be used: {fault}.",
        "Copy the plan again from where it was made, or make it again with New-MigrationPlan.",
        path,
        inner);

    /// <summary>The file is no JSON, or not that of a plan. The text of the runtime names its own types, so it is not shown.</summary>
    public static MigrationException Unreadable(string path, JsonException fault)
    {
        string where = fault.Path?.TrimStart('$').TrimStart('.') is { Length: > 0 } key ? $"'{CommonErrors.OneLine(key)}'" : "the plan";
        return Plan(
            path,
            fault.Path is null ? fault.LineNumber is long line ? $"it is not valid JSON in line {line + 1}" : "it is not valid JSON"
                : fault.Message.Contains("could not be mapped", StringComparison.Ordinal)
                    ? $"it has the key '{CommonErrors.OneLine(FirstQuoted().Match(fault.Message).Groups[1].Value)}', which does not exist in a plan"
                : fault.Message.Contains("required properties", StringComparison.Ordinal) ? $"keys are missing in {where}"
                : $"the value of {where} cannot be read",
            fault);
    }

    /// <summary>A plan that would take the place of the one that it is made from.</summary>
    public static MigrationException OfItself(string path) => new(
        ErrorIds.PlanExists,
        ErrorKind.Conflict,
        $"The new plan would replace '{path}', from which it is made. The journals of its slices could not be found after that.",
        "Choose another name for the new plan.",
        path);

    /// <summary>The plan is of a later version of this program.</summary>
    public static MigrationException Newer(string path, int version, int known) => new(
        ErrorIds.PlanInvalid,
        ErrorKind.InvalidData,
        $"The plan '{path}' has format version {version}. This program knows version {known}.",
        "Use the version of VectorMigration that made the plan on every machine.",
        path);

    /// <summary>The plan would take the place of a file.</summary>
    public static MigrationException Exists(string path) => new(
        ErrorIds.PlanExists,
        ErrorKind.Conflict,
        $"There is a file '{path}' already. Workers may be using it as their plan, so it is not replaced.",
        "Choose another name. If no slice of that plan has begun, add -Force to replace it.",
        path);

    /// <summary>The plan cannot be written.</summary>
    public static MigrationException Unwritable(string path, Exception inner) => new(
        ErrorIds.PlanInvalid,
        inner is UnauthorizedAccessException ? ErrorKind.Permission : ErrorKind.ResourceUnavailable,
        $"The plan '{path}' cannot be written: {CommonErrors.OneLine(inner.Message).TrimEnd('.')}.",
        "Choose a folder that you can write to and that has space left.",
        path,
        inner);

    /// <summary>A path in a plan that is not followed.</summary>
    public static MigrationException Path(string plan, string path, string fault) => new(
        ErrorIds.PlanInvalid,
        ErrorKind.InvalidData,
        $"The plan '{plan}' names '{path}', which {fault}. No file was opened.",
        "Use a plan that you made yourself. Put the plan in the folder of the index files, so that its paths are names in that folder.",
        plan);

    /// <summary>A file is not the one that was planned.</summary>
    public static MigrationException Outdated(string file, string what, string plan) => new(
        ErrorIds.PlanOutdated,
        ErrorKind.Conflict,
        $"'{file}' has {what} than when the plan '{plan}' was made. Slices of two versions of a file would be mixed in the collection.",
        "Restore the file. If it has changed for good, make a new plan for another collection, and run all of its slices.",
        file);

    /// <summary>The text names no slice.</summary>
    public static MigrationException NotASlice(string text) => new(
        ErrorIds.SliceUnknown,
        ErrorKind.InvalidArgument,
        $"'{CommonErrors.OneLine(text)}' is not a slice. A slice is written i/N: its number from 1 on, and the number of slices.",
        "For the third of 8 slices, use 3/8. Kubernetes counts from 0: add 1 to JOB_COMPLETION_INDEX.");

    /// <summary>The plan has another number of slices.</summary>
    public static MigrationException OtherNumber(SliceNumber asked, int slices, string plan) => new(
        ErrorIds.SliceUnknown,
        ErrorKind.InvalidArgument,
        $"Slice {asked} was asked for, but the plan '{plan}' has {Units.Of(slices, "slice", "slices")}.",
        $"Use i/{slices}. To continue with another number of workers, make a plan from this one: New-MigrationPlan -From.",
        plan);

    /// <summary>An option that does not apply to slices.</summary>
    public static MigrationException NotForSlices(string option, string next) => new(
        ErrorIds.NotForSlices, ErrorKind.InvalidArgument, $"{option} does not apply to slices.", next, option);

    /// <summary>The journals are of two collections of the same name.</summary>
    public static MigrationException TwoCollections(string plan, string first, string second) => new(
        ErrorIds.PlanOutdated,
        ErrorKind.Conflict,
        $"The journals of the plan '{plan}' do not belong to one collection: '{first}' and '{second}' were begun with different ones of the same name. "
            + "The collection was deleted and created again between them.",
        "Remove the journals of the deleted collection from the log folders. Then run their slices again.",
        plan);

    /// <summary>A journal under the name of a slice's is of something else.</summary>
    public static MigrationException ForeignJournal(string plan, string journal, SliceNumber slice) => new(
        ErrorIds.PlanOutdated,
        ErrorKind.Conflict,
        $"The journal '{journal}' has the name of a journal of slice {slice}, but it is of another index, of other ids or of another collection than the plan "
            + $"'{plan}'. What it records says nothing of the slice.",
        "Remove it from the log folder. Then run the slice again.",
        journal);

    /// <summary>Slices that have not ended.</summary>
    /// <param name="plan">Full path of the plan.</param>
    /// <param name="collection">Its collection.</param>
    /// <param name="states">All slices.</param>
    /// <param name="absent">Log folders that were named and are not there.</param>
    public static MigrationException Unfinished(string plan, string collection, IReadOnlyList<SliceState> states, IReadOnlyList<string> absent)
    {
        SliceState[] missing = [.. states.Where(static state => state.IsMissing)];
        SliceState[] begun = [.. states.Where(static state => !state.IsMissing && !state.HasEnded)];
        string[] told =
        [
            .. missing.Length == 0 ? [] : (string[])[$"{Units.Of(missing.Length, "slice has", "slices have")} not begun: {Numbers(missing)}"],
            .. begun.Length == 0 ? [] : (string[])[$"{Units.Of(begun.Length, "slice has", "slices have")} begun and not ended: {Numbers(begun)}"],
        ];
        SliceState first = begun.Concat(missing).First();
        string command = $"Invoke-VectorMigration -PlanPath {CommonErrors.Quoted(plan)} -Slice {first.Slice}";
        return new MigrationException(
            ErrorIds.SlicesUnfinished,
            ErrorKind.Stopped,
            $"The migration to '{collection}' is not complete. {string.Join(". ", told)}. {Reasons(begun)}{NoFolders(absent)}Nothing was changed.",
            $"Run each of these slices, for example: {command}. If they ran on other machines, name their log folders with -LogDirectory.",
            collection)
        { Resumable = true };
    }

    [GeneratedRegex("'([^']*)'")]
    private static partial Regex FirstQuoted();

    private static string Numbers(SliceState[] states) => string.Join(", ", states.Take(Named).Select(static state =>
        state.IsMissing ? $"{state.Slice}" : $"{state.Slice} ({Units.Count(state.Acknowledged)} of {Units.Count(state.Count)} vectors acknowledged)"))
        + (states.Length > Named ? ", …" : string.Empty);

    /// <summary>The log folders that are not there, as a sentence; empty where all are.</summary>
    /// <param name="absent">Their full paths.</param>
    public static string NoFolders(IReadOnlyList<string> absent) => absent.Count == 0 ? string.Empty
        : $"{Units.Of(absent.Count, "log folder does", "log folders do")} not exist: "
            + $"{string.Join(", ", absent.Take(Named).Select(static one => $"'{one}'"))}. ";

    private static string Reasons(SliceState[] begun) => string.Concat(begun.Where(static state => state.Record?.Error is not null).Take(Named)
        .Select(static state => $"Slice {state.Slice}: {state.Record!.Error!.Message} "));
}
