using System.Diagnostics;
using System.Text;

namespace VectorMigration.Tests.Faiss;

/// <summary>Inverted lists in a file of their own: found by base name beside the index, or not at all.</summary>
public sealed class OnDiskListTests : IDisposable
{
    private const int Length = 200;

    private readonly TemporaryFolder folder = new();

    public OnDiskListTests()
    {
        Directory.CreateDirectory(Inner);
        byte[] lists = new byte[Length];
        new IndexBytes().Floats(1, 2, 3, 4).ToArray().AsSpan(8, 16).CopyTo(lists.AsSpan(8));
        new IndexBytes().Raw(41, 42).ToArray().CopyTo(lists.AsSpan(8 + 24));
        File.WriteAllBytes(Path.Combine(Inner, "lists.ivfdata"), lists);
        File.WriteAllBytes(Path.Combine(folder.Path, "outside.ivfdata"), lists);
    }

    private string Inner => Path.Combine(folder.Path, "inner");

    [Theory]
    [InlineData("lists.ivfdata")]
    [InlineData("/no/such/folder/lists.ivfdata")]
    [InlineData("../../../lists.ivfdata")]
    [InlineData(@"C:\build\lists.ivfdata")]
    [InlineData(@"\\server\share\lists.ivfdata")]
    public void The_file_beside_the_index_is_taken_wherever_the_path_leads(string stored)
    {
        using IVectorSource source = FaissIndex.Open(Write(stored));
        using VectorBatch batch = source.Read(0, 9, CancellationToken.None);
        batch.FaissIds.ToArray().ShouldBe([41, 42]);
        batch.Components.ToArray().ShouldBe([1f, 2f, 3f, 4f]);
        source.Description.Regions[0].File.ShouldBe(Path.Combine(Inner, "lists.ivfdata"));
        source.Description.Kind.ShouldBe("IVFFlat");
    }

    [Theory]
    [InlineData("")]
    [InlineData("/")]
    [InlineData("..")]
    [InlineData("a/..")]
    [InlineData(@"a\.")]
    [InlineData("lists\0.ivfdata")]
    [InlineData("c:lists.ivfdata")]
    [InlineData("lists.ivfdata:stream")]
    [InlineData("NUL")]
    [InlineData(@"\\.\COM1")]
    [InlineData("/dev/con.ivfdata")]
    [InlineData("lpt9 .x")]
    [InlineData("aux.tar.gz")]
    [InlineData("lists.ivfdata.")]
    [InlineData("lists.ivfdata ")]
    [InlineData("lists\u001b[2J.ivfdata")]
    [InlineData("lists\u202Efdatavi")]
    [InlineData("lists|id")]
    public void A_name_that_is_none_is_refused(string stored)
    {
        MigrationException error = Should.Throw<MigrationException>(() => FaissIndex.Describe(Write(stored)));
        error.ErrorId.ShouldBe("ListFileInvalid");
        error.Message.ShouldContain("field 'filename' of OnDiskInvertedLists");
    }

    [Fact]
    public void A_name_longer_than_any_file_systems_is_refused_without_being_told()
    {
        MigrationException error = Should.Throw<MigrationException>(() => FaissIndex.Describe(Write(new string('x', 256))));
        error.ErrorId.ShouldBe("ListFileInvalid");
        error.Message.ShouldContain("found a name of more than 255 bytes");
        Should.Throw<MigrationException>(() => FaissIndex.Describe(Write(new string('x', 255)))).ErrorId.ShouldBe("ListFileMissing");
    }

    [Theory]
    [InlineData("../outside.ivfdata", "outside.ivfdata")]
    [InlineData("/etc/passwd", "passwd")]
    [InlineData("missing.ivfdata", "missing.ivfdata")]
    public void A_file_elsewhere_is_not_opened(string stored, string name)
    {
        MigrationException error = Should.Throw<MigrationException>(() => FaissIndex.Describe(Write(stored)));
        error.ErrorId.ShouldBe("ListFileMissing");
        error.RecommendedAction.ShouldContain($"Copy '{name}'");
    }

    [Fact]
    public void A_link_out_of_the_folder_is_refused_and_one_within_it_is_not()
    {
        string link = Path.Combine(Inner, "link.ivfdata");
        File.CreateSymbolicLink(link, Path.Combine(folder.Path, "outside.ivfdata"));
        MigrationException error = Should.Throw<MigrationException>(() => FaissIndex.Describe(Write("link.ivfdata")));
        error.ErrorId.ShouldBe("ListFileInvalid");
        error.Message.ShouldContain("a link that points outside it");

        File.Delete(link);
        File.CreateSymbolicLink(link, "lists.ivfdata");
        FaissIndex.Describe(Write("link.ivfdata")).Count.ShouldBe(2);
    }

