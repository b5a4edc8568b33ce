using System.Management.Automation;

namespace VectorMigration.Commands;

/// <summary>Get-FaissIndex: what index files are, from their headers only.</summary>
[Cmdlet(VerbsCommon.Get, "FaissIndex", DefaultParameterSetName = PathSet)]
[OutputType(typeof(IndexDescription))]
public sealed class GetFaissIndexCommand : PathCommand
{
    /// <inheritdoc/>
    protected override bool GoesOn => true;

    /// <inheritdoc/>
    protected override void ProcessFile(string path)
    {
        IndexDescription index = Parts.Describe(path);
        WriteObject(index);
        foreach (string warning in index.Warnings)
        {
            WriteWarning($"{path}: {warning}");
        }
    }
}
