using System.Management.Automation;

namespace VectorMigration.Commands;

/// <summary>Vectors of an index that holds only codes of them.</summary>
internal sealed class DecodingParameters : CodedParameters
{
    /// <summary>The original vectors, in the order of adding: a file of vectors, or a folder of them.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [EmptyIsNotGiven]
    public string? OriginalVectors { get; set; }

    /// <summary>Puts the original vectors under the ids of an index, where they are named, and gives bits the form that is asked for.</summary>
    /// <exception cref="MigrationException">They do not belong together, or the index holds no bits; the index is closed.</exception>
    public IVectorSource Apply(PSCmdlet cmdlet, IVectorSource index) => Apply(
        index, OriginalVectors is null ? null : IndexPaths.ResolveOne(cmdlet, OriginalVectors, literal: false), BinaryAs);

    /// <summary>The same with the files that a run reads.</summary>
    /// <exception cref="MigrationException">They do not belong together, or the index holds no bits; the index is closed.</exception>
    public static IVectorSource Apply(RunSource files, IVectorSource index) => Apply(index, files.OriginalVectors, files.BinaryAs);

    private static IVectorSource Apply(IVectorSource index, string? originals, BinaryComponent binaryAs) =>
        BinaryBytes.Of(originals is null ? index : Parts.WithOriginals(index, originals), binaryAs);

    /// <summary>The distance for the form of the bits: a piped index brings that of 1 and -1, which does not rank bytes.</summary>
    public Distance? Suited(Distance? distance, bool fromPipeline) =>
        BinaryAs == BinaryComponent.Uint8 && fromPipeline && distance == Distance.Dot ? null : distance;
}
