using System.Management.Automation;

namespace VectorMigration.Commands;

/// <summary>Several indexes as one job.</summary>
internal sealed class JobParameters : ParameterGroup
{
    /// <summary>File that lists the parts of an index: CSV or JSON.</summary>
    [Parameter(Mandatory = true, ParameterSetName = ParameterSets.Manifest)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(FileCompleter))]
    public string? ManifestPath { get; set; }

    /// <summary>What happens to a part that cannot be read: Fail or Skip.</summary>
    [Parameter]
    public BadPart OnBadPart { get; set; }

    /// <summary>The parts; null where one path stands for one index.</summary>
    /// <param name="command">The cmdlet, whose location paths are relative to.</param>
    /// <param name="given">The paths as they were given.</param>
    /// <param name="literal">They have no wildcards.</param>
    /// <exception cref="MigrationException">The manifest cannot be used, or a path stands for nothing.</exception>
    public IReadOnlyList<JobPart>? Of(PSCmdlet command, IReadOnlyList<string> given, bool literal)
    {
        if (ManifestPath is not null)
        {
            return PartManifest.Read(IndexPaths.Unresolved(command, ManifestPath));
        }

        if (given.Any(string.IsNullOrEmpty))
        {
            return null;
        }

        List<string> found = [.. given.SelectMany(path => IndexPaths.Resolve(command, path, literal))];
        if (found is [string only])
        {
            found = [.. PartPaths.OfFolder(only)];
        }

        found.Sort(PartOrder.Natural);
        return found.Count < 2 ? null : [.. found.Select(static path => new JobPart(path))];
    }
}
