using System.Management.Automation;

namespace VectorMigration.Commands;

/// <summary>Vectors of an index that holds only codes of them.</summary>
internal sealed class DecodingParameters : ParameterGroup
{
    /// <summary>Take vectors that are decoded from codes, and only close to the originals.</summary>
    [Parameter]
    public SwitchParameter AllowDecoded { get; set; }

    /// <summary>The original vectors, in the order of adding: a file of vectors, or a folder of them.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [EmptyIsNotGiven]
    public string? OriginalVectors { get; set; }

    /// <summary>Puts the original vectors under the ids of an index, where they are named.</summary>
    /// <exception cref="MigrationException">They do not belong together; the index is closed.</exception>
    public IVectorSource Apply(PSCmdlet cmdlet, IVectorSource index) =>
        OriginalVectors is null ? index : Parts.WithOriginals(index, IndexPaths.ResolveOne(cmdlet, OriginalVectors, literal: false));
}
