using System.Management.Automation;

namespace VectorMigration.Commands;

/// <summary>A progress bar of a cmdlet.</summary>
internal abstract class CommandProgress(Cmdlet command, string activity, int id)
{
    private bool shown;

    /// <summary>Takes the progress away.</summary>
    public void Complete()
    {
        if (shown)
        {
            shown = false;
            command.WriteProgress(new ProgressRecord(id, activity, "Completed") { RecordType = ProgressRecordType.Completed });
        }
    }

    /// <summary>Shows how far it is; what is not known is -1.</summary>
    protected void Show(string status, int percent, int secondsLeft)
    {
        shown = true;
        command.WriteProgress(new ProgressRecord(id, activity, status) { PercentComplete = percent, SecondsRemaining = secondsLeft });
    }
}
