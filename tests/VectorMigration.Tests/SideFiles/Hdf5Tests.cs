using VectorMigration.SideFiles.VectorFiles;
using VectorMigration.Tests.Faiss;

namespace VectorMigration.Tests.SideFiles;

/// <summary>HDF5 as a file of vectors: files that h5py wrote are read bit for bit, in every layout, and what is not read is refused by name.</summary>
public sealed class Hdf5Tests : IDisposable
{
    private static readonly string Fixtures = Path.Combine(Fixture.Root, "vectors");

    private readonly string folder = Directory.CreateTempSubdirectory("vm-hdf5-").FullName;

    /// <summary>All files that are read.</summary>
    public static TheoryData<string> Readable =>
        [.. Directory.GetFiles(Fixtures, "read_*.h5").Select(static path => Path.GetFileNameWithoutExtension(path)).Order(StringComparer.Ordinal)];

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [MemberData(nameof(Readable))]
    public void Every_layout_of_h5py_is_read_bit_for_bit_in_any_part(string name)
    {
        string path = Path.Combine(Fixtures, name + ".h5");
        VectorFile.Is(path).ShouldBeTrue();
        using IVectorSource source = VectorFile.OpenAny(path);
        bool isBytes = source.Description.Kind.EndsWith("uint8", StringComparison.Ordinal);
        (int count, int dimension) = ((int)source.Description.Count, source.Description.Dimension);
        (count, dimension).ShouldBe(name.Contains("many", StringComparison.Ordinal) ? (1100, 2) : (60, 7));
        source.Description.Fidelity.ShouldBe(
            source.Description.Kind.EndsWith("float64", StringComparison.Ordinal) ? Fidelity.RoundingOnly : Fidelity.Exact);
        float[] truth = [.. Enumerable.Range(0, count * dimension).Select(i => (i % 211) - (isBytes ? 0f : 105f))];
        foreach ((int first, int some) in ((int, int)[])[(0, count), (1, count), (count / 3, count / 2), (count - 1, 5), (0, 1)])
        {
            using VectorBatch batch = source.Read(first, some, default);
            batch.Count.ShouldBe(Math.Min(some, count - first));
            for (int row = 0; row < batch.Count; row++)
            {
                batch.FaissIds.Span[row].ShouldBe(first + row);
                batch.Vector(row).SequenceEqual(truth.AsSpan((first + row) * dimension, dimension)).ShouldBeTrue($"row {first + row}");
            }
        }
    }

    [Fact]
    public void All_types_and_both_ages_are_among_the_files()
    {
        string[] kinds = [.. Directory.GetFiles(Fixtures, "read_*.h5").Select(static path => VectorFile.Describe(path).Kind).Distinct().Order()];
        kinds.ShouldBe(
        [
            "HDF5 dataset 'a/b/vectors', float32", "HDF5 dataset 'train', float32", "HDF5 dataset 'vectors', float16", "HDF5 dataset 'vectors', float32",
            "HDF5 dataset 'vectors', float64", "HDF5 dataset 'vectors', int8", "HDF5 dataset 'vectors', uint8",
        ]);
    }

    [Fact]
    public void Of_a_file_of_the_ANN_benchmarks_the_indexed_vectors_are_taken_and_the_rest_is_named()
    {
        foreach (string age in (string[])["old", "new"])
        {
            IndexDescription description = VectorFile.Describe(Path.Combine(Fixtures, $"read_{age}_benchmark.h5"));
            description.Kind.ShouldBe("HDF5 dataset 'train', float32");
            string warning = description.Warnings.ShouldHaveSingleItem();
            warning.ShouldContain("'test'");
            warning.ShouldContain("'neighbors'");
            warning.ShouldContain("which is not read");
        }
    }

    [Theory]
    [InlineData("refused_old_several", "2 datasets that could be the vectors: 'a', 'b'")]
    [InlineData("refused_new_several", "2 datasets that could be the vectors: 'a', 'b'")]
    [InlineData("refused_old_none", "holds no vectors")]
    [InlineData("refused_new_none", "holds no vectors")]
    [InlineData("refused_old_int32", "holds no vectors")]
    [InlineData("refused_new_int32", "holds no vectors")]
    [InlineData("refused_old_lzf", "data packed with the filter LZF")]
    [InlineData("refused_new_lzf", "data packed with the filter LZF")]
    [InlineData("refused_old_partly", "rows of 'vectors' that were never written")]
    [InlineData("refused_new_partly", "rows of 'vectors' that were never written")]
    [InlineData("refused_new_dense", "a group whose links are in dense storage ('/')")]
    [InlineData("refused_new_growing_columns", "a version 2 B-tree as index of its chunks")]
    [InlineData("refused_new_growing_sideways", "chunks whose columns can grow")]
    public void What_is_not_read_is_refused_by_name_with_the_way_to_npy(string name, string words)
    {
        MigrationException error = Should.Throw<MigrationException>(() => VectorFile.Open(Path.Combine(Fixtures, name + ".h5")).Dispose());
        error.ErrorId.ShouldBe("UnsupportedIndexKind");
        error.Message.ShouldContain(words);
        error.RecommendedAction.ShouldContain(".npy");
    }

