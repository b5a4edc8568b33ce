namespace VectorMigration.Tests.Faiss;

/// <summary>What opening and reading costs does not grow with the file.</summary>
public sealed class LargeFileTests : IDisposable
{
    private const long Rows = 50L * 1024 * 1024 * 1024 / (4 * 768);

    private readonly TemporaryFolder folder = new();

    [Fact]
    public void Fifty_gigabytes_are_described_by_reading_a_few_blocks()
    {
        string path = Sparse();
        using OpenedIndex index = OpenedIndex.Open(path);
        index.Description.Count.ShouldBe(Rows);
        index.Description.Size.ShouldBe(45 + (Rows * 768 * 4));
        index.Description.TrailingBytes.ShouldBe(0);
        index.Files.Sum(file => file.BytesRead).ShouldBeLessThan(400_000);
    }

    /// <summary>Some distances between the place in the file and the place in memory are slow to copy over and go another way: the bytes are the
    /// same.</summary>
    [Fact]
    public void Bytes_are_those_of_the_file_wherever_they_land()
    {
        byte[] bytes = new byte[400_000];
        new Random(3).NextBytes(bytes);
        string path = folder.Write("bytes", bytes);
        using var file = FaissFile.Open(path);
        byte[] room = GC.AllocateUninitializedArray<byte>(bytes.Length + 128, pinned: true);
        for (int shift = 0; shift < 100; shift++)
        {
            room.AsSpan().Clear();
            file.ReadExactly(17, room.AsSpan(shift, 300_000));
            room.AsSpan(shift, 300_000).SequenceEqual(bytes.AsSpan(17, 300_000)).ShouldBeTrue($"shift {shift}");
            room.AsSpan(0, shift).ContainsAnyExcept((byte)0).ShouldBeFalse($"before, shift {shift}");
            room.AsSpan(shift + 300_000).ContainsAnyExcept((byte)0).ShouldBeFalse($"behind, shift {shift}");
        }
    }

    [Fact]
    public void Reading_takes_memory_for_the_batch_alone()
    {
        using IVectorSource source = FaissIndex.Open(Sparse());
        source.Read(0, 100, CancellationToken.None).Dispose();
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (long i = 0; i < 1000; i++)
        {
            using VectorBatch batch = source.Read(Rows / 1000 * i, 100, CancellationToken.None);
            batch.Count.ShouldBe(100);
            batch.FaissIds.Span[0].ShouldBe(Rows / 1000 * i);
        }

        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(4 << 20);
        using VectorBatch last = source.Read(Rows - 3, 100, CancellationToken.None);
        last.Count.ShouldBe(3);
        last.LastOrdinal.ShouldBe(Rows - 1);
    }

    [Fact]
    public void More_than_memory_can_hold_is_not_asked_for()
    {
        using IVectorSource source = FaissIndex.Open(Sparse());
        Should.Throw<ArgumentOutOfRangeException>(() => source.Read(0, int.MaxValue, CancellationToken.None));
        Should.Throw<ArgumentOutOfRangeException>(() => source.Read(-1, 1, CancellationToken.None));
        Should.Throw<ArgumentOutOfRangeException>(() => source.Read(0, -1, CancellationToken.None));
    }

    [Fact]
    public void A_file_that_is_cut_while_it_is_read_is_noticed()
    {
        string path = Sparse();
        using IVectorSource source = FaissIndex.Open(path);
        source.Read(Rows - 1, 1, CancellationToken.None).Dispose();
        using (FileStream stream = new(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite))
        {
            stream.SetLength(1_000_000);
        }

        MigrationException error = Should.Throw<MigrationException>(() => source.Read(Rows - 1, 1, CancellationToken.None));
        error.ErrorId.ShouldBe("IndexChanged");
        error.Resumable.ShouldBeFalse();
        Should.Throw<MigrationException>(() => source.Read(0, 1, CancellationToken.None)).ErrorId.ShouldBe("IndexChanged");
        Should.Throw<MigrationException>(() => source.ReadIds(0, new long[1], CancellationToken.None)).ErrorId.ShouldBe("IndexChanged");
    }

    [Fact]
    public void A_file_that_is_replaced_while_it_is_read_is_noticed()
    {
        string path = folder.Write("index.faiss", IndexBytes.Flat(2, [1, 2, 3, 4]).ToArray());
        using IVectorSource source = FaissIndex.Open(path);
        source.Read(0, 2, CancellationToken.None).Dispose();
        string other = folder.Write("other.faiss", IndexBytes.Flat(2, [5, 6, 7, 8]).ToArray());
        File.SetLastWriteTimeUtc(other, DateTime.UtcNow.AddMinutes(1));
        File.Move(other, path, overwrite: true);
        Should.Throw<MigrationException>(() => source.Read(0, 2, CancellationToken.None)).ErrorId.ShouldBe("IndexChanged");
    }

    [Fact]
    public void The_fingerprint_knows_the_contents_and_not_the_path()
    {
        byte[] bytes = Fixture.Of("faiss-1.7.3/hnsw_flat").Bytes();
        string first = FaissIndex.Describe(folder.Write("a.faiss", bytes)).Identity.Fingerprint;
        FaissIndex.Describe(folder.Write("b.faiss", bytes)).Identity.Fingerprint.ShouldBe(first);
        bytes[^1] ^= 1;
        FaissIndex.Describe(folder.Write("b.faiss", bytes)).Identity.Fingerprint.ShouldNotBe(first);
    }

    public void Dispose() => folder.Dispose();

    private string Sparse()
    {
        byte[] header = new IndexBytes().Header("IxF2", 768, Rows).U64((ulong)(Rows * 768)).ToArray();
        string path = folder.Write("sparse.faiss", header);
        using FileStream stream = File.OpenWrite(path);
        stream.SetLength(header.Length + (Rows * 768 * 4));
        return path;
    }
}
