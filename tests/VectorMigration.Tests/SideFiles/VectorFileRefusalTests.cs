using System.Text;
using VectorMigration.SideFiles.VectorFiles;

namespace VectorMigration.Tests.SideFiles;

/// <summary>Files that are meant to hold vectors and do not: each is named for what it is, with how to write it.</summary>
public sealed class VectorFileRefusalTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("vm-no-vectors-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData("<i4", "False", "4, 8", "int32 with the shape (4, 8)", "astype('float32')")]
    [InlineData(">i4", "False", "4, 8", "int32, big-endian, with the shape (4, 8)", "astype('float32')")]
    [InlineData("<i8", "False", "4, 8", "int64 with the shape (4, 8)", "astype('float32')")]
    [InlineData("|b1", "False", "4, 8", "bool with the shape (4, 8)", "astype('float32')")]
    [InlineData("<f4", "False", "2, 4, 8", "float32 with the shape (2, 4, 8)", "reshape(-1, dimension)")]
    [InlineData("<f4", "False", "32,", "float32 with the shape (32)", "reshape(-1, dimension)")]
    [InlineData("<f4", "False", "", "float32 with the shape ()", "reshape(-1, dimension)")]
    [InlineData("<c8", "False", "4, 8", "complex64 with the shape (4, 8)", "Name the file with the vectors")]
    [InlineData("<U5", "False", "4, 8", "strings with the shape (4, 8)", "Name the file with the vectors")]
    [InlineData("<f4", "False", "4, 0", "float32 with the shape (4, 0)", "Its rows are empty")]
    [InlineData("<f4", "True", "4, 8", "an array in Fortran order", "ascontiguousarray")]
    public void Arrays_of_NumPy(string type, string fortran, string shape, string words, string action)
    {
        MigrationException error = Refused(Write("a.npy", Npy($"{{'descr': '{type}', 'fortran_order': {fortran}, 'shape': ({shape}), }}", new byte[256])));
        error.ErrorId.ShouldBe("UnsupportedIndexKind");
        error.Message.ShouldContain(words);
        error.RecommendedAction!.ShouldContain(action);
    }

    [Fact]
    public void An_array_of_records() => Refused(
        Write("a.npy", Npy("{'descr': [('x', '<f4'), ('y', '<f4')], 'fortran_order': False, 'shape': (4,), }", new byte[32]))).Message
        .ShouldContain("records or objects");

    [Fact]
    public void Rows_of_the_ids_of_neighbours()
    {
        MigrationException error = Refused(Write("truth.ivecs", Rows(3, 3, 3)));
        error.Message.ShouldContain("int32 rows (.ivecs), 3 in each");
        error.RecommendedAction!.ShouldContain(".fvecs");
    }

    [Theory]
    [InlineData("a.fvecs", new[] { 3, 3, 5 }, 0, "row 2 has 5 components, and the first row has 3")]
    [InlineData("a.ivecs", new[] { 3, 4 }, 0, "row 1 has 4 components, and the first row has 3")]
    [InlineData("a.fvecs", new[] { 0 }, 0, "row 0 says that it has 0 components")]
    [InlineData("a.fvecs", new[] { 3, 3 }, 5, "it ends within row 1, which has 3 components")]
    [InlineData("a.fvecs", new[] { 3, 3 }, 14, "it ends within row 1")]
    public void Rows_of_several_dimensions(string name, int[] dimensions, int cut, string words)
    {
        MigrationException error = Refused(Write(name, Rows(dimensions)[..^cut]));
        error.ErrorId.ShouldBe("IndexInvalid");
        error.Message.ShouldContain(words);
    }

    [Fact]
    public void What_faiss_serialize_index_makes_is_told_as_before() => Refused(
        Write("a.npy", Npy("{'descr': '|u1', 'fortran_order': False, 'shape': (32,), }", new byte[32]))).ErrorId.ShouldBe("NotAnIndex");

    [Fact]
    public void Parts_of_several_types_are_told_by_name()
    {
        Write("a.npy", Npy("{'descr': '<f4', 'fortran_order': False, 'shape': (4, 8), }", new byte[128]));
        Write("b.npy", Npy("{'descr': '<f8', 'fortran_order': False, 'shape': (4, 8), }", new byte[256]));
        Write("c.npy", Npy("{'descr': '<f4', 'fortran_order': False, 'shape': (4, 8), }", new byte[128]));
        IndexDescription parts = VectorFile.Describe(folder);
        parts.Kind.ShouldBe("3 files, NumPy array (.npy), float32 or float64");
        string warning = parts.Warnings.ShouldHaveSingleItem();
        warning.ShouldContain("a.npy is a NumPy array (.npy), float32, and b.npy is a NumPy array (.npy), float64.");
        warning.ShouldContain("Components of float64 are rounded to float32");
    }

    private static MigrationException Refused(string path)
    {
        MigrationException opened = Should.Throw<MigrationException>(() => VectorFile.OpenAny(path).Dispose());
        Should.Throw<MigrationException>(() => VectorFile.DescribeAny(path)).Message.ShouldBe(opened.Message);
        return opened;
    }

    private string Write(string name, byte[] content)
    {
        string path = Path.Combine(folder, name);
        File.WriteAllBytes(path, content);
        return path;
    }

    private static byte[] Npy(string header, byte[] data) =>
        [0x93, .. "NUMPY"u8, 1, 0, (byte)(header.Length + 1), 0, .. Encoding.ASCII.GetBytes(header), (byte)'\n', .. data];

    private static byte[] Rows(params int[] dimensions) =>
        [.. dimensions.SelectMany(static dimension => (byte[])[.. BitConverter.GetBytes(dimension), .. new byte[4 * dimension]])];
}
