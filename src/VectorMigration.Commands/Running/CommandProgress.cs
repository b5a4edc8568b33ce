using System.Management.Automation;

namespace VectorMigration.Commands;

/// <summary>A progress bar of a cmdlet.</summary>
internal abstract class CommandProgress(Cmdlet command, string activity, int id)
{
    private const int JobId = 6333;
    private string? jobActivity;
    private bool shown;

    /// <summary>How far the job is that the work is a part of: it has a bar of its own, above this one. Null where there is no job.</summary>
    public Func<JobProgress?>? Job { get; init; }

    /// <summary>Takes the progress away.</summary>
    public void Complete()
    {
        if (shown)
        {
            shown = false;
            command.WriteProgress(new ProgressRecord(id, activity, "Completed") { RecordType = ProgressRecordType.Completed });
        }

        if (jobActivity is not null)
        {
            command.WriteProgress(new ProgressRecord(JobId, jobActivity, "Completed") { RecordType = ProgressRecordType.Completed });
            jobActivity = null;
        }
    }

    /// <summary>Shows how far it is; what is not known is -1.</summary>
    protected void Show(string status, int percent, int secondsLeft)
    {
        shown = true;
        int parent = -1;
        if (Job?.Invoke()?.Now is { } place)
        {
            jobActivity = $"{activity}: {place.PartText}";
            command.WriteProgress(new ProgressRecord(JobId, jobActivity, place.JobText) { PercentComplete = place.Percent });
            parent = JobId;
        }

        command.WriteProgress(
            new ProgressRecord(id, activity, status) { PercentComplete = percent, SecondsRemaining = secondsLeft, ParentActivityId = parent });
    }
}
