namespace VectorMigration.Tests.Faiss;

/// <summary>Files that end too soon: copies that broke off, downloads that stopped.</summary>
public sealed class CutFileTests : IDisposable
{
    private const string Place = @"at offset \d+, field '[^']+' of \w+, expected .+, found .+";

    private readonly TemporaryFolder folder = new();

    public static TheoryData<string> Readable => Fixture.Names(Fixture.Readable);

    [Theory]
    [MemberData(nameof(Readable))]
    public void A_cut_index_is_refused_with_place_field_expected_and_found(string name)
    {
        Fixture fixture = Fixture.Of(name);
        folder.TakeSideFiles(fixture);
        string path = folder.Write("index.faiss", fixture.Bytes());
        foreach (long length in Cuts(FaissIndex.Describe(path)).Distinct().OrderDescending())
        {
            using (FileStream stream = File.OpenWrite(path))
            {
                stream.SetLength(length);
            }

            MigrationException error = Should.Throw<MigrationException>(() => FaissIndex.Open(path).Dispose(), $"cut to {length} bytes");
            error.RecommendedAction.ShouldNotBeNullOrWhiteSpace();
            if (length < 4)
            {
                error.ErrorId.ShouldBe(length == 0 ? "IndexEmpty" : "IndexTooShort");
                continue;
            }

            error.ErrorId.ShouldBe("IndexTruncated", $"cut to {length} bytes: {error.Message}");
            error.Message.ShouldMatch(Place);
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

    /// <summary>Every byte up to the vectors (of a graph before them: its first and last bytes and some between), 20 places in the data, and every byte after it.</summary>
    private static IEnumerable<long> Cuts(IndexDescription description)
    {
        IndexRegion[] regions = [.. description.Regions.Where(region => region.File == description.Path)];
        long data = regions.Length == 0 ? description.Size : regions[0].Offset;
        long end = regions.Length == 0 ? description.Size : regions.Where(region => region.Content == RegionContent.Components).Max(region => region.Offset + region.Length);
        Random random = new(7);
        for (long cut = 0; cut < data; cut += cut is > 1024 && data - cut > 512 ? random.Next(1, (int)(data / 100) + 2) : 1)
        {
            yield return cut;
        }

        for (int i = 0; i < 20; i++)
        {
            yield return Math.Min(description.Size - 1, data + ((description.Size - data) * i / 20));
        }

        for (long cut = end; cut < Math.Min(description.Size, end + 64); cut++)
        {
            yield return cut;
        }

        yield return description.Size - 1;
    }
}
