using System.Text.Json;
using VectorMigration.TestSupport;

namespace VectorMigration.EndToEnd.Tests;

/// <summary>Norms that the real server cannot normalise: what it does to them, and that they are refused.</summary>
[Collection(SharedServer.Name)]
public sealed class CosineTests(QdrantServerFixture fixture) : ServerTests(fixture)
{
    private const int Dimension = 4;

    /// <summary>The reason for the refusal: Qdrant adds up the squares as float32.</summary>
    [Fact]
    public async Task The_server_stores_zeros_or_leaves_short_vectors_as_they_are()
    {
        string dot = IndexFiles.Flat(At("flat.faiss"), Dimension, [.. Vector(1), .. Vector(2)]);
        (await MigrateAsync(dot, "--distance", "cosine")).ShouldSucceed();
        await Witness.UpsertAsync(
            Collection, """{"points":[{"id":10,"vector":[1e20,1e20,1e20,1e20]},{"id":11,"vector":[1e-10,1e-10,1e-10,1e-10]}]}""");
        Dictionary<string, WitnessedPoint> points = await Witness.ReadAllAsync(Collection);
        points["10"].Vector.ShouldAllBe(static component => component == 0);
        points["11"].Vector.ShouldAllBe(static component => component < 1e-9f && component > 0);
    }

    [Theory]
    [InlineData(1e20f)]
    [InlineData(1e-10f)]
    public async Task It_is_refused_and_can_be_skipped(float component)
    {
        string path = IndexFiles.Flat(At("flat.faiss"), Dimension, [.. Vector(1), .. Vector(component), .. Vector(3)]);
        ToolResult refused = await MigrateAsync(path, "--distance", "cosine", "--json");
        refused.ExitCode.ShouldBe(1);
        JsonElement error = refused.Json().GetProperty("error");
        error.GetProperty("errorId").GetString().ShouldBe("NormNotNormalizable");
        error.GetProperty("message").GetString()!.ShouldContain("Vector 1 (id 1)");
        refused.Error.ShouldContain("This run created the collection");

        ToolResult skipped = await MigrateAsync(path, "--distance", "cosine", "--skip-invalid");
        skipped.ExitCode.ShouldBe(4);
        skipped.Output.ShouldContain("1 skipped: NaN or infinite components, or norms that Cosine cannot use");
        (await VerifyAsync(path, "--distance", "cosine", "--skip-invalid")).Output.ShouldContain("passed");
    }

    private static float[] Vector(float component) => [.. Enumerable.Repeat(component, Dimension)];
}
