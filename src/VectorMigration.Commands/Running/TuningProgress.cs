using System.Management.Automation;

namespace VectorMigration.Commands;

/// <summary>The progress of a tuning: percent and time left are those of its budget; told as each trial begins, completed at the end.</summary>
internal sealed class TuningProgress(Cmdlet command, string activity)
{
    private const int Id = 6335;
    private bool shown;

    /// <summary>Something begins.</summary>
    public void Report(TuningAdvanced advanced)
    {
        shown = true;
        command.WriteProgress(new ProgressRecord(Id, activity, advanced.Doing)
        {
            PercentComplete = (int)Math.Clamp(100 * (advanced.Elapsed / advanced.Budget), 0, 100),
            SecondsRemaining = (int)Math.Max(0, (advanced.Budget - advanced.Elapsed).TotalSeconds),
        });
    }

    /// <summary>Takes the progress away.</summary>
    public void Complete()
    {
        if (shown)
        {
            shown = false;
            command.WriteProgress(new ProgressRecord(Id, activity, "Completed") { RecordType = ProgressRecordType.Completed });
        }
    }
}
