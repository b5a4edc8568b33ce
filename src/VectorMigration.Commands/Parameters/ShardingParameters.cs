using System.Management.Automation;

namespace VectorMigration.Commands;

/// <summary>Which shards points go to, and in which order replicas apply writes.</summary>
internal sealed class ShardingParameters : ParameterGroup
{
    /// <summary>Custom sharding: key of the shards that all points go to.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? ShardKey { get; set; }

    /// <summary>Custom sharding: payload field that holds the shard key of each point.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? ShardKeyField { get; set; }

    /// <summary>Order in which replicas apply writes.</summary>
    [Parameter]
    [EmptyIsNotGiven]
    public WriteOrdering? WriteOrdering { get; set; }

    /// <summary>What is asked for.</summary>
    internal MigrationOptions Apply(MigrationOptions options) => options with
    {
        ShardKey = ShardKey,
        ShardKeyField = ShardKeyField,
        WriteOrdering = WriteOrdering,
    };
}
