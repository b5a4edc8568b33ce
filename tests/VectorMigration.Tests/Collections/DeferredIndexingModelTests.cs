using System.Reflection;

namespace VectorMigration.Tests.Collections;

/// <summary>
/// Loads that begin and end beside each other, under every order of their calls: Qdrant has no call that compares and changes in one step. The code of the
/// runs is driven against a model of the collection, one call at a time.
/// </summary>
public sealed class DeferredIndexingModelTests
{
    private const ulong Threshold = 700;

    [Fact]
    public void Two_loads_leave_the_threshold_as_it_was_under_every_interleaving()
    {
        int schedules = 0;
        List<int> choices = [];
        do
        {
            Model model = new();
            Task[] loads = [model.Load(0), model.Load(1)];
            Play(model, loads, choices);
            model.ShouldBeAsBefore(choices);
            schedules++;
        }
        while (Next(choices));
        schedules.ShouldBeGreaterThan(5_000);
    }

    [Fact]
    public void Three_loads_leave_the_threshold_as_it_was_under_many_interleavings()
    {
        Random random = new(18);
        for (int i = 0; i < 20_000; i++)
        {
            Model model = new();
            Task[] loads = [model.Load(0), model.Load(1), model.Load(2)];
            List<int> choices = [];
            while (model.Waiting is { Length: > 0 } waiting)
            {
                int chosen = waiting[random.Next(waiting.Length)];
                choices.Add(chosen);
                model.Step(chosen);
            }

            Ended(loads);
            model.ShouldBeAsBefore(choices);
        }
    }

    [Fact]
    public void After_a_load_was_killed_the_next_one_mends_it_or_everybody_is_told()
    {
        int told = 0;
        for (int killedAfter = 0; killedAfter < 9; killedAfter++)
        {
            List<int> choices = [];
            do
            {
                Model model = new();
                Task killed = model.Load(0);
                Task other = model.Load(1);
                Play(model, [killed, other], choices, killedAfter);
                Task next = model.Load(2);
                while (!next.IsCompleted)
                {
                    model.Step(2);
                }

                Ended([other, next]);
                if (DeferredIndexing.IsUnmarkedOff(model.Collection))
                {
                    told++;
                    IndexingAdvice.ForVerification(model.Collection).ShouldNotBeNull().ShouldContain("builds no index");
                    IndexingAdvice.ForMigration(model.Collection, 1, new IndexingOptions()).ShouldHaveSingleItem().ShouldContain("builds no index");
                    Diagnosis.CollectionChecks.State("c", model.Collection).Status.ShouldBe(CheckStatus.Warn);
                }
                else
                {
                    model.ShouldBeAsBefore(choices);
                }
            }
            while (Next(choices));
        }

        told.ShouldBeGreaterThan(0);
    }

    [Fact]
    public void Two_slices_and_a_join_leave_no_threshold_of_0_without_its_mark_under_every_order_of_their_calls()
    {
        List<bool> deferred = [];
        HashSet<string> seen = [];
        foreach (Model model in Ends(seen, kills: 0))
        {
            DeferredIndexing.IsUnmarkedOff(model.Collection).ShouldBeFalse();
            deferred.Add(DeferredIndexing.IsDeferred(model.Collection));
            JoinAfter(model);
            model.ShouldBeAsBefore([]);
        }

        // A slice that ends after the join has put the indexing off again, and the next join finds its mark.
        deferred.ShouldContain(true);
        deferred.ShouldContain(false);
        seen.Count.ShouldBeGreaterThan(500);
    }

    [Fact]
    public void After_a_slice_or_a_join_was_killed_the_next_join_mends_it_or_everybody_is_told()
    {
        int told = 0;
        int mended = 0;
        foreach (Model model in Ends([], kills: 1))
        {
            JoinAfter(model);
            if (DeferredIndexing.IsUnmarkedOff(model.Collection))
            {
                told++;
                model.Warnings.ShouldContain(static warning => warning.Contains("builds no index", StringComparison.Ordinal));
            }
            else
            {
                mended++;
                model.ShouldBeAsBefore([]);
            }
        }

        told.ShouldBeGreaterThan(0);
        mended.ShouldBeGreaterThan(told);
    }

    [Fact]
    public void A_join_after_slices_that_have_ended_restores_the_threshold_whoever_was_killed_before_it()
    {
        // Only slices: whatever the order of their calls and wherever one was killed, the mark is there.
        foreach (Model model in Ends([], kills: 2, joins: false))
        {
            DeferredIndexing.IsUnmarkedOff(model.Collection).ShouldBeFalse();
            JoinAfter(model);
            model.ShouldBeAsBefore([]);
        }
    }

