using System.Management.Automation;

namespace VectorMigration.Commands;

/// <summary>Payloads that lie in a file beside the index.</summary>
internal sealed class PayloadParameters : ParameterGroup
{
    /// <summary>File of a store, or with one JSON object a line: line n for the vector that was added n-th, or in any order with -PayloadKey.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [EmptyIsNotGiven]
    [ArgumentCompleter(typeof(PayloadFileCompleter))]
    public string? PayloadPath { get; set; }

    /// <summary>Leave behind the texts of a store that lies beside the index.</summary>
    [Parameter]
    public SwitchParameter NoStore { get; set; }

    /// <summary>Field of each payload object that holds the FAISS id of its vector.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [EmptyIsNotGiven]
    [ArgumentCompleter(typeof(PayloadFieldCompleter))]
    public string? PayloadKey { get; set; }

    /// <summary>The rows are in the order in which the vectors were added, whatever numbers they hold.</summary>
    [Parameter]
    public SwitchParameter PayloadByRow { get; set; }

    /// <summary>Leave that field out of the payload.</summary>
    [Parameter]
    public SwitchParameter DropPayloadKey { get; set; }

    /// <summary>What becomes of vectors that a payload file with a key has nothing for.</summary>
    [Parameter]
    public MissingPayload OnMissingPayload { get; set; }

    /// <summary>What becomes of rows of a payload file with a key that belong to no vector.</summary>
    [Parameter]
    public SurplusPayload OnSurplusPayload { get; set; }

    /// <summary>The options with how payloads are joined; their files are opened by whoever opens the index.</summary>
    internal MigrationOptions Apply(MigrationOptions options) => options with
    {
        PayloadKey = PayloadKey,
        PayloadByRow = PayloadByRow,
        DropPayloadKey = DropPayloadKey,
        OnMissingPayload = OnMissingPayload,
        OnSurplusPayload = OnSurplusPayload,
    };
}
