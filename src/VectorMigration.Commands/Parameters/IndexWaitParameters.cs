using System.Management.Automation;

namespace VectorMigration.Commands;

/// <summary>Whether the index of a collection that was loaded is waited for.</summary>
internal sealed class IndexWaitParameters : ParameterGroup
{
    /// <summary>Wait until the server has indexed all that it will ever index.</summary>
    [Parameter]
    public SwitchParameter WaitIndexed { get; set; }

    /// <summary>Longest wait for the index in seconds; as long as the server gets anywhere when left out.</summary>
    [Parameter]
    [EmptyIsNotGiven]
    [ValidateRangeIfGiven(1, 604_800)]
    public int? WaitIndexedTimeoutSec { get; set; }

    /// <summary>What is asked for, with the settings of a collection that the run creates.</summary>
    /// <exception cref="MigrationException">A limit for a wait that is not asked for.</exception>
    internal IndexingOptions Options(OptimizerParameters optimizer) => WaitIndexedTimeoutSec is not null && !WaitIndexed
        ? throw IndexingErrors.WaitMissing()
        : new IndexingOptions
        {
            ShardNumber = optimizer.ShardNumber,
            Optimizer = optimizer.Settings(),
            Wait = WaitIndexed,
            WaitTimeout = WaitIndexedTimeoutSec is int seconds ? TimeSpan.FromSeconds(seconds) : null,
        };
}
