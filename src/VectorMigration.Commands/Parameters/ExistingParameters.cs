using System.Management.Automation;

namespace VectorMigration.Commands;

/// <summary>What becomes of points of others that are in the collection already.</summary>
internal sealed class ExistingParameters : ParameterGroup
{
    /// <summary>What becomes of points that are there under ids that are to be sent, and that this migration did not write; Refuse when left out.</summary>
    [Parameter]
    public ExistingPoints OnExisting { get; set; }

    /// <summary>The options with what was asked for.</summary>
    internal MigrationOptions Apply(MigrationOptions options) => options with { OnExisting = OnExisting };
}