    /// <summary>As text, way/../lists.ivfdata is in the folder; for the system it lies where the link 'way' leads, and one up.</summary>
    [Theory]
    [InlineData("../inner/lists.ivfdata")]
    [InlineData("way/../lists.ivfdata")]
    [InlineData("way/../../inner/lists.ivfdata")]
    [InlineData("/dev/zero")]
    [InlineData("..")]
    [InlineData("link.ivfdata")]
    public void A_link_with_folders_in_it_is_not_followed(string target)
    {
        string outside = Directory.CreateDirectory(Path.Combine(folder.Path, "elsewhere", "deep")).FullName;
        File.Copy(Path.Combine(Inner, "lists.ivfdata"), Path.Combine(folder.Path, "elsewhere", "lists.ivfdata"));
        Directory.CreateSymbolicLink(Path.Combine(Inner, "way"), outside);
        File.CreateSymbolicLink(Path.Combine(Inner, "link.ivfdata"), target);
        MigrationException error = Should.Throw<MigrationException>(() => FaissIndex.Describe(Write("link.ivfdata")));
        error.ErrorId.ShouldBe("ListFileInvalid");
        error.Message.ShouldContain("expected a regular file in the same folder, found");
    }

    [Fact]
    public void Links_within_the_folder_are_followed_however_they_name_it()
    {
        File.CreateSymbolicLink(Path.Combine(Inner, "first.ivfdata"), "./second.ivfdata");
        File.CreateSymbolicLink(Path.Combine(Inner, "second.ivfdata"), Path.Combine(Inner, "lists.ivfdata"));
        FaissIndex.Describe(Write("first.ivfdata")).Count.ShouldBe(2);
        File.CreateSymbolicLink(Path.Combine(Inner, "dangling.ivfdata"), "nothing.ivfdata");
        Should.Throw<MigrationException>(() => FaissIndex.Describe(Write("dangling.ivfdata"))).ErrorId.ShouldBe("ListFileMissing");
    }

    [Fact]
    public void A_folder_or_a_pipe_of_that_name_is_refused_and_not_waited_for()
    {
        Directory.CreateDirectory(Path.Combine(Inner, "folder.ivfdata"));
        Should.Throw<MigrationException>(() => FaissIndex.Describe(Write("folder.ivfdata"))).Message.ShouldContain("found a folder");
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        string pipe = Path.Combine(Inner, "pipe.ivfdata");
        using (Process make = Process.Start("mkfifo", [pipe]))
        {
            make.WaitForExit();
            make.ExitCode.ShouldBe(0);
        }

        Should.Throw<MigrationException>(() => FaissIndex.Describe(Write("pipe.ivfdata"))).Message.ShouldContain("expected at least 200 bytes, found 0 bytes");
        MigrationException error = Should.Throw<MigrationException>(() => FaissIndex.Describe(pipe));
        error.ErrorId.ShouldBe("IndexUnreadable");
        error.Message.ShouldContain("a named pipe");
        error.RecommendedAction.ShouldBe("Name a regular file.");
    }

    [Fact]
    public void Lists_that_hold_nothing_need_no_file() =>
        FaissIndex.Describe(Write("/etc/passwd", [(0, 0, -1)], 0)).Count.ShouldBe(0);

    [Theory]
    [InlineData(2, 3, 8, Length + 1)]
    [InlineData(2, 3, 153, Length)]
    [InlineData(4, 3, 8, Length)]
    [InlineData(2, 1L << 60, 8, Length)]
    [InlineData(1L << 62, 1L << 62, 8, Length)]
    [InlineData(2, 3, -8, Length)]
    [InlineData(2, 3, -1, Length)]
    [InlineData(2, 3, 8, -1)]
    [InlineData(2, 3, 8, 1L << 62)]
    public void Lists_outside_their_file_are_refused(long size, long capacity, long offset, long total)
    {
        string path = Write("lists.ivfdata", [(size, capacity, offset)], total);
        Should.Throw<MigrationException>(() => FaissIndex.Describe(path)).ErrorId.ShouldBeOneOf("IndexInvalid", "ListFileInvalid");
    }

    [Fact]
    public void Lists_that_need_more_room_than_there_is_are_refused()
    {
        string path = Write("lists.ivfdata", [(2, 8, 0), (2, 8, 8)], Length);
        Should.Throw<MigrationException>(() => FaissIndex.Describe(path)).Message.ShouldContain("expected a list within the 200 bytes of 'lists.ivfdata'");
    }

    [Fact]
    public void The_lists_are_part_of_the_identity()
    {
        string path = Write("lists.ivfdata");
        string before = FaissIndex.Describe(path).Identity.Fingerprint;
        byte[] lists = File.ReadAllBytes(Path.Combine(Inner, "lists.ivfdata"));
        lists[9] ^= 1;
        File.WriteAllBytes(Path.Combine(Inner, "lists.ivfdata"), lists);
        FaissIndex.Describe(path).Identity.Fingerprint.ShouldNotBe(before);
    }

    public void Dispose() => folder.Dispose();

    private string Write(string stored) => Write(stored, [(2, 3, 8)], Length);

    private string Write(string stored, (long Size, long Capacity, long Offset)[] lists, long total)
    {
        byte[] name = Encoding.UTF8.GetBytes(stored);
        IndexBytes index = IndexBytes.Ivf(2, lists.Length, 2).Code("ilod").U64((ulong)lists.Length).U64(8).U64((ulong)lists.Length);
        foreach ((long size, long capacity, long offset) in lists)
        {
            index.Raw(size, capacity, offset);
        }

        index.U64(0).U64((ulong)name.Length).Bytes(name).I64(total);
        string path = Path.Combine(Inner, "index.faiss");
        File.WriteAllBytes(path, index.ToArray());
        return path;
    }
}
