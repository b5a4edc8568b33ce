using System.Management.Automation;

namespace VectorMigration.Commands;

/// <summary>Whether the index of a collection that was loaded is waited for.</summary>
internal sealed class IndexWaitParameters : IndexTimeoutParameters
{
    /// <summary>Wait until the server has indexed all that it will ever index.</summary>
    [Parameter]
    public SwitchParameter WaitIndexed { get; set; }

    /// <summary>What is asked for, with the settings of a collection that the run creates.</summary>
    /// <exception cref="MigrationException">A limit for a wait that is not asked for.</exception>
    internal IndexingOptions Options(OptimizerParameters optimizer) => WaitIndexedTimeoutSec is not null && !WaitIndexed
        ? throw IndexingErrors.WaitMissing()
        : new IndexingOptions
        {
            ShardNumber = optimizer.ShardNumber,
            Optimizer = optimizer.Settings(),
            Wait = WaitIndexed,
            WaitTimeout = Longest,
        };
}
