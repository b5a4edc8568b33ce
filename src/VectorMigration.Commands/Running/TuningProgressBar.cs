using System.Management.Automation;

namespace VectorMigration.Commands;

/// <summary>The progress of a tuning: percent and time left are those of its budget; told as each trial begins, completed at the end.</summary>
internal sealed class TuningProgressBar(Cmdlet command, string activity) : CommandProgress(command, activity, id: 6335)
{
    /// <summary>Something begins.</summary>
    public void Report(TuningAdvanced advanced) => Show(
        advanced.Doing,
        (int)Math.Clamp(100 * (advanced.Elapsed / advanced.Budget), 0, 100),
        (int)Math.Max(0, (advanced.Budget - advanced.Elapsed).TotalSeconds));
}
