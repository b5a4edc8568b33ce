using VectorMigration.Tests.Faiss;
using VectorMigration.TestSupport;

namespace VectorMigration.EndToEnd.Tests;

/// <summary>Indexes that hold codes: decoded with consent, or replaced by the original vectors; and files of vectors without an index.</summary>
[Collection(SharedServer.Name)]
public sealed class DecodedTests(QdrantServerFixture fixture) : ServerTests(fixture)
{
    [Theory]
    [InlineData("faiss-1.7.3/ivfpq6x8")]
    [InlineData("faiss-1.7.3/sq_8bit")]
    [InlineData("faiss-1.7.3/vt_opq6_pq6x6np")]
    [InlineData("faiss-1.7.3/hnsw_sq8")]
    [InlineData("faiss-1.7.3/fs_pq12x4fs")]
    [InlineData("faiss-1.7.3/bin_flat")]
    public async Task Decoded_vectors_travel_with_consent_and_are_those_of_FAISS(string name)
    {
        Fixture index = Fixture.Of(name);
        float[] truth = index.IsBinary ? index.Signs() : index.Vectors();
        string[] distance = index.IsBinary ? ["--distance", "dot"] : [];
        if (!index.IsBinary)
        {
            foreach (string[] more in (string[][])[["--dry-run"], []])
            {
                ToolResult refused = await MigrateAsync(index.IndexPath, more);
                refused.ShouldEndWith(2, "stores codes");
                refused.Error.ShouldContain("--allow-decoded");
                refused.Error.ShouldContain("--original-vectors");
            }

            (await Witness.ExistsAsync(Collection)).ShouldBeFalse();
        }

        (await MigrateAsync(index.IndexPath, ["--allow-decoded", .. distance])).ShouldSucceed();
        Dictionary<string, WitnessedPoint> points = await Witness.ReadAllAsync(Collection);
        long[] ids = index.Ids();
        points.Count.ShouldBe(ids.Length);
        for (int row = 0; row < ids.Length; row++)
        {
            float[] vector = points[ids[row].ToString(System.Globalization.CultureInfo.InvariantCulture)].Vector;
            float greatest = vector.Max(MathF.Abs);
            for (int i = 0; i < vector.Length; i++)
            {
                MathF.Abs(vector[i] - truth[(row * vector.Length) + i]).ShouldBeLessThanOrEqualTo(2e-6f * greatest);
            }
        }
    }

    [Fact]
    public async Task The_original_vectors_travel_bit_for_bit_under_the_ids_of_the_index()
    {
        float[] truth = Fixture.Of("faiss-1.7.3/flat_l2").Vectors();
        string index = Fixture.Of("faiss-1.7.3/ivfpq6x8").IndexPath;
        string array = Path.Combine(Fixture.Of("faiss-1.7.3/flat_l2").Folder, "recon.npy");
        ToolResult run = (await MigrateAsync(index, "--original-vectors", array)).ShouldSucceed();
        run.Output.ShouldContain("the originals in");
        run.Output.ShouldContain("identical bit for bit");
        foreach ((string id, WitnessedPoint point) in await Witness.ReadAllAsync(Collection))
        {
            int row = int.Parse(id, System.Globalization.CultureInfo.InvariantCulture);
            point.Vector.ShouldBe(truth[(row * point.Vector.Length)..((row + 1) * point.Vector.Length)]);
        }

        (await VerifyAsync(index, "--original-vectors", array)).ShouldSucceed();
        (await VerifyAsync(index, "--allow-decoded")).ExitCode.ShouldBe(4);

        // The same vectors in another order.
        int dimension = truth.Length / 500;
        await File.WriteAllBytesAsync(At("other.fvecs"), [.. truth.Chunk(dimension).Reverse()
            .SelectMany(row => BitConverter.GetBytes(dimension).Concat(row.SelectMany(BitConverter.GetBytes)))]);
        (await MigrateAsync(index, "--original-vectors", At("other.fvecs"))).ShouldEndWith(2, "does not belong to");
    }

