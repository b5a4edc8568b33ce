using System.Management.Automation;

namespace VectorMigration.Commands;

/// <summary>Payloads that lie in a file beside the index.</summary>
internal sealed class PayloadParameters : ParameterGroup
{
    /// <summary>File with one JSON object a line, in the order of the index.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(PayloadFileCompleter))]
    public string? PayloadPath { get; set; }
}
