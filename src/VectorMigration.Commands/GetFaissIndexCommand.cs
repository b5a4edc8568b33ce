using System.Management.Automation;
using VectorMigration.SideFiles.Stores;

namespace VectorMigration.Commands;

/// <summary>Get-FaissIndex: what index files are, from their headers and a sample of lengths, or with everything read once.</summary>
[Cmdlet(VerbsCommon.Get, "FaissIndex", DefaultParameterSetName = ParameterSets.Path, HelpUri = ProjectAddress.Help)]
[OutputType(typeof(IndexDescription))]
public sealed class GetFaissIndexCommand : PathCommand
{
    /// <summary>Read all ids and vectors once, and tell what a migration will meet.</summary>
    [Parameter]
    public SwitchParameter Scan { get; set; }

    /// <summary>Its inverted lists.</summary>
    private ListParameters Lists { get; } = new();

    /// <summary>The store of the index.</summary>
    private StoreParameters Store { get; } = new();

    /// <inheritdoc/>
    protected override bool GoesOn => true;

    /// <inheritdoc/>
    protected override void ProcessFile(string path)
    {
        void Warn(string warning) => WriteWarning($"{path}: {warning}");
        using FoundStore found = Parts.FindToDescribe(path, Store.Choice(this), Warn);
        IndexDescription index = Parts.WithStore(Parts.WithProposals(Scan ? ScanFile(found.IndexPath)
            : Parts.Describe(found.IndexPath, Lists.Full(this))), found, Warn);
        WriteObject(index.Scan is null ? index : Scanned(index));
        foreach (string warning in index.Warnings.Concat(index.Scan?.Advice ?? []))
        {
            Warn(warning);
        }
    }

    /// <summary>The object with a type name of its own in front, by which its table shows what the scan found.</summary>
    private static PSObject Scanned(IndexDescription index)
    {
        PSObject scanned = new(index);
        scanned.TypeNames.Insert(0, typeof(IndexDescription).FullName + "#Scanned");
        return scanned;
    }

    private IndexDescription ScanFile(string path)
    {
        var progress = new RunProgressBar(this, "Scanning " + System.IO.Path.GetFileName(path));
        progress.Start("scan");
        try
        {
            using IVectorSource source = Parts.OpenIndex(path, Lists.Full(this));
            return FaissIndex.Scan(source, progress.Report, StopToken);
        }
        finally
        {
            progress.Complete();
        }
    }
}