    [Fact]
    public void An_HDF5_file_without_vectors_is_no_file_of_vectors()
    {
        VectorFile.Is(Path.Combine(Fixtures, "refused_old_none.h5")).ShouldBeFalse();
        MigrationException error = Should.Throw<MigrationException>(() => VectorFile.OpenAny(Path.Combine(Fixtures, "refused_new_none.h5")).Dispose());
        error.ErrorId.ShouldBe("NotAnIndex");
        error.RecommendedAction.ShouldContain("a dataset of real numbers with two dimensions");
    }

    /// <summary>Checksums, where there are some, tell a turned bit; elsewhere the reader must end, with an error of its own or with vectors.</summary>
    [Theory]
    [MemberData(nameof(Readable))]
    public void A_damaged_file_ends_in_an_error_by_name_or_in_vectors(string name)
    {
        byte[] whole = File.ReadAllBytes(Path.Combine(Fixtures, name + ".h5"));
        Random random = new(name.Length);
        string path = Path.Combine(folder, "a.h5");
        for (int round = 0; round < 150; round++)
        {
            byte[] bytes = [.. whole];
            for (int i = 0; i <= round % 3; i++)
            {
                bytes[random.Next(8, bytes.Length)] = (round % 2) switch { 0 => (byte)random.Next(256), _ => (byte)(random.Next(2) * 255) };
            }

            File.WriteAllBytes(path, round % 10 == 9 ? bytes[..random.Next(8, bytes.Length)] : bytes);
            try
            {
                using IVectorSource source = VectorFile.Open(path);
                using VectorBatch batch = source.Read(0, 2_000, default);
                batch.Dimension.ShouldBe(source.Description.Dimension);
            }
            catch (MigrationException error)
            {
                error.ErrorId.ShouldBeOneOf("IndexInvalid", "UnsupportedIndexKind");
                error.RecommendedAction.ShouldNotBeNullOrEmpty();
            }
        }
    }

    [Theory]
    [InlineData("read_new_f4", "OHDR", 20, "checksum")]
    [InlineData("read_new_many_chunks", "FADB", 30, "checksum")]
    [InlineData("read_new_growing_many_chunks", "EASB", 30, "checksum")]
    [InlineData("read_old_f4", "HEAP", 0, "there is no heap of names (HEAP)")]
    [InlineData("read_old_chunks", "SNOD", 1, "there is no node of symbols (SNOD)")]
    public void Damage_of_a_record_is_told_with_its_place(string name, string record, int at, string words)
    {
        byte[] bytes = File.ReadAllBytes(Path.Combine(Fixtures, name + ".h5"));
        int start = bytes.AsSpan().IndexOf(System.Text.Encoding.ASCII.GetBytes(record));
        bytes[start + at] ^= 0x10;
        string path = Path.Combine(folder, "a.h5");
        File.WriteAllBytes(path, bytes);
        MigrationException error = Should.Throw<MigrationException>(() => VectorFile.Open(path).Dispose());
        error.ErrorId.ShouldBe("IndexInvalid");
        error.Message.ShouldContain(words);
        error.Message.ShouldContain("offset");
    }

    [Fact]
    public void A_turned_bit_in_a_chunk_with_a_checksum_is_told()
    {
        byte[] bytes = File.ReadAllBytes(Path.Combine(Fixtures, "read_new_fletcher_u1.h5"));
        int start = bytes.AsSpan().IndexOf("\u0000\u0001\u0002\u0007\u0008\u0009"u8);
        bytes[start] ^= 1;
        string path = Path.Combine(folder, "a.h5");
        File.WriteAllBytes(path, bytes);
        using IVectorSource source = VectorFile.Open(path);
        MigrationException error = Should.Throw<MigrationException>(() => source.Read(0, 60, default).Dispose());
        error.ErrorId.ShouldBe("IndexInvalid");
        error.Message.ShouldContain("the checksum of a chunk does not match");
    }

    [Fact]
    public void A_folder_with_one_HDF5_file_is_that_file()
    {
        string first = Path.Combine(folder, "emb_0.h5");
        File.Copy(Path.Combine(Fixtures, "read_old_gzip.h5"), first);
        using IVectorSource alone = VectorFile.OpenAny(folder);
        alone.Description.Kind.ShouldBe("HDF5 dataset 'vectors', float32");
        alone.Description.Count.ShouldBe(60);
    }
}
