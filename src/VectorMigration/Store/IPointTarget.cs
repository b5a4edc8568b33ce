using VectorMigration.Errors;
using VectorMigration.Vectors;

namespace VectorMigration.Store;

/// <summary>
/// Where points go. One call is ONE attempt: the target classifies the answer; it never sleeps and never retries. The engine alone schedules.
/// </summary>
public interface IPointTarget
{
    /// <summary>Name of the collection.</summary>
    string Collection { get; }

    /// <summary>Prepares the batch for sending, once for all its attempts: what it says of its size is what it sends.</summary>
    /// <param name="batch">Vectors with their point ids; the caller keeps its lease.</param>
    /// <param name="timeout">Deadline of each attempt.</param>
    /// <param name="mostBytes">
    /// The largest request. A batch of several vectors that turns out larger says so and cannot be sent: its parts are to be prepared.
    /// </param>
    IPreparedBatch Prepare(VectorBatch batch, TimeSpan timeout, long mostBytes);
}

/// <summary>A batch on its way to a target: its size and its attempts. Disposed once nothing of it is to be sent again.</summary>
public interface IPreparedBatch : IDisposable
{
    /// <summary>Bytes of the request; anything beyond the largest where it is larger than that.</summary>
    long Bytes { get; }

    /// <summary>Tries once to upsert the batch and wait until the target has applied it. Server answers are never thrown.</summary>
    /// <param name="cancellationToken">Abandons the attempt.</param>
    /// <exception cref="OperationCanceledException">The token was cancelled; the attempt may or may not have been applied.</exception>
    ValueTask<WriteAnswer> SendAsync(CancellationToken cancellationToken);
}

/// <summary>What became of one attempt.</summary>
public enum WriteOutcome
{
    /// <summary>Applied: the target answered Completed.</summary>
    Ok,

    /// <summary>Try the identical batch again.</summary>
    Retry,

    /// <summary>Too large for the target: halve it and try the halves.</summary>
    Split,

    /// <summary>Refused for what it holds; trying again cannot help.</summary>
    Reject,

    /// <summary>The run cannot go on.</summary>
    Stop,
}

/// <summary>The target's answer to one attempt. Made by the five factories only.</summary>
public sealed class WriteAnswer
{
    private WriteAnswer(WriteOutcome outcome, string reason, string nextStep)
    {
        Outcome = outcome;
        Reason = reason;
        NextStep = OptionNames.Here(nextStep);
    }

    /// <summary>What became of the attempt.</summary>
    public WriteOutcome Outcome { get; }

    /// <summary>Bytes sent; 0 where nothing was sent.</summary>
    public long Bytes { get; private init; }

    /// <summary>Ok: vectors of the batch that were not sent, because points of others have their ids, or because a merge found no point for them.</summary>
    internal int LeftThere { get; private init; }

    /// <summary>Ok: vectors of the batch that were not sent, because points equal to them are there.</summary>
    internal int AlreadyThere { get; private init; }

    /// <summary>Retry: how long the target asks everybody to wait (the whole pool pauses); null leaves it to the engine's backoff.</summary>
    public TimeSpan? After { get; private init; }

    /// <summary>Retry: true when the target limits the rate.</summary>
    public bool RateLimited { get; private init; }

    /// <summary>Retry: true when requests come too fast and nobody tells the rate: the target itself finds how far apart they start.</summary>
    public bool Paced { get; private init; }

    /// <summary>How long the target kept the attempt back before it was sent, because requests would have come too fast.</summary>
    public TimeSpan KeptBack { get; private set; }

    /// <summary>The part of <see cref="KeptBack"/> that kept to a rate limit.</summary>
    internal TimeSpan RateWait { get; private set; }

    /// <summary>Ok: how long the target itself worked on the attempt, as it says; null where it does not.</summary>
    public TimeSpan? TargetTime { get; private set; }

    /// <summary>Reject: rows of the batch that are refused; null when the target cannot say which.</summary>
    public IReadOnlyList<int>? Rows { get; private init; }

