using VectorMigration.Errors;
using VectorMigration.Store;

namespace VectorMigration.Runs;

/// <summary>
/// The mark of one run: put into the collection's metadata before the first vector, renewed while the run is under way, taken out at its end. Where the
/// metadata cannot be written (servers before 1.16, keys that may only write points) there is none, and the run goes on without it.
/// </summary>
/// <param name="store">The server.</param>
/// <param name="collection">The collection.</param>
/// <param name="mark">The mark as it is now; called once the input is known.</param>
/// <param name="givesWay">Another run that writes the same ids is a reason to stop.</param>
/// <param name="time">The clock.</param>
internal sealed class RunMarks(IVectorStore store, string collection, Func<RunMark?> mark, bool givesWay, TimeProvider time)
{
    private static readonly TimeSpan Renewal = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan RivalPatience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan RivalInterval = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan HurriedLimit = TimeSpan.FromMilliseconds(800);

    private RunMark? created;
    private RunMark? placed;
    private TaskCompletionSource? ending;
    private Task renewal = Task.CompletedTask;

    /// <summary>Whether other runs wrote into the collection while this one did, as far as they left marks.</summary>
    public bool MetOthers { get; private set; }

    /// <summary>The settings with which the run creates its collection: the mark stands in its metadata from the beginning.</summary>
    public CollectionSettings AtCreation(CollectionSettings settings)
    {
        created = mark();
        return created is null ? settings : settings with { Metadata = new Dictionary<string, string>([.. settings.Metadata, created.ToPair()]) };
    }

    /// <summary>Makes sure that the mark stands and that no other run writes the same ids.</summary>
    /// <param name="hasCreated">The run has created the collection, with its mark.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>Points in the collection, counted after the mark was placed; null where the count before holds.</returns>
    /// <exception cref="MigrationException">Another run writes the same ids.</exception>
    public async Task<long?> BeginAsync(bool hasCreated, CancellationToken cancellationToken)
    {
        long? present = null;
        if (hasCreated)
        {
            placed = created;
        }
        else
        {
            if (mark() is not RunMark mine || !await TryPutAsync(mine, cancellationToken).ConfigureAwait(false))
            {
                return null;
            }

            placed = mine;
            present = await LookAsync(mine, cancellationToken).ConfigureAwait(false);
        }

        if (placed is not null)
        {
            ending = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            renewal = RenewAsync(placed, ending.Task);
        }

        return present;
    }

    /// <summary>Notes the marks of others in a collection that was looked at meanwhile.</summary>
    public void Note(CollectionDescription? seen)
    {
        if (placed is RunMark mine)
        {
            MetOthers |= RunMark.Of(seen).Any(other => !IsOurs(other, mine) && (other.IsLive(time.GetUtcNow()) || (other.Ended && other.Seen >= mine.Started)));
        }
    }

    /// <summary>Takes the mark out. Of a server that does not answer it is left behind, and passed over after its time.</summary>
    /// <param name="hurried">Somebody waits for the end.</param>
    public async Task EndAsync(bool hurried)
    {
        if (placed is RunMark mine)
        {
            placed = null;
            ending?.TrySetResult();
            using CancellationTokenSource limit = new(hurried ? HurriedLimit : EndLimit, time);
            await Task.WhenAny(renewal, Task.Delay(Timeout.InfiniteTimeSpan, limit.Token)).ConfigureAwait(false);
            await TakeOutAsync(mine, limit.Token).ConfigureAwait(false);
        }
    }

    /// <summary>Others that were met count what there is: they are left word that this run was there too.</summary>
    private async Task TakeOutAsync(RunMark mine, CancellationToken cancellationToken)
    {
        CollectionChange change = MetOthers
            ? new CollectionChange { Metadata = new Dictionary<string, string>([(mine with { Seen = time.GetUtcNow(), Ended = true }).ToPair()]) }
            : new CollectionChange { RemovedKeys = [mine.Key] };
        await TryChangeAsync(change, cancellationToken).ConfigureAwait(false);
    }

    private async Task<long?> LookAsync(RunMark mine, CancellationToken cancellationToken)
    {
        for (TimeSpan waited = TimeSpan.Zero; ; waited += RivalInterval)
        {
            Task<ulong> counting = store.CountAsync(collection, cancellationToken);
            CollectionDescription? now = await store.GetCollectionAsync(collection, cancellationToken).ConfigureAwait(false);
            long present = checked((long)await counting.ConfigureAwait(false));
            Note(now);
            IReadOnlyList<RunMark> marks = RunMark.Of(now);
            if (!givesWay || mine.RivalAmong(marks, time.GetUtcNow()) is not RunMark rival)
            {
                await DropOldAsync(marks, mine, cancellationToken).ConfigureAwait(false);
                return present;
            }

            // Of two runs that start together, each sees the other's mark, or the earlier one does not see the later one and continues.
            if (rival.Run.CompareTo(mine.Run) < 0 || waited >= RivalPatience)
            {
                placed = null;
                await TryChangeAsync(new CollectionChange { RemovedKeys = [mine.Key] }, cancellationToken).ConfigureAwait(false);
                throw ExistingErrors.ConcurrentRun(collection, store.Endpoint, rival);
            }

            await Task.Delay(RivalInterval, time, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Marks of runs that were killed, and word of ended ones that nobody waits for, are cleared away.</summary>
    private async Task DropOldAsync(IReadOnlyList<RunMark> marks, RunMark mine, CancellationToken cancellationToken)
    {
        DateTimeOffset now = time.GetUtcNow();
        bool others = marks.Any(other => !IsOurs(other, mine) && other.IsLive(now));
        string[] old = [.. marks.Where(other => other.Run != mine.Run && (IsOurs(other, mine) || (!other.IsLive(now) && (!other.Ended || !others))))
            .Select(static other => other.Key)];
        if (old.Length > 0)
        {
            await TryChangeAsync(new CollectionChange { RemovedKeys = old }, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>It is this run's, or of one that had the same journal before it: that one is no longer alive.</summary>
    private static bool IsOurs(RunMark other, RunMark mine) => other.Run == mine.Run || mine.HasJournalOf(other);

    private async Task RenewAsync(RunMark mine, Task ended)
    {
        while (await Task.WhenAny(ended, Task.Delay(Renewal, time)).ConfigureAwait(false) != ended)
        {
            await TryPutAsync(mine with { Seen = time.GetUtcNow() }, CancellationToken.None).ConfigureAwait(false);
        }
    }

    private Task<bool> TryPutAsync(RunMark mine, CancellationToken cancellationToken) =>
        TryChangeAsync(new CollectionChange { Metadata = new Dictionary<string, string>([mine.ToPair()]) }, cancellationToken);

    private async Task<bool> TryChangeAsync(CollectionChange change, CancellationToken cancellationToken)
    {
        try
        {
            await store.UpdateCollectionAsync(collection, change, cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (MigrationException)
        {
            // The key may only write points, or the server is gone. The run works without a mark in the first case and reports the second itself.
            return false;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }
}
