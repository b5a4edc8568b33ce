using VectorMigration.Fuzzing;
using VectorMigration.Fuzzing.Stores;
using VectorMigration.Tests.Faiss;

namespace VectorMigration.Tests.SideFiles.Stores;

/// <summary>Damaged stores in JSON are read or refused, in time and memory bounded by their files: <c>./build.sh fuzz stores</c>.</summary>
public sealed class StoreFuzzTests
{
    private const int Cases = 20_000;

    private static readonly Lazy<IReadOnlyList<StoreSeed>> Seeds = new(() => StoreSeed.All(Path.Combine(Fixture.Root, "stores", "json")));

    [Fact]
    public void Twenty_thousand_damaged_stores()
    {
        StoreFuzzRun run = new(Seeds.Value, new FuzzOptions { Seed = 20261127, Count = Cases, Parallel = Math.Max(2, Environment.ProcessorCount / 2) });
        run.Run();
        run.Faults.ShouldBeEmpty();
        run.Figures.Values.Sum(row => row.Files).ShouldBe(Cases);
        run.Figures.Values.Sum(row => row.Of(TrialEnd.Read)).ShouldBeGreaterThan(Cases / 40);
        run.Figures.Values.Sum(row => row.Of(TrialEnd.Rejected)).ShouldBeGreaterThan(Cases / 2);
    }

    [Fact]
    public void Every_sound_store_is_read()
    {
        foreach (StoreSeed seed in Seeds.Value)
        {
            StoreTrial.Run(seed).End.ShouldBe(TrialEnd.Read, seed.Form.ToString());
        }
    }

    [Fact]
    public void A_case_is_the_same_whenever_it_is_made()
    {
        IReadOnlyList<byte[]> first = new StoreMutator(Seeds.Value, 7).Make(1_234).Store.Parts;
        StoreMutator other = new(Seeds.Value, 7);
        other.Make(99);
        other.Make(1_234).Store.Parts.ShouldBe(first);
    }
}
