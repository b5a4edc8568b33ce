using System.Text.RegularExpressions;
using VectorMigration.Fuzzing;

namespace VectorMigration.Tests.Faiss;

/// <summary>Files that end too soon: copies that broke off, downloads that stopped.</summary>
public sealed partial class CutFileTests : IDisposable
{
    private static readonly Lazy<IReadOnlyList<SeedFile>> Seeds = new(() => SeedFile.LoadAll(Path.Combine(Fixture.Root, "faiss")));

    /// <summary>Prime, so that every place within an element is met.</summary>
    private const int Stride = 61;

    /// <summary>Bytes at either end of an array that are all met.</summary>
    private const int Edge = 64;

    private readonly TemporaryFolder folder = new();

    public static TheoryData<string> Readable => Fixture.Names(Fixture.Readable);

    /// <summary>
    /// Every byte of every field of every kind and, where vectors are read, every byte that is none of a vector's or an id's: graphs too.
    /// Arrays that are merely stepped over are cut at each of their first and last bytes and at every 61st between.
    /// </summary>
    [Fact]
    public void Every_fixture_cut_at_every_byte_of_its_header_is_refused_with_place_field_expected_and_found()
    {
        // Smallest first would leave the largest to one core at the end.
        SeedFile[] largestFirst = [.. Seeds.Value.OrderByDescending(seed => seed.Bytes.Length)];
        List<string> faults = [];
        long cuts = 0;
        Parallel.ForEach(largestFirst, seed =>
        {
            foreach (int length in Cuts(seed))
            {
                Interlocked.Increment(ref cuts);
                if (Fault(seed, length) is string fault)
                {
                    lock (faults)
                    {
                        faults.Add($"{seed.Name} cut to {length} bytes: {fault}");
                    }

                    break;
                }
            }
        });
        faults.ShouldBeEmpty();
        cuts.ShouldBeGreaterThan(Stride * 10_000);
    }

    /// <summary>The same of real files at a few places, through what everybody calls.</summary>
    [Theory]
    [MemberData(nameof(Readable))]
    public void A_cut_index_on_the_disk_is_refused(string name)
    {
        Fixture fixture = Fixture.Of(name);
        folder.TakeSideFiles(fixture);
        string path = folder.Write("index.faiss", fixture.Bytes());
        long whole = new FileInfo(path).Length;
        IEnumerable<long> cuts = Enumerable.Range(0, 64).Select(i => (long)i).Concat(Enumerable.Range(0, 20).Select(i => whole - 1 - (whole * i / 20)));
        foreach (long length in cuts.Where(cut => cut < whole).Distinct().OrderDescending())
        {
            using (FileStream stream = File.OpenWrite(path))
            {
                stream.SetLength(length);
            }

            MigrationException error = Should.Throw<MigrationException>(() => FaissIndex.Open(path).Dispose(), $"cut to {length} bytes");
            ShouldBeOfACut(error, length).ShouldBeNull($"cut to {length} bytes: {error.Message}");
        }
    }

    [Fact]
    public void A_cut_file_of_lists_is_refused()
    {
        Fixture fixture = Fixture.Of("faiss-1.7.3/ivfflat_ondisk");
        folder.TakeSideFiles(fixture);
        string path = folder.Write("index.faiss", fixture.Bytes());
        string lists = Directory.GetFiles(folder.Path, "*.ivfdata").Single();
        long whole = new FileInfo(lists).Length;
        for (long length = whole - 1; length >= 0; length -= whole / 20)
        {
            using (FileStream stream = File.OpenWrite(lists))
            {
                stream.SetLength(length);
            }

            MigrationException error = Should.Throw<MigrationException>(() => FaissIndex.Open(path).Dispose());
            error.ErrorId.ShouldBe("ListFileInvalid");
            error.Message.ShouldContain($"found {length} bytes");
        }
    }

    public void Dispose() => folder.Dispose();

    private static IEnumerable<int> Cuts(SeedFile seed)
    {
        int length = seed.Bytes.Length;
        bool[] cuts = new bool[length];
        int end = 0;
        foreach (SeedField field in seed.Fields.Append(new SeedField(length, 0)))
        {
            for (int cut = end; cut < field.Offset; cut++)
            {
                cuts[cut] = (cut - end) % Stride == 0 || cut - end < Edge || field.Offset - cut < Edge;
            }

            end = Math.Min(length, field.Offset + field.Length);
            cuts.AsSpan(Math.Min(field.Offset, length), Math.Max(0, end - field.Offset)).Fill(true);
        }

        if (seed.IsReadable)
        {
            using OpenedIndex index = OpenedIndex.Open(new FaissFile(seed.Path, new MemoryBytes(seed.Bytes)));
            IndexRegion[] regions = [.. index.Description.Regions.Where(region => region.File == seed.Path)];
            int data = regions.Length == 0 ? length : (int)regions.Min(region => region.Offset);
            int after = regions.Length == 0 ? length : (int)regions.Max(region => region.Offset + region.Length);
            cuts.AsSpan(0, data).Fill(true);
            cuts.AsSpan(after).Fill(true);
        }

        return Enumerable.Range(0, length).Where(cut => cuts[cut]);
    }

    private static string? Fault(SeedFile seed, int length)
    {
        try
        {
            using OpenedIndex index = OpenedIndex.Open(new FaissFile(seed.Path, new MemoryBytes(seed.Bytes.AsMemory(0, length))));
            return $"described as {index.Description.Kind}";
        }
        catch (MigrationException error)
        {
            return ShouldBeOfACut(error, length) is string wrong ? $"{wrong}: {error.Message}" : null;
        }
        catch (Exception error)
        {
            return error.ToString();
        }
    }

    /// <summary>Null for the error that a cut to that length has to give.</summary>
    private static string? ShouldBeOfACut(MigrationException error, long length)
    {
        string expected = length switch
        {
            0 => "IndexEmpty",
            < 4 => "IndexTooShort",
            _ => "IndexTruncated",
        };
        return error.ErrorId != expected ? $"{error.ErrorId} instead of {expected}"
            : length >= 4 && !Place().IsMatch(error.Message) ? "no place"
            : Trial.WrongWithError(error, length);
    }

    [GeneratedRegex(@"at offset \d+, field '[^']+' of \w+, expected .+, found \d+ bytes? before the end of the file")]
    private static partial Regex Place();
}
