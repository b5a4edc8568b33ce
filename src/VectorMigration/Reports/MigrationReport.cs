namespace VectorMigration.Reports;

/// <summary>A report that was written: the output of <c>New-MigrationReport</c>, and the object of <c>report --json</c>.</summary>
/// <param name="Path">Full path of the page.</param>
/// <param name="Runs">The runs that it shows.</param>
/// <param name="TornLines">Lines of their logs that are damaged and were passed over.</param>
public sealed record MigrationReport(string Path, IReadOnlyList<Guid> Runs, long TornLines)
{
    /// <summary>Name of the page where it is not in the folder of a run.</summary>
    internal const string DefaultName = "migration-report.html";

    /// <inheritdoc/>
    public override string ToString() => Path;
}
