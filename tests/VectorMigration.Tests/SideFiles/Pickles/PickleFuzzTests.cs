using VectorMigration.Fuzzing;
using VectorMigration.Fuzzing.Pickles;
using VectorMigration.Tests.Faiss;

namespace VectorMigration.Tests.SideFiles.Pickles;

/// <summary>Damaged pickles are read or refused, in time and memory bounded by the file; <c>./build.sh fuzz pickles</c> does the same for any number.</summary>
public sealed class PickleFuzzTests
{
    private const int Cases = 20_000;
    private const ulong Seed = 20261127;

    private static readonly Lazy<IReadOnlyList<byte[]>> Seeds = new(() => PickleFuzzRun.Seeds(Path.Combine(Fixture.Root, "stores")));

    [Fact]
    public void Twenty_thousand_damaged_pickles()
    {
        PickleFuzzRun run = new(Seeds.Value, new FuzzOptions { Seed = Seed, Count = Cases, Parallel = Math.Max(2, Environment.ProcessorCount / 2) });
        run.Run();
        run.Faults.ShouldBeEmpty();
        run.Figures.Values.Sum(row => row.Files).ShouldBe(Cases);
        run.Figures.Values.Sum(row => row.Of(TrialEnd.Read)).ShouldBeGreaterThan(Cases / 40);
        run.Figures.Values.Sum(row => row.Of(TrialEnd.Rejected)).ShouldBeGreaterThan(Cases / 2);
    }

    [Fact]
    public void Every_sound_pickle_is_read_or_is_no_store_in_words()
    {
        Seeds.Value.Count.ShouldBeGreaterThan(30);
        foreach (byte[] seed in Seeds.Value)
        {
            PickleTrial.Run(seed).End.ShouldNotBe(TrialEnd.Fault);
        }
    }

    [Fact]
    public void A_case_is_the_same_whenever_it_is_made()
    {
        byte[] first = new PickleMutator(Seeds.Value, 7).Make(1_234).Bytes;
        PickleMutator other = new(Seeds.Value, 7);
        other.Make(99);
        other.Make(1_234).Bytes.ShouldBe(first);
        new PickleMutator(Seeds.Value, 8).Make(1_234).Bytes.ShouldNotBe(first);
    }
}
