using VectorMigration.Engine;
using VectorMigration.Store;

namespace VectorMigration.Runs;

/// <summary>
/// Tells the observer of a run that its server does not answer, since when, and until when the run tries; and that it waits for the server's read limit.
/// </summary>
internal sealed class OutageEvents : IDisposable
{
    private readonly UploadOptions upload;
    private readonly Guid runId;
    private readonly IRunObserver observer;
    private readonly TimeProvider time;
    private readonly IDisposable? watching;
    private readonly IDisposable? waiting;
    private DateTimeOffset since;

    /// <summary>Begins to watch.</summary>
    public OutageEvents(IVectorStore store, UploadOptions upload, Guid runId, IRunObserver observer, TimeProvider time)
    {
        this.upload = upload;
        this.runId = runId;
        this.observer = observer;
        this.time = time;
        watching = store.WatchOutages(Tell, Patient);
        waiting = store.WatchReadLimit(wait => observer.OnEvent(new PoolPaused(runId, time.GetUtcNow(), wait, "the server's read limit is reached")));
    }

    /// <summary>The run goes on through an outage; before, while it plans, calls have one deadline.</summary>
    public bool IsPatient { get; set; }

    /// <summary>The server does not answer at present.</summary>
    public bool IsLost { get; private set; }

    /// <inheritdoc/>
    public void Dispose()
    {
        watching?.Dispose();
        waiting?.Dispose();
    }

    private void Tell(ServerOutage? outage)
    {
        DateTimeOffset now = time.GetUtcNow();
        IsLost = outage is not null;
        if (outage is null)
        {
            observer.OnEvent(new ServerReachable(runId, now, since));
            return;
        }

        since = outage.Since;
        TimeSpan limit = IsPatient || Patient < upload.Timeout ? Patient : upload.Timeout;
        observer.OnEvent(new ServerUnreachable(runId, now, since, outage.CountedFrom + limit, outage.Reason));
    }

    /// <summary>How long an outage is waited through: calls that do not even fail are ended then.</summary>
    private TimeSpan Patient => upload.GiveUpAfter < upload.NoProgressTimeout ? upload.GiveUpAfter : upload.NoProgressTimeout;
}
