using System.IO.Compression;
using System.Text;

namespace VectorMigration.Tests.Faiss;

public sealed class ForeignFileTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public static TheoryData<string, string, string> ForeignFiles => new()
    {
        { "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393\nsize 12345\n",
            "Git LFS pointer", "git lfs pull" },
        { "/annex/objects/SHA256E-s31390--f50d7ac4c6b9031379986bc362fcefb65f1e52621ce1708d537e740fefc59cc0.faiss\n", "git-annex pointer", "git annex get" },
        { "{\"nodes\": [1, 2, 3]}", "JSON", "index file itself" },
        { "\uFEFF  [\n [\"a\", {\"pageContent\": \"x\"}]]", "JSON", "index file itself" },
        { "Dear reader, this is prose with an ü.\n", "text", "index file itself" },
        { "cat\ndog\nhorse\n", "text", "index file itself" },
        { "(list of things)\n", "text", "index file itself" },
        { "<!doctype html><html><body>404</body></html>", "HTML page", "Download" },
        { "(dp0\nS'a'\np1\nI1\ns.", "pickle", "faiss.write_index" },
        { "(lp0\nI1\na.", "pickle", "faiss.write_index" },
        { "ccopy_reg\n_reconstructor\np0\n(c", "pickle", "faiss.write_index" },
        { "}q\0(U\u0001aK\u0001u.", "pickle", "faiss.write_index" },
        { "SQLite format 3\0\u0010\0\u0001\u0001", "SQLite", "index file itself" },
        { "PAR1\u0015\u0004\u0015", "Parquet", "index file itself" },
        { "PK\u0003\u0004\u0014\0\0\0", "zip archive", "Unpack" },
        { "rrot\u0001\0\0\0", "VectorTransform", "index file itself" },
        { "ilar\u0001\0\0\0", "inverted lists", "index file itself" },
        { "nulx\0\0\0\0", "'nulx' (0x6E756C78)", "newer" },
        { "null", "no index", "Write the index" },
    };

    [Theory]
    [MemberData(nameof(ForeignFiles))]
    public void What_only_looks_like_an_index_is_named(string text, string named, string action) =>
        Refusal(Encoding.UTF8.GetBytes(text), named, action);

    [Fact]
    public void Binary_containers_are_named()
    {
        Refusal([0x89, .. "HDF\r\n\u001A\n"u8, 0, 0, 0, 0], "HDF5", "index file itself");
        for (byte protocol = 2; protocol <= 5; protocol++)
        {
            Refusal([0x80, protocol, (byte)'}', (byte)'q', 0, (byte)'.'], "pickle", "faiss.write_index");
        }

        using MemoryStream zipped = new();
        using (GZipStream gzip = new(zipped, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(Fixture.Of("faiss-1.7.3/flat_l2").Bytes());
        }

        Refusal(zipped.ToArray(), "gzip", "gunzip");
        Refusal(File.ReadAllBytes(Path.Combine(Fixture.Root, "foreign", "serialize_index.npy")), "NumPy", "deserialize_index");
        Refusal(File.ReadAllBytes(Path.Combine(Fixture.Root, "foreign", "index_pickle.pkl")), "pickle", "faiss.write_index");
        Refusal(File.ReadAllBytes(Path.Combine(Fixture.Root, "foreign", "pca.vt")), "VectorTransform", "index file itself");
    }

    [Theory]
    [InlineData("2FxI")]
    [InlineData("lFwI")]
    [InlineData("pMxI")]
    public void A_big_endian_index_is_known_by_its_reversed_code(string code)
    {
        MigrationException error = Refused([.. Encoding.ASCII.GetBytes(code), 0, 0, 0, 24]);
        error.ErrorId.ShouldBe("BigEndianIndex");
        error.Message.ShouldContain(code);
    }

    [Fact]
    public void An_empty_file_a_short_one_a_folder_and_no_file()
    {
        Refused([]).ErrorId.ShouldBe("IndexEmpty");
        Refused([(byte)'I', (byte)'x', (byte)'F']).ErrorId.ShouldBe("IndexTooShort");
        Should.Throw<MigrationException>(() => FaissIndex.Describe(folder.Path)).ErrorId.ShouldBe("IndexIsDirectory");
        MigrationException missing = Should.Throw<MigrationException>(() => FaissIndex.Open(Path.Combine(folder.Path, "none.faiss")));
        missing.ErrorId.ShouldBe("IndexNotFound");
        missing.Kind.ShouldBe(ErrorKind.NotFound);
        Should.Throw<MigrationException>(() => FaissIndex.Open(Path.Combine(folder.Path, "no", "such", "folder.faiss"))).ErrorId.ShouldBe("IndexNotFound");
    }

    [Fact]
    public void An_unknown_nested_code_is_told_with_its_place()
    {
        MigrationException error = Refused(new IndexBytes().Header("IxMp", 4, 1).Code("ZzZz").ToArray());
        error.ErrorId.ShouldBe("UnknownIndexKind");
        error.Message.ShouldContain("at offset 37, field 'fourcc' of IndexIDMap");
        error.Message.ShouldContain("'ZzZz' (0x5A7A5A7A)");
        Refused(new IndexBytes().Header("IxMp", 4, 1).Code("HRot").ToArray()).Message.ShouldContain("another part of an index since FAISS 1.14.1");
        error.RecommendedAction.ShouldContain("FAISS 1.2.1 to 1.15.0");
        error.RecommendedAction.ShouldContain("numpy.save('vectors.npy', vectors)");
    }

    public void Dispose() => folder.Dispose();

    private void Refusal(byte[] bytes, string named, string action)
    {
        MigrationException error = Refused(bytes);
        error.Message.ShouldContain(named);
        error.RecommendedAction.ShouldContain(action);
    }

    private MigrationException Refused(byte[] bytes)
    {
        string path = folder.Write("index.faiss", bytes);
        MigrationException error = Should.Throw<MigrationException>(() => FaissIndex.Describe(path));
        error.Target.ShouldBe(path);
        error.Message.ShouldContain(path);
        Should.Throw<MigrationException>(() => FaissIndex.Open(path)).Message.ShouldBe(error.Message);
        return error;
    }
}
