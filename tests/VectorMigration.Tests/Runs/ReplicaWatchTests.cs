using System.Text;
using Microsoft.Extensions.Time.Testing;

namespace VectorMigration.Tests.Runs;

/// <summary>Which replicas are waited for at the end of a run, and for how long.</summary>
public sealed class ReplicaWatchTests
{
    private readonly FakeTimeProvider time = new();
    private readonly List<string> told = [];

    [Fact]
    public async Task Whole_replicas_are_not_waited_for()
    {
        ReplicaFindings found = (await RunAsync(static _ => ["Active", "Active"]))!;
        (found.IsWhole, found.Waited, found.Warning("c"), found.ToString())
            .ShouldBe((true, TimeSpan.Zero, null, "all 2 replicas of 1 shard active"));
        told.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_replica_that_recovers_is_waited_for_until_it_is_whole()
    {
        ReplicaFindings found = (await RunAsync(look => ["Active", look < 3 ? "Dead" : look < 100 ? "Partial" : "Active"]))!;
        found.IsWhole.ShouldBeTrue();
        found.Waited.ShouldBe(TimeSpan.FromSeconds(50));
        told.Count.ShouldBe(2);
    }

    [Fact]
    public async Task A_dead_replica_is_told_after_a_short_wait_and_one_that_gets_no_further_after_a_long_one()
    {
        ReplicaFindings dead = (await RunAsync(static _ => ["Active", "Dead"]))!;
        (dead.Waited, dead.Dead, dead.Recovering).ShouldBe((ReplicaWatch.LongestDead, 1, 0));
        dead.Warning("c").ShouldNotBeNull().ShouldContain("shard 0 on peer 2 is Dead");
        ReplicaFindings partial = (await RunAsync(static _ => ["Active", "Partial"]))!;
        (partial.Waited, partial.Dead, partial.Recovering).ShouldBe((ReplicaWatch.LongestRecovery, 0, 1));
    }

    [Fact]
    public async Task A_server_that_tells_no_replicas_has_nothing_to_wait_for() => (await RunAsync(static _ => null)).ShouldBeNull();

    [Theory]
    [InlineData("""{"a":{"tenant":"no"},"tenant":"yes"}""", "yes")]
    [InlineData("""{"tenant":7,"x":[1,{"tenant":8}]}""", "7")]
    [InlineData("""{"tenant":"a","tenant":"b"}""", "b")]
    [InlineData("""{"tenant":-1}""", null)]
    [InlineData("""{"tenant":1.5}""", null)]
    [InlineData("""{"tenant":""}""", null)]
    [InlineData("""{"tenant":null}""", null)]
    [InlineData("""{"tenant":["a"]}""", null)]
    [InlineData("""{"other":"a"}""", null)]
    [InlineData("", null)]
    public void The_key_of_a_point_is_a_text_or_a_whole_number_of_its_payload(string payload, string? key) =>
        (ShardedTarget.KeyOf(Encoding.UTF8.GetBytes(payload), "tenant")?.ToString()).ShouldBe(key);

    [Theory]
    [InlineData("7", true)]
    [InlineData("0", true)]
    [InlineData("007", false)]
    [InlineData("-7", false)]
    [InlineData("18446744073709551616", false)]
    [InlineData("a", false)]
    public void Digits_alone_are_a_number(string text, bool isNumber)
    {
        ShardKey key = ShardKey.Parse(text);
        (key.Keyword is null).ShouldBe(isNumber);
        key.ToString().ShouldBe(text);
    }

    // On a thread without a context of the test's, where what follows a pause runs before the clock is moved again.
    private Task<ReplicaFindings?> RunAsync(Func<int, string[]?> states) => Task.Run(async () =>
    {
        Cluster cluster = new(states);
        Task<ReplicaFindings?> watching = new ReplicaWatch(cluster, "c", time).RunAsync(now => told.Add(now.ToString()), CancellationToken.None);
        while (!watching.IsCompleted)
        {
            time.Advance(TimeSpan.FromSeconds(0.5));
        }

        return await watching;
    });

    private sealed class Cluster(Func<int, string[]?> states) : IClusterStore
    {
        private int looks;

        public bool HasSeveralNodes => true;

        public Task<IReadOnlyList<NodeAnswer>> AskNodesAsync(string? collection, CancellationToken cancellationToken) => throw new NotSupportedException();

        public IVectorStore Writing(WriteOrdering? ordering, ShardKey? key) => throw new NotSupportedException();

        public Task<IReadOnlyList<ShardReplica>?> ListReplicasAsync(string name, CancellationToken cancellationToken) =>
            Task.FromResult<IReadOnlyList<ShardReplica>?>(
                states(looks++)?.Select(static (state, peer) => new ShardReplica(0, (ulong)peer + 1, state, null)).ToArray());

        public Task CreateShardKeyAsync(string name, ShardKey key, CancellationToken cancellationToken) => throw new NotSupportedException();
    }
}
