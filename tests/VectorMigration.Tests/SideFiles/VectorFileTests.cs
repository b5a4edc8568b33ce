using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using VectorMigration.SideFiles;
using VectorMigration.SideFiles.Stores;
using VectorMigration.SideFiles.VectorFiles;
using VectorMigration.Tests.Faiss;

namespace VectorMigration.Tests.SideFiles;

/// <summary>Files of vectors without an index: read bit for bit, in any part, and refused by name where they are none.</summary>
public sealed class VectorFileTests : IDisposable
{
    private const int Count = 300;
    private const int Dimension = 7;

    private static readonly float[] Vectors = [.. Enumerable.Range(0, Count * Dimension).Select(static i => (i % 211) - 105f)];

    private readonly string folder = Directory.CreateTempSubdirectory("vm-vectors-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData("<f4", "float32", Fidelity.Exact)]
    [InlineData(">f4", "float32", Fidelity.Exact)]
    [InlineData("<f2", "float16", Fidelity.Exact)]
    [InlineData(">f2", "float16", Fidelity.Exact)]
    [InlineData("<f8", "float64", Fidelity.RoundingOnly)]
    [InlineData(">f8", "float64", Fidelity.RoundingOnly)]
    [InlineData("|i1", "int8", Fidelity.Exact)]
    public void Arrays_of_NumPy_are_read_whatever_their_type(string type, string name, Fidelity fidelity)
    {
        using IVectorSource source = VectorFile.OpenAny(Write("a.npy", Npy(type, Vectors, Count, Dimension)));
        source.Description.Kind.ShouldBe($"NumPy array (.npy), {name}");
        source.Description.Fidelity.ShouldBe(fidelity);
        (source.Description.Metric, source.Description.Distance).ShouldBe((FaissMetric.None, null));
        ShouldHold(source, Vectors);
    }

    [Fact]
    public void Bytes_without_a_sign_are_read_from_NumPy_and_bvecs()
    {
        float[] bytes = [.. Vectors.Select(static value => value + 105)];
        using IVectorSource array = VectorFile.OpenAny(Write("a.npy", Npy("|u1", bytes, Count, Dimension)));
        ShouldHold(array, bytes);
        using IVectorSource rows = VectorFile.OpenAny(Write("a.bvecs", Rows(bytes, static value => [(byte)value])));
        rows.Description.Kind.ShouldBe("bvecs");
        ShouldHold(rows, bytes);
    }

    [Fact]
    public void The_rows_of_fvecs_are_held_against_the_first()
    {
        byte[] file = Rows(Vectors, BitConverter.GetBytes);
        using (IVectorSource source = VectorFile.OpenAny(Write("a.fvecs", file)))
        {
            ShouldHold(source, Vectors);
        }

        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(5 * (4 + (Dimension * 4))), 3);
        using IVectorSource damaged = VectorFile.OpenAny(Write("b.fvecs", file));
        MigrationException error = Should.Throw<MigrationException>(() => damaged.Read(0, Count, default));
        error.ErrorId.ShouldBe("IndexInvalid");
        error.Message.ShouldContain("row 5 has 3 components, and the first row has 7");
    }

    [Theory]
    [InlineData(CompressionLevel.NoCompression)]
    [InlineData(CompressionLevel.Optimal)]
    public void The_one_array_of_vectors_in_an_archive_is_taken(CompressionLevel level)
    {
        string path = Archive("a.npz", level, ("emb", Npy("<f4", Vectors, Count, Dimension)), ("ids", Npy("<f8", Vectors, Count * Dimension)));
        using IVectorSource source = VectorFile.OpenAny(path);
        source.Description.Kind.ShouldBe("NumPy archive (.npz), array 'emb', float32");
        source.Description.Warnings.ShouldHaveSingleItem().ShouldContain("also has 'ids', which is not read");
        ShouldHold(source, Vectors);
    }

    [Fact]
    public void Archives_with_several_arrays_or_none_are_refused()
    {
        byte[] array = Npy("<f4", Vectors, Count, Dimension);
        Refused(Archive("a.npz", CompressionLevel.Fastest, ("a", array), ("b", array))).ShouldContain("2 arrays that could be the vectors: a, b");
        Refused(Archive("b.npz", CompressionLevel.Fastest, ("ids", Npy("<f8", Vectors, Vectors.Length)))).ShouldContain("holds no vectors");
    }

