using System.Management.Automation;

namespace VectorMigration.Commands;

/// <summary>The index that is held against a collection, and which part of it.</summary>
internal sealed class IndexParameters : InvalidParameters
{
    /// <summary>Index file; a wildcard must stand for exactly one.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = ParameterSets.Path, ValueFromPipeline = true)]
    [AllowNull]
    [AllowEmptyString]
    [ValidateGiven]
    [SupportsWildcards]
    [PathTransformation(IsOne = true)]
    [ArgumentCompleter(typeof(IndexFileCompleter))]
    public string Path { get; set; } = string.Empty;

    /// <summary>Index file, taken as written.</summary>
    [Parameter(Mandatory = true, ParameterSetName = ParameterSets.LiteralPath, ValueFromPipelineByPropertyName = true)]
    [Alias("PSPath", "LP")]
    [ValidateNotNullOrEmpty]
    [OnePath]
    public string LiteralPath { get; set; } = string.Empty;

    /// <summary>Most vectors of the index; all when left out.</summary>
    [Parameter]
    [EmptyIsNotGiven]
    [ValidateRangeIfGiven(1, long.MaxValue)]
    public long? First { get; set; }

    /// <summary>Vectors to leave out at the beginning: the ordinal to begin at.</summary>
    [Parameter]
    [EmptyIsNotGiven]
    [ValidateRangeIfGiven(0, long.MaxValue)]
    public long? Skip { get; set; }
}