    /// <summary>Stop: true when the run can go on later from where it was.</summary>
    public bool Resumable { get; private init; }

    /// <summary>Why, in the target's own words; empty for Ok.</summary>
    public string Reason { get; }

    /// <summary>What the operator does next; empty for Ok.</summary>
    public string NextStep { get; }

    /// <summary>PascalCase reason that never changes (<c>WrongApiKey</c>, <c>CollectionMissing</c>, …); empty for Ok.</summary>
    public string ErrorId { get; private init; } = string.Empty;

    /// <summary>Kind of error; null for Ok.</summary>
    public ErrorKind? Kind { get; private init; }

    /// <summary>Applied.</summary>
    public static WriteAnswer Ok(long bytes) => new(WriteOutcome.Ok, string.Empty, string.Empty) { Bytes = bytes };

    /// <summary>The same answer to a batch of which some vectors were not sent.</summary>
    internal WriteAnswer Without(int leftThere, int alreadyThere) => leftThere + alreadyThere == 0 ? this
        : new(WriteOutcome.Ok, string.Empty, string.Empty)
        {
            Bytes = Bytes,
            KeptBack = KeptBack,
            RateWait = RateWait,
            TargetTime = TargetTime,
            LeftThere = leftThere,
            AlreadyThere = alreadyThere,
        };

    /// <summary>Try the identical batch again, after the stated time if there is one.</summary>
    public static WriteAnswer Retry(string errorId, ErrorKind kind, string reason, string nextStep, TimeSpan? after = null, bool rateLimited = false,
        long bytes = 0) =>
        new(WriteOutcome.Retry, reason, nextStep) { ErrorId = errorId, Kind = kind, After = after, RateLimited = rateLimited, Bytes = bytes };

    /// <summary>As <see cref="Retry"/>, by a target that starts attempts farther apart from now on.</summary>
    public static WriteAnswer TooFast(string errorId, ErrorKind kind, string reason, string nextStep, TimeSpan? after, bool rateLimited, long bytes = 0) =>
        new(WriteOutcome.Retry, reason, nextStep)
        {
            ErrorId = errorId,
            Kind = kind,
            After = after,
            RateLimited = rateLimited,
            Bytes = bytes,
            Paced = true,
        };

    /// <summary>The same answer, to an attempt that was kept back for so long before it was sent.</summary>
    public WriteAnswer KeptBackFor(TimeSpan time)
    {
        (KeptBack, RateWait) = (time, time);
        return this;
    }

    /// <summary>The same answer, given so much later for another reason than a rate limit.</summary>
    internal WriteAnswer GivenLater(TimeSpan time)
    {
        KeptBack += time;
        return this;
    }

    /// <summary>The same answer, which took the target itself so many seconds; 0 where it does not say.</summary>
    public WriteAnswer WorkedOn(double seconds)
    {
        TargetTime = double.IsFinite(seconds) && seconds > 0 ? TimeSpan.FromSeconds(Math.Min(seconds, TimeSpan.MaxValue.TotalSeconds / 2)) : null;
        return this;
    }

    /// <summary>Too large: halve it.</summary>
    public static WriteAnswer Split(string errorId, ErrorKind kind, string reason, string nextStep, long bytes = 0) =>
        new(WriteOutcome.Split, reason, nextStep) { ErrorId = errorId, Kind = kind, Bytes = bytes };

    /// <summary>Refused for what it holds: <paramref name="rows"/>, or some unknown part of it when null.</summary>
    public static WriteAnswer Reject(string errorId, ErrorKind kind, IReadOnlyList<int>? rows, string reason, string nextStep, long bytes = 0) =>
        new(WriteOutcome.Reject, reason, nextStep) { ErrorId = errorId, Kind = kind, Rows = rows, Bytes = bytes };

    /// <summary>The run cannot go on.</summary>
    public static WriteAnswer Stop(string errorId, ErrorKind kind, string reason, bool resumable, string nextStep, long bytes = 0) =>
        new(WriteOutcome.Stop, reason, nextStep) { ErrorId = errorId, Kind = kind, Resumable = resumable, Bytes = bytes };
}