    [Fact]
    public void An_archive_that_takes_far_more_room_than_it_should_is_refused()
    {
        string path = Path.Combine(folder, "a.npz");
        using (ZipArchive archive = new(File.Create(path), ZipArchiveMode.Create))
        {
            using Stream entry = archive.CreateEntry("a.npy", CompressionLevel.SmallestSize).Open();
            entry.Write(Header("<f4", 1L << 20, 100));
            byte[] zeros = new byte[1 << 20];
            for (int i = 0; i < 400; i++)
            {
                entry.Write(zeros);
            }
        }

        new FileInfo(path).Length.ShouldBeLessThan(1 << 20);
        Refused(path).ShouldContain("looks like an attack");
    }

    [Fact]
    public void The_files_of_a_folder_follow_each_other_by_name()
    {
        Write("emb_0.npy", Npy("<f4", Vectors[..(100 * Dimension)], 100, Dimension));
        Write("emb_1.npy", Npy("<f4", [], 0, Dimension));
        Write("emb_2.npy", Npy("<f4", Vectors[(100 * Dimension)..], 200, Dimension));
        Write("ids.npy", Npy("<f8", Vectors, Vectors.Length));
        FoundStore found = StoreFinder.Find(folder, withStore: true, default);
        (found.IndexPath, found.StorePath).ShouldBe((folder, null));
        found.Notes.ShouldHaveSingleItem().ShouldContain("ids.npy");
        using IVectorSource source = VectorFile.OpenAny(folder);
        source.Description.Kind.ShouldBe("3 files, NumPy array (.npy), float32");
        source.Description.PartOrder.ShouldBeNull();
        ShouldHold(source, Vectors);

        Write("emb_3.npy", Npy("<f4", new float[8], 1, 8));
        Refused(folder).ShouldContain("has vectors of 8 components");
    }

    [Fact]
    public async Task Files_whose_names_have_two_orders_are_told_and_take_no_single_list_of_payloads()
    {
        for (int i = 0; i < 11; i++)
        {
            Write($"emb_{i}.npy", Npy("<f4", [i, i, i, i], 1, 4));
        }

        string texts = Path.Combine(folder, "texts.jsonl");
        await File.WriteAllLinesAsync(texts, Enumerable.Range(0, 11).Select(static i => $$"""{"t":{{i % 3}}}"""));
        using IVectorSource source = VectorFile.OpenAny(folder);
        source.Description.PartOrder.ShouldBe("emb_0.npy, emb_1.npy, emb_10.npy, emb_2.npy, …");
        using MemoryStore store = new();
        MigrationOptions options = new() { Collection = "c", Distance = Distance.Dot };
        foreach ((bool byRow, string? id) in ((bool, string?)[])[(false, "PayloadOrderUnknown"), (true, null)])
        {
            using IPayloadSource payload = JsonLinesPayloadSource.Open(texts, new PayloadRules { ByRow = byRow }, null);
            MigrationResult result = await new Migration(source, payload, store, new FixedRetryPolicy(), options with { PayloadByRow = byRow }, new Recorder())
                .RunAsync(default);
            (result.Error?.ErrorId).ShouldBe(id);
            string told = result.Error?.Message ?? string.Join(' ', result.Plan!.Warnings);
            told.ShouldContain("emb_10.npy, emb_2.npy");
        }
    }

    [Fact]
    public void A_Parquet_column_of_lists_is_vectors_and_the_other_columns_are_its_payloads()
    {
        string path = Path.Combine(folder, "rows.parquet");
        File.Copy(Path.Combine(Fixture.Root, "stores", "tables", "parquet_plain", "rows.parquet"), path);
        float[] truth = FaissIndexVectors(Path.Combine(Fixture.Root, "stores", "tables", "parquet_plain", "index.faiss"));
        foreach (string named in (string[])[path, folder])
        {
            StoreFinder.Find(named, withStore: true, default).ShouldBe(new FoundStore(named, named) { StoreIsNamed = true });
            using IVectorSource source = VectorFile.OpenAny(named);
            source.Description.Kind.ShouldBe("Parquet column 'embeddings', float32");
            ShouldHold(source, truth);
        }
    }

    [Fact]
    public void An_index_beside_a_Parquet_file_or_an_array_of_ids_stays_the_index()
    {
        string path = Write("ids.npy", Npy("<f8", Vectors, Vectors.Length));
        VectorFile.Is(path).ShouldBeFalse();
        File.Copy(Path.Combine(Fixture.Root, "stores", "tables", "parquet_plain", "rows.parquet"), Path.Combine(folder, "rows.parquet"));
        string index = Path.Combine(folder, "index.faiss");
        File.Copy(Path.Combine(Fixture.Root, "stores", "tables", "parquet_plain", "index.faiss"), index);
        StoreFinder.Find(Path.Combine(folder, "rows.parquet"), withStore: true, default).IndexPath.ShouldBe(index);
        StoreFinder.Find(folder, withStore: true, default).IndexPath.ShouldBe(index);
    }