    [Fact]
    public async Task A_file_of_vectors_travels_with_a_distance()
    {
        string array = Path.Combine(Fixture.Of("faiss-1.7.3/flat_l2").Folder, "recon.npy");
        (await MigrateAsync(array)).ShouldEndWith(2, "no metric is known");
        (await MigrateAsync(array, "--distance", "euclid", "--payload", array)).ShouldEndWith(2, "recon.npy is a file of vectors");
        (await MigrateAsync(array, "--distance", "euclid")).ShouldSucceed();
        float[] truth = Fixture.Of("faiss-1.7.3/flat_l2").Vectors();
        foreach ((string id, WitnessedPoint point) in await Witness.ReadAllAsync(Collection))
        {
            int row = int.Parse(id, System.Globalization.CultureInfo.InvariantCulture);
            point.Vector.ShouldBe(truth[(row * point.Vector.Length)..((row + 1) * point.Vector.Length)]);
        }
    }

    [Theory]
    [InlineData("read_old_f4")]
    [InlineData("read_new_gzip_shuffle_fletcher")]
    public async Task A_dataset_of_HDF5_travels_alone_and_under_the_ids_of_an_index(string name)
    {
        string file = Path.Combine(Fixture.Root, "vectors", name + ".h5");
        const int Count = 60;
        const int Dimension = 7;
        float[] truth = [.. Enumerable.Range(0, Count * Dimension).Select(static i => (i % 211) - 105f)];
        (await MigrateAsync(file, "--distance", "euclid")).ShouldSucceed();
        ShouldHold(await Witness.ReadAllAsync(Collection), truth, Dimension, static row => row);
        (await MigrateAsync(file, "--distance", "euclid", "--dry-run")).ShouldSucceed().Output.ShouldContain("HDF5 dataset 'vectors', float32");

        long[] ids = [.. Enumerable.Range(0, Count).Select(static row => 1_000L + (row * 7))];
        string index = IndexFiles.IdMap(At("ids.faiss"), Dimension, truth, ids);
        (await MigrateAsync(index, "--original-vectors", file, "--recreate", "--yes", "--restart")).ShouldSucceed()
            .Output.ShouldContain("identical bit for bit");
        ShouldHold(await Witness.ReadAllAsync(Collection), truth, Dimension, static row => 1_000 + (row * 7));
        (await VerifyAsync(index, "--original-vectors", file)).ShouldSucceed();
    }

    private static void ShouldHold(Dictionary<string, WitnessedPoint> points, float[] truth, int dimension, Func<int, long> id)
    {
        points.Count.ShouldBe(truth.Length / dimension);
        for (int row = 0; row < points.Count; row++)
        {
            points[id(row).ToString(System.Globalization.CultureInfo.InvariantCulture)].Vector.ShouldBe(truth[(row * dimension)..((row + 1) * dimension)]);
        }
    }

    [Fact]
    public async Task A_component_that_is_no_number_is_told_of_the_file_that_has_it()
    {
        float[] vectors = IndexFiles.Random(40, 8, seed: 3);
        vectors[(7 * 8) + 2] = float.NaN;
        string index = IndexFiles.Flat(At("nan.faiss"), 8, vectors);
        await File.WriteAllBytesAsync(At("nan.fvecs"), [.. vectors.Chunk(8)
            .SelectMany(row => BitConverter.GetBytes(8).Concat(row.SelectMany(BitConverter.GetBytes)))]);
        (await MigrateAsync(index)).ShouldEndWith(1, "Component 2 of vector 7 (id 7) of", "nan.faiss");
        (await MigrateAsync(index, "--original-vectors", At("nan.fvecs"))).ShouldEndWith(1, "Component 2 of the original vector of id 7 in", "nan.fvecs");
    }
}
