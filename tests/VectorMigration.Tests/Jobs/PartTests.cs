namespace VectorMigration.Tests.Jobs;

/// <summary>Which parts there are, in which order, and by which names.</summary>
public sealed class PartTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("vm-parts-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData("part-2", "part-10")]
    [InlineData("knn.index01", "knn.index10")]
    [InlineData("a/part-9.faiss", "a/part-10.faiss")]
    [InlineData("rank2/index.faiss", "rank10/index.faiss")]
    [InlineData("part-002", "part-10")]
    [InlineData("part", "part-1")]
    [InlineData("part-99999999999999999999998", "part-99999999999999999999999")]
    [InlineData("Part-1", "part-2")]
    public void Numbers_in_names_count_by_their_value(string first, string second)
    {
        PartOrder.Natural.Compare(first, second).ShouldBeLessThan(0);
        PartOrder.Natural.Compare(second, first).ShouldBeGreaterThan(0);
        PartOrder.Natural.Compare(first, first).ShouldBe(0);
    }

    [Fact]
    public void Labels_are_as_short_as_they_can_be_and_stay()
    {
        PartLabels.Of(["/d/part-1.faiss", "/d/part-2.faiss"], []).ShouldBe(["part-1", "part-2"]);
        PartLabels.Of(["/d/knn.index01", "/d/knn.index02"], []).ShouldBe(["knn.index01", "knn.index02"]);
        PartLabels.Of(["/d/0/index.faiss", "/d/1/index.faiss"], []).ShouldBe(["0.index.faiss", "1.index.faiss"]);
        PartLabels.Of(["/a/0/index.faiss", "/b/0/index.faiss"], []).ShouldBe(["1.index.faiss", "2.index.faiss"]);
        PartLabels.Of(["/d/part-1.faiss", "/d/part-2.faiss", "/d/part-3.faiss"], ["part-1", "part-2"]).ShouldBe(["part-1", "part-2", "part-3"]);
        PartLabels.Of(["/d/knn.index01", "/d/knn.index02"], ["knn"]).ShouldBe(["knn", "knn.index02"]);
    }

    [Fact]
    public void A_pattern_and_a_folder_of_numbered_indexes_are_several()
    {
        foreach (int n in (int[])[1, 2, 10])
        {
            File.WriteAllBytes(Path.Combine(folder, $"part-{n}.faiss"), "IxF2...."u8);
        }

        string[] expected = [.. ((int[])[1, 2, 10]).Select(n => Path.Combine(folder, $"part-{n}.faiss"))];
        PartPaths.Several([folder]).ShouldBe(expected);
        PartPaths.Several([Path.Combine(folder, "part-*.faiss")]).ShouldBe(expected);
        PartPaths.Several([expected[2], expected[0], expected[1]]).ShouldBe(expected);
        PartPaths.Several([expected[0]]).ShouldBeNull();
        Should.Throw<MigrationException>(() => PartPaths.Several([Path.Combine(folder, "other-*.faiss")])).ErrorId.ShouldBe("PathNotFound");

        // A folder with another index beside them is for the user to decide.
        File.WriteAllBytes(Path.Combine(folder, "words.faiss"), "IxF2...."u8);
        PartPaths.Several([folder]).ShouldBeNull();
    }

    [Fact]
    public void The_folders_of_ranks_are_several()
    {
        foreach (int rank in (int[])[0, 1, 10])
        {
            File.WriteAllBytes(Path.Combine(Directory.CreateDirectory(Path.Combine(folder, $"{rank}")).FullName, "index.faiss"), "IxF2...."u8);
        }

        PartPaths.Several([folder])!.Select(path => Path.GetFileName(Path.GetDirectoryName(path))).ShouldBe(["0", "1", "10"]);
    }

    [Theory]
    [InlineData("path,idOffset,store,vectorName\npart-1.faiss,,,\n\"part,2.faiss\",100,texts/2.jsonl,title\n")]
    [InlineData("path;idOffset;store;vectorName\r\npart-1.faiss;;;\r\n\"part,2.faiss\";100;texts/2.jsonl;title")]
    [InlineData("\uFEFF[{\"path\":\"part-1.faiss\"},{\"path\":\"part,2.faiss\",\"idOffset\":100,\"store\":\"texts/2.jsonl\",\"vectorName\":\"title\"}]")]
    public void A_manifest_names_parts_from_its_folder(string text)
    {
        string file = Path.Combine(folder, "parts.txt");
        File.WriteAllText(file, text);
        PartManifest.Read(file).ShouldBe(
        [
            new JobPart(Path.Combine(folder, "part-1.faiss")),
            new JobPart(Path.Combine(folder, "part,2.faiss"))
            {
                IdOffset = 100,
                StorePath = Path.Combine(folder, "texts", "2.jsonl"),
                VectorName = "title",
            },
        ]);
    }

    [Theory]
    [InlineData("path,idOfset\na,1\n", "line 2 has the column 'idOfset', which is unknown")]
    [InlineData("path,idOffset\na,-1\n", "the idOffset '-1' of line 2")]
    [InlineData("path,idOffset\na\n", "line 2 has 1 columns")]
    [InlineData("path\n\"a\n", "quotation mark of line 2")]
    [InlineData("path\n", "it names no file")]
    [InlineData("[{\"idOffset\":1}]", "entry 1 has no path")]
    [InlineData("[1]", "entry 1 is no object")]
    [InlineData("{}", "it is no JSON array")]
    [InlineData("[", "cannot be used")]
    public void What_is_no_manifest_is_refused_with_the_place(string text, string fault)
    {
        string file = Path.Combine(folder, "parts.csv");
        File.WriteAllText(file, text);
        MigrationException refused = Should.Throw<MigrationException>(() => PartManifest.Read(file));
        refused.ErrorId.ShouldBe("ManifestInvalid");
        refused.Message.ShouldContain(fault);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(1 << 20)]
    public void Ids_of_several_parts_are_found_whatever_fits_in_memory(int most)
    {
        PartOverlap overlap = new(new SpillFolder(folder), most);
        IEnumerable<long> Ids(long from, int count) => Enumerable.Range(0, count).Select(i => from + i).Reverse();
        SharedIds none = overlap.Find([(1, Ids(0, 50)), (2, Ids(50, 50)), (3, Ids(-40, 40))], 140, default);
        none.Count.ShouldBe(0);
        SharedIds some = overlap.Find([(1, Ids(0, 50)), (2, Ids(30, 50)), (3, Ids(79, 2))], 102, default);
        some.Count.ShouldBe(21);
        some.First.Count.ShouldBe(10);
        some.First[0].ShouldBe((30, 1, 2));
        some.First[9].ShouldBe((39, 1, 2));
        // An id twice in one part is for that part's own check.
        overlap.Find([(1, [5L, 5L]), (2, [6L])], 3, default).Count.ShouldBe(0);
        Directory.GetFiles(folder).ShouldBeEmpty();
    }
}