    [Theory]
    [InlineData("an array in Fortran order", "{'descr': '<f4', 'fortran_order': True, 'shape': (300, 7), }")]
    [InlineData("takes 8,428 bytes", "{'descr': '<f4', 'fortran_order': False, 'shape': (301, 7), }")]
    public void Arrays_that_do_not_fit_their_header_or_its_order_are_refused(string words, string header) =>
        Refused(Write("a.npy", [.. Header(header), .. Bytes("<f4", Vectors)])).ShouldContain(words);

    [Fact]
    public void A_file_that_is_cut_while_it_is_open_is_told()
    {
        string path = Write("a.npy", Npy("<f4", Vectors, Count, Dimension));
        using IVectorSource source = VectorFile.OpenAny(path);
        using (FileStream file = new(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite))
        {
            file.SetLength(1_000);
        }

        Should.Throw<MigrationException>(() => source.Read(0, Count, default)).ErrorId.ShouldBe("IndexChanged");
    }

    private static void ShouldHold(IVectorSource source, float[] expected)
    {
        int dimension = source.Description.Dimension;
        int count = expected.Length / dimension;
        source.Description.Count.ShouldBe(count);
        foreach ((int first, int some) in ((int, int)[])[(0, count), (1, count), (count / 3, count / 2), (count - 1, 5)])
        {
            using VectorBatch batch = source.Read(first, some, default);
            batch.Count.ShouldBe(Math.Min(some, count - first));
            for (int row = 0; row < batch.Count; row++)
            {
                batch.FaissIds.Span[row].ShouldBe(first + row);
                batch.Vector(row).SequenceEqual(expected.AsSpan((first + row) * dimension, dimension)).ShouldBeTrue();
            }
        }
    }

    private static float[] FaissIndexVectors(string path)
    {
        using IVectorSource source = FaissIndex.Open(path);
        using VectorBatch batch = source.Read(0, (int)source.Description.Count, default);
        return [.. Enumerable.Range(0, batch.Count).SelectMany(row => batch.Vector(row).ToArray())];
    }

    private static string Refused(string path)
    {
        MigrationException error = Should.Throw<MigrationException>(() =>
        {
            using IVectorSource source = VectorFile.Open(path);
        });
        error.RecommendedAction.ShouldNotBeNullOrEmpty();
        return error.Message;
    }

    private static byte[] Npy(string type, float[] values, params int[] shape) =>
        [.. shape.Length == 2 ? Header(type, shape[0], shape[1]) : Header($"{{'descr': '{type}', 'fortran_order': False, 'shape': ({shape[0]},), }}"),
            .. Bytes(type, values)];

    private static byte[] Header(string type, long count, int dimension) =>
        Header($"{{'descr': '{type}', 'fortran_order': False, 'shape': ({count}, {dimension}), }}");

    private static byte[] Header(string dictionary)
    {
        byte[] text = Encoding.ASCII.GetBytes(dictionary.PadRight(117) + "\n");
        return [0x93, .. "NUMPY"u8, 1, 0, (byte)text.Length, 0, .. text];
    }

    private static byte[] Bytes(string type, float[] values) => [.. values.SelectMany(value =>
    {
        byte[] one = type[1..] switch
        {
            "f2" => BitConverter.GetBytes((Half)value),
            "f4" => BitConverter.GetBytes(value),
            "f8" => BitConverter.GetBytes((double)value),
            "i1" => [(byte)(sbyte)value],
            _ => [(byte)value],
        };
        if (type[0] == '>')
        {
            Array.Reverse(one);
        }

        return one;
    })];

    private static byte[] Rows(float[] values, Func<float, byte[]> bytes) =>
        [.. values.Chunk(Dimension).SelectMany(row => BitConverter.GetBytes(Dimension).Concat(row.SelectMany(bytes)))];

    private string Archive(string name, CompressionLevel level, params (string Name, byte[] Bytes)[] arrays)
    {
        string path = Path.Combine(folder, name);
        using ZipArchive archive = new(File.Create(path), ZipArchiveMode.Create);
        foreach ((string array, byte[] bytes) in arrays)
        {
            using Stream entry = archive.CreateEntry(array + ".npy", level).Open();
            entry.Write(bytes);
        }

        return path;
    }

    private string Write(string name, byte[] bytes)
    {
        string path = Path.Combine(folder, name);
        File.WriteAllBytes(path, bytes);
        return path;
    }
}
