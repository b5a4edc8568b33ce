using System.Management.Automation;

namespace VectorMigration.Commands;

/// <summary>Index files to read, one after the other.</summary>
internal sealed class IndexFilesParameters : ParameterGroup
{
    /// <summary>Index files; wildcards are expanded.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = ParameterSets.Path, ValueFromPipeline = true)]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    [PathTransformation]
    [ArgumentCompleter(typeof(IndexFileCompleter))]
    public string[] Path { get; set; } = [];

    /// <summary>Index files, taken as written.</summary>
    [Parameter(Mandatory = true, ParameterSetName = ParameterSets.LiteralPath, ValueFromPipelineByPropertyName = true)]
    [Alias("PSPath", "LP")]
    [ValidateNotNullOrEmpty]
    public string[] LiteralPath { get; set; } = [];
}
