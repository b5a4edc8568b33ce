using System.Buffers;
using System.Buffers.Binary;
using System.Collections.Concurrent;
using VectorMigration.Fuzzing;

namespace VectorMigration.Tests.Faiss;

/// <summary>
/// Damaged indexes of every kind are read or rejected, in time and memory bounded by the file; <c>./build.sh fuzz</c> does the same
/// for any number of them. And the watch over this sees what it is there for.
/// </summary>
public sealed class FuzzTests : IDisposable
{
    private const int Cases = 20_000;
    private const ulong Seed = 20261122;

    /// <summary>So many cases are also read from the disk, one of each so many; prime to the number of mutations.</summary>
    private const int OnDisk = 37;

    private static readonly ulong[] Telling = [0, 1, 1UL << 31, uint.MaxValue, 1UL << 40, (1UL << 63) - 1, ulong.MaxValue];

    private static readonly Lazy<IReadOnlyList<SeedFile>> Seeds = new(() => SeedFile.LoadAll(Path.Combine(Fixture.Root, "faiss")));

    private readonly TemporaryFolder folder = new();

    [Fact]
    public void Twenty_thousand_damaged_files()
    {
        IndexFuzzRun run = new(Seeds.Value, new FuzzOptions { Seed = Seed, Count = Cases, Parallel = Math.Max(2, Environment.ProcessorCount / 2) });
        run.Run();
        run.Faults.ShouldBeEmpty();
        run.Figures.Values.Sum(row => row.Files).ShouldBe(Cases);
        run.Figures.Values.ShouldAllBe(row => row.Files >= Cases / run.Figures.Count);
        run.Figures.Values.Sum(row => row.Of(TrialEnd.Read)).ShouldBeGreaterThan(Cases / 20);
        run.Figures.Values.Sum(row => row.Of(TrialEnd.Rejected)).ShouldBeGreaterThan(Cases / 4);
    }

    [Fact]
    public void Files_on_the_disk_end_as_those_in_memory_do()
    {
        folder.TakeSideFiles(Fixture.Of("faiss-1.7.3/ivfflat_ondisk"));
        Mutator mutator = new(Seeds.Value, Seed);
        string path = Path.Combine(folder.Path, "index.faiss");
        for (long number = 0; number < Cases; number += OnDisk)
        {
            FuzzCase file = mutator.Make(number) with { Path = path };
            File.WriteAllBytes(path, file.Bytes.Span);
            TrialResult inMemory = Trial.Run(file);
            (TrialEnd end, string reason) = Trial.Attempt(() => FaissFile.Open(path), file.Bytes.Length);
            end.ShouldBe(inMemory.End, $"case {number}: {file.Told}: {reason}");
            reason.ShouldBe(inMemory.Reason, $"case {number}: {file.Told}");
        }
    }

    [Fact]
    public void Every_eight_bytes_of_every_header_replaced_by_telling_numbers()
    {
        using PoolMeter meter = new();
        ConcurrentBag<string> faults = [];
        Parallel.ForEach(Seeds.Value.Where(seed => seed.IsReadable), seed =>
        {
            byte[] bytes = [.. seed.Bytes];
            for (int offset = 4; offset < Math.Min(160, bytes.Length - 8); offset++)
            {
                for (int i = 0; i < 2; i++)
                {
                    ulong number = Telling[((2 * offset) + i) % Telling.Length];
                    BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(offset), number);
                    TrialResult result = Trial.Run(new FuzzCase(offset, Mutation.Numbers, seed.Path, bytes, seed.Name));
                    if (result.End == TrialEnd.Fault)
                    {
                        faults.Add($"{seed.Name}: {number} at {offset}: {result.Reason}");
                    }
                }

                seed.Bytes.AsSpan(offset, 8).CopyTo(bytes.AsSpan(offset));
            }
        });
        faults.ShouldBeEmpty();
    }

    [Fact]
    public void A_case_is_the_same_whenever_it_is_made()
    {
        byte[] first = new Mutator(Seeds.Value, 7).Make(1_234).Bytes.ToArray();
        Mutator other = new(Seeds.Value, 7);
        other.Make(99);
        other.Make(1_234).Bytes.ToArray().ShouldBe(first);
        new Mutator(Seeds.Value, 8).Make(1_234).Bytes.ToArray().ShouldNotBe(first);
    }

    [Fact]
    public void What_is_no_error_of_ours_is_a_fault()
    {
        Trial.Attempt(() => throw new InvalidOperationException("here"), 100).End.ShouldBe(TrialEnd.Fault);
        Trial.Attempt(() => throw new OverflowException(), 100).End.ShouldBe(TrialEnd.Fault);
        Trial.Attempt(() => throw new MigrationException("Id", ErrorKind.InvalidData, "It is broken.", "Mend it."), 100)
            .Reason.ShouldStartWith("an error without offset");
        Trial.WrongWithError(Placed("at offset 5, field 'd' of IndexFlat, expected 1, found 2"), 100).ShouldBeNull();
        Trial.WrongWithError(Placed("at offset 5, field 'd' of IndexFlat, found 2"), 100).ShouldBe("an error without offset, field, expected and found");
        Trial.WrongWithError(Placed("at offset 101, field 'd' of IndexFlat, expected 1, found 2"), 100).ShouldBe("an error at an offset outside the file");
        Trial.WrongWithError(Placed("at offset 5, field 'd', expected 1, found \u001b[2J"), 100).ShouldBe("an error with control characters");
        Trial.WrongWithError(Placed("at offset 5, field 'd', expected 1, found " + new string('x', 5_000)), 100).ShouldBe("an error of too many words");
    }

    [Fact]
    public void Memory_on_lease_is_counted_with_what_is_not_given_back()
    {
        using PoolMeter meter = new();
        PoolMeter.Begin();
        float[] kept = ArrayPool<float>.Shared.Rent(1 << 16);
        byte[] back = ArrayPool<byte>.Shared.Rent(1 << 20);
        ArrayPool<byte>.Shared.Return(back);
        (long peak, long left) = PoolMeter.End();
        ArrayPool<float>.Shared.Return(kept);
        peak.ShouldBe((1 << 18) + (1 << 20));
        left.ShouldBe(1 << 18);
    }

    /// <summary>Three ids a gigabit apart took a bitmap of the whole distance: 64 MiB for a file of 200 bytes.</summary>
    [Fact]
    public void Few_ids_far_apart_take_no_bitmap_of_the_distance()
    {
        byte[] index = new IndexBytes().Header("IxMp", 2, 3).Append(IndexBytes.Flat(2, [1, 2, 3, 4, 5, 6])).Ids(500_000_000, 0, 7).ToArray();
        using PoolMeter meter = new();
        TrialResult result = Trial.Run(new FuzzCase(0, Mutation.Numbers, "/none/index.faiss", index, "three ids"));
        result.End.ShouldBe(TrialEnd.Read, result.Reason);
        result.Memory.ShouldBeLessThan(Trial.MemoryLimit);
    }

    public void Dispose() => folder.Dispose();

    private static MigrationException Placed(string message) => new("Id", ErrorKind.InvalidData, message, "Mend it.");
}
