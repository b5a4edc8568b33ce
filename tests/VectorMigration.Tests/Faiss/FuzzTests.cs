using System.Buffers.Binary;

namespace VectorMigration.Tests.Faiss;

/// <summary>Damaged indexes of every kind end in success or in one MigrationException, in memory bounded by the file.</summary>
public sealed class FuzzTests : IDisposable
{
    private const int Mutations = 20_000;
    private const int Allowance = 2 << 20;

    private static readonly ulong[] Telling = [0, 1, 1UL << 31, uint.MaxValue, 1UL << 40, (1UL << 63) - 1, ulong.MaxValue];

    private readonly TemporaryFolder folder = new();

    [Fact]
    public void Twenty_thousand_mutations()
    {
        Fixture[] fixtures = [.. Fixture.All.Where(fixture => new FileInfo(fixture.IndexPath).Length <= 64 << 10)];
        Random random = new(20261122);
        int refused = 0;
        int perFixture = (Mutations / fixtures.Length) + 1;
        folder.TakeSideFiles(Fixture.Of("faiss-1.7.3/ivfflat_ondisk"));
        foreach (Fixture fixture in fixtures)
        {
            byte[] original = fixture.Bytes();
            string path = folder.Write("fuzz.faiss", original);
            using FileStream stream = new(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite, 0);
            for (int i = 0; i < perFixture; i++)
            {
                (int offset, byte[] bytes, int length) = Mutate(original, random);
                stream.Position = offset;
                stream.Write(bytes);
                stream.SetLength(length);
                refused += Try(path, $"{fixture.Name}, mutation {i}: {Convert.ToHexString(bytes)} at {offset}, length {length}", length) ? 0 : 1;
                stream.Position = 0;
                stream.Write(original);
            }
        }

        refused.ShouldBeGreaterThan(Mutations / 4);
    }

    [Fact]
    public void Every_eight_bytes_of_every_header_replaced_by_telling_numbers()
    {
        folder.TakeSideFiles(Fixture.Of("faiss-1.7.3/ivfflat_ondisk"));
        foreach (Fixture fixture in Fixture.All.Where(fixture => fixture.HasTruth))
        {
            byte[] original = fixture.Bytes();
            string path = folder.Write("fuzz.faiss", original);
            using FileStream stream = new(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite, 0);
            for (int offset = 4; offset < Math.Min(160, original.Length - 8); offset++)
            {
                byte[] bytes = new byte[8];
                BinaryPrimitives.WriteUInt64LittleEndian(bytes, Telling[offset % Telling.Length]);
                stream.Position = offset;
                stream.Write(bytes);
                Try(path, $"{fixture.Name}: {Convert.ToHexString(bytes)} at {offset}", original.Length);
                stream.Position = offset;
                stream.Write(original.AsSpan(offset, 8));
            }
        }
    }

    public void Dispose() => folder.Dispose();

    /// <summary>A few bytes, a telling number or a cut; most often in the first kilobyte, where the lengths are.</summary>
    private static (int Offset, byte[] Bytes, int Length) Mutate(byte[] original, Random random)
    {
        int within = random.Next(3) == 0 ? original.Length : Math.Min(original.Length, 1024);
        int offset = random.Next(random.Next(20) == 0 ? 0 : 4, Math.Max(5, within - 8));
        byte[] bytes = new byte[random.Next(2) == 0 ? 8 : random.Next(1, 9)];
        if (bytes.Length == 8 && random.Next(3) != 0)
        {
            ulong number = random.Next(4) == 0 ? (ulong)random.NextInt64() >> random.Next(64) : Telling[random.Next(Telling.Length)];
            BinaryPrimitives.WriteUInt64LittleEndian(bytes, number);
        }
        else
        {
            random.NextBytes(bytes);
        }

        bytes = bytes[..Math.Min(bytes.Length, original.Length - offset)];
        return (offset, bytes, random.Next(16) == 0 ? random.Next(offset + bytes.Length, original.Length + 1) : original.Length);
    }

    /// <summary>True when the file was read, false when it was refused as it should be; anything else fails.</summary>
    private static bool Try(string path, string mutation, long length)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            FaissIndex.Describe(path);
            using IVectorSource source = FaissIndex.Open(path);
            long dimension = source.Description.Dimension;
            int rows = (int)Math.Min(source.Description.Count, 1 + (50_000 / dimension));
            using VectorBatch batch = source.Read(0, rows, CancellationToken.None);
            batch.Count.ShouldBe(rows, mutation);
            return true;
        }
        catch (MigrationException error)
        {
            error.Message.ShouldNotBeNullOrWhiteSpace(mutation);
            return false;
        }
        catch (Exception error) when (error is not ShouldAssertException)
        {
            throw new InvalidOperationException($"{mutation} gave {error.GetType().Name}: {error.Message}", error);
        }
        finally
        {
            (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan((length * 4) + Allowance, mutation);
        }
    }
}
