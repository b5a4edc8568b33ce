namespace VectorMigration.Store;

/// <summary>
/// Notices, by the calls of one connection, that its server does not answer: calls fail and none succeeds, or nothing comes back at all. Before silence counts
/// as an outage the server is asked for a sign of life, so that one that is merely slow is not called gone. Thread-safe; tells from a timer of its own, one
/// thing at a time.
/// </summary>
/// <param name="time">The clock.</param>
#pragma warning disable CA1001 // A source without a timer holds nothing, and calls may still hold its token.
public sealed class OutageWatch(TimeProvider time)
#pragma warning restore CA1001
{
    /// <summary>Calls that fail for so long, and none that succeeds, are an outage.</summary>
    public static readonly TimeSpan Failing = TimeSpan.FromSeconds(3);

    /// <summary>Silence for so long is an outage.</summary>
    public static readonly TimeSpan Silence = TimeSpan.FromSeconds(4);

    /// <summary>Silence for so long is a reason to ask for a sign of life.</summary>
    public static readonly TimeSpan Doubt = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan Look = TimeSpan.FromSeconds(0.5);

    private readonly Lock gate = new();
    private readonly LinkedList<DateTimeOffset> underWay = [];
    private DateTimeOffset lastAnswer = DateTimeOffset.MinValue;
    private DateTimeOffset? failingSince;
    private string reason = string.Empty;
    private CancellationTokenSource lost = new();
    private TimeSpan gaveUpAfter;
    private int limits;
    private bool held;
    private int releases;
    private DateTimeOffset countedFrom = DateTimeOffset.MinValue;

    /// <summary>Cancelled when calls that are under way are to end, because a limit of <see cref="Watch"/> has passed without an answer.</summary>
    public CancellationToken Lost
    {
        get
        {
            lock (gate)
            {
                return limits > 0 ? lost.Token : CancellationToken.None;
            }
        }
    }

    /// <summary>The limit that passed last.</summary>
    public TimeSpan GaveUpAfter
    {
        get
        {
            lock (gate)
            {
                return gaveUpAfter;
            }
        }
    }

    private TimeProvider Clock => time;

    /// <summary>A call goes out. Give it back with what became of it.</summary>
    public LinkedListNode<DateTimeOffset> Start()
    {
        lock (gate)
        {
            return underWay.AddLast(time.GetUtcNow());
        }
    }

    /// <summary>The server answered, whatever it said.</summary>
    public void Answered(LinkedListNode<DateTimeOffset> call)
    {
        lock (gate)
        {
            underWay.Remove(call);
            lastAnswer = time.GetUtcNow();
            failingSince = null;
        }
    }

    /// <summary>The call ended without an answer of the server.</summary>
    /// <param name="call">What <see cref="Start"/> gave.</param>
    /// <param name="why">The reason, in words.</param>
    public void Failed(LinkedListNode<DateTimeOffset> call, string why)
    {
        lock (gate)
        {
            underWay.Remove(call);

            // A call that took long may have failed although others were answered meanwhile.
            failingSince ??= call.Value > lastAnswer ? call.Value : lastAnswer;
            reason = why;
        }
    }

    /// <summary>The call was given up by whoever made it, which says nothing of the server.</summary>
    public void Abandoned(LinkedListNode<DateTimeOffset> call)
    {
        lock (gate)
        {
            underWay.Remove(call);
        }
    }

    /// <summary>Tells of outages, and of their ends (null), until it is disposed.</summary>
    /// <param name="tell">Told from a timer.</param>
    /// <param name="ask">Makes a call that any server answers at once; never throws. Null where none can be made.</param>
    /// <param name="giveUpAfter">An outage of so long, counted from now on, cancels <see cref="Lost"/>; null for never.</param>
    public IDisposable Watch(Action<ServerOutage?> tell, Func<Task>? ask = null, TimeSpan? giveUpAfter = null) => new Watcher(this, tell, ask, giveUpAfter);

    /// <summary>
    /// Holds the limits of <see cref="Watch"/>: an outage is not given up on while whoever makes the calls pauses, and its time counts from the end of the
    /// pause.
    /// </summary>
    /// <param name="isHeld">The pause begins; otherwise it ends.</param>
    public void Hold(bool isHeld)
    {
        lock (gate)
        {
            if (held && !isHeld)
            {
                countedFrom = time.GetUtcNow();
                releases++;
            }

            held = isHeld;
        }
    }

    private (bool IsHeld, int Releases, DateTimeOffset From) Held()
    {
        lock (gate)
        {
            return (held, releases, countedFrom);
        }
    }

    private void Limit(int change)
    {
        lock (gate)
        {
            limits += change;
        }
    }

    /// <summary>Ends the calls that are under way. Those that start later have until the next look to be answered.</summary>
    private void GiveUp(TimeSpan limit)
    {
        CancellationTokenSource ended;
        lock (gate)
        {
            gaveUpAfter = limit;
            ended = lost;
            lost = new CancellationTokenSource();
        }

        ended.Cancel();
    }

    private (ServerOutage? Outage, bool InDoubt) Judge()
    {
        lock (gate)
        {
            DateTimeOffset now = time.GetUtcNow();
            DateTimeOffset? silentSince = underWay.First is { Value: DateTimeOffset oldest } ? oldest > lastAnswer ? oldest : lastAnswer : null;
            if (now - failingSince >= Failing)
            {
                DateTimeOffset since = failingSince!.Value < silentSince ? failingSince.Value : silentSince ?? failingSince.Value;
                return (new ServerOutage(since, reason, IsSilent: false), now - silentSince >= Doubt);
            }

            bool inDoubt = now - silentSince >= Doubt;
            return (now - silentSince >= Silence ? new ServerOutage(silentSince!.Value, "no answer", IsSilent: true) : null, inDoubt);
        }
    }

    private sealed class Watcher : IDisposable
    {
        private readonly OutageWatch watch;
        private readonly Action<ServerOutage?> tell;
        private readonly Func<Task>? ask;
        private readonly ITimer timer;
        private readonly TimeSpan? giveUpAfter;
        private readonly DateTimeOffset begun;
        private Task asking = Task.CompletedTask;
        private bool told;
        private bool disposed;
        private int busy;
        private int releases;

        public Watcher(OutageWatch watch, Action<ServerOutage?> tell, Func<Task>? ask, TimeSpan? giveUpAfter)
        {
            this.watch = watch;
            this.giveUpAfter = giveUpAfter;
            begun = watch.Clock.GetUtcNow();
            watch.Limit(giveUpAfter is null ? 0 : 1);
            this.tell = tell;
            this.ask = ask;
            timer = watch.Clock.CreateTimer(_ => LookOnce(), null, Look, Look);
        }

        public void Dispose()
        {
            timer.Dispose();
            if (!disposed)
            {
                disposed = true;
                watch.Limit(giveUpAfter is null ? 0 : -1);
            }
        }

        private void LookOnce()
        {
            // Whoever is told may take longer than until the next look.
            if (Interlocked.Exchange(ref busy, 1) == 1)
            {
                return;
            }

            try
            {
                (ServerOutage? outage, bool inDoubt) = watch.Judge();
                (bool isHeld, int released, DateTimeOffset from) = watch.Held();
                if ((inDoubt || (isHeld && outage is not null)) && ask is not null && asking.IsCompleted)
                {
                    asking = ask();
                }

                if (outage is not null && outage.Since < begun)
                {
                    // What failed before is not this watcher's.
                    outage = outage with { Since = begun, CountedFrom = begun };
                }

                if (outage is not null && from > outage.Since)
                {
                    outage = outage with { CountedFrom = from };
                }

                if (!isHeld && outage is not null && giveUpAfter is TimeSpan limit && watch.Clock.GetUtcNow() - outage.CountedFrom >= limit)
                {
                    watch.GiveUp(limit);
                }

                if (released != releases)
                {
                    // The limit is another one now: an outage that lasts is told once more.
                    releases = released;
                    told &= outage is null;
                }

                // While it is in doubt, an outage that was told is not over.
                if (outage is not null != told && !(told && inDoubt))
                {
                    told = outage is not null;
                    tell(outage);
                }
            }
            finally
            {
                Volatile.Write(ref busy, 0);
            }
        }
    }
}
