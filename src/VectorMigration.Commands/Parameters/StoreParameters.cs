using System.Management.Automation;
using VectorMigration.SideFiles.Stores;

namespace VectorMigration.Commands;

/// <summary>A store that lies elsewhere than its index.</summary>
internal sealed class StoreParameters : ParameterGroup
{
    /// <summary>The store of the index, where it lies elsewhere: a folder, or a file of it.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [EmptyIsNotGiven]
    [ArgumentCompleter(typeof(StorePathCompleter))]
    public string? StorePath { get; set; }

    /// <summary>Which texts are to travel.</summary>
    /// <param name="cmdlet">The cmdlet, whose location paths are relative to.</param>
    /// <param name="payload">What else it was told; null where it takes no payloads.</param>
    public StoreChoice Choice(PSCmdlet cmdlet, PayloadParameters? payload = null) =>
        new(StorePath is null ? null : IndexPaths.ResolveOne(cmdlet, StorePath, literal: false), payload?.PayloadPath, payload?.NoStore ?? false);
}