    private static void JoinAfter(Model model)
    {
        Task join = model.Join(3);
        while (!join.IsCompleted)
        {
            model.Step(3);
        }

        Ended([join]);
    }

    /// <summary>
    /// Every way in which two slices, and a join beside them, can end. What a caller does next depends only on what it was answered before, so of the orders of
    /// calls that lead to the same answers and the same collection only one is followed.
    /// </summary>
    /// <param name="seen">Gets the situations that were met.</param>
    /// <param name="kills">So many of them may be killed before any of their calls.</param>
    /// <param name="joins">There is a join.</param>
    private static IEnumerable<Model> Ends(HashSet<string> seen, int kills, bool joins = true)
    {
        Stack<int[]> open = new([[]]);
        while (open.TryPop(out int[]? steps))
        {
            Model model = new();
            List<Task> all = [model.Slice(0), model.Slice(1), .. joins ? (Task[])[model.Join(2)] : []];
            int[] killed = [.. steps.Where(static step => step < 0).Select(static step => -1 - step)];
            foreach (int step in steps.Where(static step => step >= 0))
            {
                model.Step(step);
            }

            int[] waiting = [.. model.Waiting.Except(killed)];
            if (!seen.Add($"{model.Told(waiting)} {killed.Length}"))
            {
                continue;
            }

            if (waiting.Length == 0)
            {
                Ended([.. all.Where((_, number) => !killed.Contains(number))]);
                yield return model;
            }

            foreach (int next in waiting)
            {
                open.Push([.. steps, next]);
                if (killed.Length < kills)
                {
                    open.Push([.. steps, -1 - next]);
                }
            }
        }
    }

    /// <summary>Plays the loads; the first one makes so many calls at most.</summary>
    private static void Play(Model model, Task[] loads, List<int> choices, int most = int.MaxValue)
    {
        int at = 0;
        int made = 0;
        while (true)
        {
            int[] waiting = [.. model.Waiting.Where(load => load != 0 || made < most)];
            if (waiting.Length == 0)
            {
                break;
            }

            if (at == choices.Count)
            {
                choices.Add(0);
            }

            // Which of those that wait, in two bits beside their number, so that the next schedule can be told.
            int chosen = choices[at] & 3;
            choices[at] = chosen | (waiting.Length << 2);
            at++;
            made += waiting[chosen] == 0 ? 1 : 0;
            model.Step(waiting[chosen]);
        }

        Ended(most == int.MaxValue ? loads : loads[1..]);
    }

    /// <summary>The next schedule in the order of a depth-first search; false after the last.</summary>
    private static bool Next(List<int> choices)
    {
        while (choices.Count > 0 && (choices[^1] & 3) + 1 >= choices[^1] >> 2)
        {
            choices.RemoveAt(choices.Count - 1);
        }

        if (choices.Count == 0)
        {
            return false;
        }

        choices[^1] = (choices[^1] & 3) + 1;
        return true;
    }

    private static void Ended(Task[] loads)
    {
        foreach (Task load in loads)
        {
            load.IsCompletedSuccessfully.ShouldBeTrue(load.Exception?.ToString());
        }
    }

    /// <summary>A collection, and loads that each wait for their turn at every call.</summary>
    private sealed class Model
    {
        private readonly Dictionary<int, Action> waiting = [];
        private readonly Dictionary<int, string> answers = [];

        public CollectionDescription Collection { get; private set; } = New();

        /// <summary>Loads that wait to make a call.</summary>
        public int[] Waiting => [.. waiting.Keys.Order()];

        /// <summary>Begins a load; it stops at its first call.</summary>
        public async Task Load(int number)
        {
            IVectorStore store = Gate.For(this, number);
            RunIndexing indexing = new(
                store, "c", new IndexingOptions { Mode = IndexingMode.Deferred }, TimeSpan.FromMinutes(1), static _ => { }, TimeProvider.System);
            await indexing.BeginAsync(new LoadTarget(IsUnused: true, IsMarked: false, KeepsMetadata: true), default).ConfigureAwait(false);
            await indexing.EndAsync(default).ConfigureAwait(false);
        }

        /// <summary>What each of them was answered, and how the collection is.</summary>
        public string Told(int[] loads) => $"{string.Join(' ', loads.Select(load => $"{load}:{answers.GetValueOrDefault(load)}"))} {State}";

