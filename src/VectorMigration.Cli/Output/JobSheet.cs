namespace VectorMigration.Cli.Output;

/// <summary>The end of a job of several indexes, or its plan, for people.</summary>
internal static class JobSheet
{
    /// <summary>The sheet: totals, and a row for each part.</summary>
    /// <param name="total">The result of the job.</param>
    /// <param name="parts">Its parts.</param>
    public static Sheet Of(MigrationResult total, IReadOnlyList<PartResult> parts)
    {
        Sheet sheet = ResultSheet.Begin(total);
        bool planned = total.Status == MigrationStatus.Planned || parts.All(static part => part.RunId is null);
        sheet.Add("parts", $"{Units.Count(parts.Count)} with {Units.Of(total.Counts.Source, "vector", "vectors")}");
        foreach (PartResult part in parts)
        {
            string name = Path.GetRelativePath(total.Path, part.Path);
            string ids = part.Ids.Length > 0 && !part.Skipped ? $", {part.Ids}" : string.Empty;
            sheet.Add($"part {part.Number}", part.Skipped ? $"{name}: skipped, {part.Error?.ErrorId}"
                : planned ? $"{name}: {Units.Of(part.Counts.Source, "vector", "vectors")}{ids}"
                : part.Status is null ? $"{name}: not begun"
                : $"{name}: {part.Counts}{ids}{(part.Verified is bool verified ? verified ? ", verified" : ", not as in the index" : string.Empty)}",
                part.Skipped || part.Status is MigrationStatus.Failed or MigrationStatus.Refused or MigrationStatus.Incomplete ? Tone.Bad
                : part.Status is MigrationStatus.Completed ? Tone.Good : Tone.Plain);
        }

        sheet.Add("pruned", total.Counts.Pruned > 0
            ? $"{Units.Of(total.Counts.Pruned, "point", "points")} no longer in the index files" : null, Tone.Notice);
        return total is { Status: MigrationStatus.Planned } ? sheet.Add(string.Empty, "This is a dry run. Nothing was changed.")
            : ResultSheet.End(sheet, total);
    }
}
