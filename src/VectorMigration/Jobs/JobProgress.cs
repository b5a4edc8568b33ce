using VectorMigration.Engine;
using VectorMigration.Errors;
using VectorMigration.Runs;

namespace VectorMigration.Jobs;

/// <summary>How far a job is at one moment.</summary>
/// <param name="Part">The part that runs, counted from 1; 0 before the first.</param>
/// <param name="Parts">Parts of the job.</param>
/// <param name="Done">Vectors of the parts that have ended, and of the part that runs.</param>
/// <param name="Total">Vectors of all parts that can be read.</param>
/// <param name="PartText">Which part it is, in words, as they stand before its phase; empty before the first.</param>
internal readonly record struct JobPlace(int Part, int Parts, long Done, long Total, string PartText)
{
    /// <summary>Percent, rounded down.</summary>
    public int Percent => Total == 0 ? 100 : (int)Math.Min(100, 100.0 * Done / Total);

    /// <summary>In words, as they stand behind the phase of a part.</summary>
    public string JobText => $"job: {Grouped.Of(Done)} of {Grouped.Of(Total)} ({Percent} %)";
}

/// <summary>Adds up how far a job is from what the runs of its parts tell. Thread-safe.</summary>
/// <param name="plan">The plan of the job.</param>
/// <param name="counted">The phase that counts: <c>upload</c> for a migration, <c>verify</c> for a verification.</param>
internal sealed class JobProgress(JobPlan plan, string counted = JobProgress.Upload) : IRunObserver
{
    /// <summary>The phase that counts for a migration.</summary>
    public const string Upload = "upload";

    /// <summary>The phase that counts for a verification.</summary>
    public const string Verify = "verify";

    private readonly Lock gate = new();
    private readonly int parts = plan.Parts.Count;
    private readonly long total = plan.Count;
    private readonly PlannedPart? last = plan.Readable.LastOrDefault();
    private PlannedPart? current;
    private long finished;
    private long before;
    private long own;
    private bool counts;

    /// <summary>How far the job is.</summary>
    public JobPlace Now
    {
        get
        {
            lock (gate)
            {
                return new JobPlace(
                    current?.Number ?? 0, parts, Math.Min(total, finished + Own), total, current is null ? string.Empty : plan.Place(current));
            }
        }
    }

    /// <summary>Another part follows the one that runs.</summary>
    public bool HasNext
    {
        get
        {
            lock (gate)
            {
                return current != last;
            }
        }
    }

    private long Own => current is null ? 0 : Math.Min(current.Count, before + own);

    /// <summary>A part begins; the one before it has ended.</summary>
    public void Begin(PlannedPart part)
    {
        ArgumentNullException.ThrowIfNull(part);
        lock (gate)
        {
            finished += current?.Count ?? 0;
            (current, before, own, counts) = (part, 0, 0, false);
        }
    }

    /// <inheritdoc/>
    public void OnEvent(RunEvent runEvent)
    {
        lock (gate)
        {
            switch (runEvent)
            {
                // What earlier runs were acknowledged for is not sent again.
                case RunStarted { Plan.Acknowledged: > 0 and long acknowledged } when counted == Upload:
                    before = acknowledged;
                    break;
                case PhaseStarted started:
                    counts = started.Phase == counted;
                    own = counts ? 0 : own;
                    break;
                case PhaseAdvanced advanced when counts:
                    own = advanced.Done;
                    break;
                case BatchEnded { Result: { Status: not BatchStatus.Failed } batch } when counts:
                    own += batch.Count;
                    break;
                default:
                    break;
            }
        }
    }
}