        /// <summary>What joins have warned of.</summary>
        public List<string> Warnings { get; } = [];

        private string State => $"{Collection.Optimizer.IndexingThreshold}{(DeferredIndexing.RememberedBy(Collection) is null ? '-' : '+')}";

        /// <summary>Begins a slice, which only puts the indexing off.</summary>
        public async Task Slice(int number)
        {
            IVectorStore store = Gate.For(this, number);
            IndexingOptions deferred = new() { Mode = IndexingMode.Deferred, OnlyDefers = true };
            RunIndexing indexing = new(store, "c", deferred, TimeSpan.FromMinutes(1), static _ => { }, TimeProvider.System);
            await indexing.BeginAsync(new LoadTarget(IsUnused: true, IsMarked: false, KeepsMetadata: true), default).ConfigureAwait(false);
            await indexing.EndAsync(default).ConfigureAwait(false);
        }

        /// <summary>Begins a join, which takes the indexing up.</summary>
        public Task Join(int number)
        {
            SlicePlan plan = new()
            {
                PlanId = Guid.NewGuid(),
                JobId = Guid.NewGuid(),
                Collection = "c",
                Options = new SlicePlanOptions(),
                Parts = [],
                Slices = [],
            };
            return new SliceJoin(plan, [], new MigrationOptions { Collection = "c" }, static (_, _) => throw new NotSupportedException())
                .ResumeIndexingAsync(Gate.For(this, number), Warnings.Add, default);
        }

        /// <summary>Lets a load make its call and go on to the next one.</summary>
        public void Step(int number)
        {
            waiting.Remove(number, out Action? call).ShouldBeTrue();

            // With a context, what waits would go on in another thread.
            SynchronizationContext? context = SynchronizationContext.Current;
            SynchronizationContext.SetSynchronizationContext(null);
            call!();
            SynchronizationContext.SetSynchronizationContext(context);
        }

        public void ShouldBeAsBefore(IEnumerable<int> choices)
        {
            string schedule = string.Join(' ', choices.Select(static choice => choice & 3));
            Collection.Optimizer.IndexingThreshold.ShouldBe(Threshold, schedule);
            DeferredIndexing.RememberedBy(Collection).ShouldBeNull(schedule);
        }

        public Task<CollectionDescription?> LookAsync(int number) => Turn<CollectionDescription?>(number, () =>
        {
            answers[number] = answers.GetValueOrDefault(number) + State;
            return Collection;
        });

        public Task<CollectionDescription> ChangeAsync(int number, CollectionChange change) => Turn(number, () =>
        {
            Dictionary<string, string> metadata = new(Collection.Metadata);
            foreach ((string key, string value) in change.Metadata)
            {
                metadata[key] = value;
            }

            foreach (string key in change.RemovedKeys)
            {
                metadata.Remove(key);
            }

            return Collection = Collection with
            {
                Metadata = metadata,
                Optimizer = Collection.Optimizer with { IndexingThreshold = change.IndexingThreshold ?? Collection.Optimizer.IndexingThreshold },
            };
        });

        private Task<T> Turn<T>(int number, Func<T> call)
        {
            // Whoever waits goes on at once in the thread of the test.
            TaskCompletionSource<T> turn = new();
            waiting.Add(number, () =>
            {
                // What a change is answered with is not looked at.
                answers[number] = answers.GetValueOrDefault(number) + ' ';
                turn.SetResult(call());
            });
            return turn.Task;
        }

        private static CollectionDescription New()
        {
            using MemoryStore store = new();
            store.Add("c", 4, Distance.Euclid);
            return store.Collections["c"] with { Optimizer = new OptimizerSettings { IndexingThreshold = Threshold } };
        }
    }

    /// <summary>The server as one load sees it.</summary>
    public class Gate : DispatchProxy
    {
        private Model? model;
        private int number;

        internal static IVectorStore For(object model, int number)
        {
            IVectorStore store = Create<IVectorStore, Gate>();
            ((Gate)(object)store).model = (Model)model;
            ((Gate)(object)store).number = number;
            return store;
        }

        /// <inheritdoc/>
        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) => targetMethod!.Name switch
        {
            nameof(IVectorStore.GetCollectionAsync) => (object)model!.LookAsync(number),
            nameof(IVectorStore.UpdateCollectionAsync) => model!.ChangeAsync(number, (CollectionChange)args![1]!),
            _ => throw new NotSupportedException(targetMethod.Name),
        };
    }
}
