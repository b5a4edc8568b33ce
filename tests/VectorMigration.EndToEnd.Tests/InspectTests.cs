using System.Text.Json;
using VectorMigration.Tests.Faiss;
using VectorMigration.TestSupport;

namespace VectorMigration.EndToEnd.Tests;

/// <summary><c>inspect</c>, which needs no server.</summary>
public sealed class InspectTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("vm-inspect-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task The_sample_is_told_to_people_and_to_programs()
    {
        string sample = Path.Combine(QdrantServer.RepositoryRoot(), "samples", "words.faiss");
        ToolResult people = (await Tool.RunAsync(folder, "inspect", sample)).ShouldSucceed();
        people.Output.ShouldContain("IDMap(Flat)");
        people.Output.ShouldContain("10,000 × 100");
        people.Output.ShouldContain("Euclid");
        people.Error.ShouldContain("words.jsonl next to");
        JsonElement index = (await Tool.RunAsync(folder, "inspect", sample, "--json")).ShouldSucceed().Json();
        index.GetProperty("kind").GetString().ShouldBe("IDMap(Flat)");
        index.GetProperty("count").GetInt64().ShouldBe(10_000);
        index.GetProperty("dimension").GetInt32().ShouldBe(100);
        index.GetProperty("metric").GetString().ShouldBe("L2");
        index.GetProperty("fidelity").GetString().ShouldBe("Exact");
        index.GetProperty("distance").GetString().ShouldBe("Euclid");
    }

    [Fact]
    public async Task A_scan_tells_ids_norms_and_what_cannot_be_stored()
    {
        ToolResult people = (await Tool.RunAsync(folder, "inspect", Fixture.Of("faiss-1.7.3/flat_special_values").IndexPath, "--scan")).ShouldSucceed();
        people.Output.ShouldContain("not finite");
        people.Error.ShouldContain("--skip-invalid");
        JsonElement scan = (await Tool.RunAsync(folder, "inspect", Fixture.Of("faiss-1.7.3/idmap_duplicate_ids").IndexPath, "--scan", "--json")).ShouldSucceed()
            .Json().GetProperty("scan");
        scan.GetProperty("count").GetInt64().ShouldBe(500);
        scan.GetProperty("duplicateIds").GetInt64().ShouldBeGreaterThan(0);
        scan.GetProperty("firstDuplicateIds")[0].GetProperty("ordinal").GetInt64().ShouldBeGreaterThan(0);
        scan.GetProperty("unitNorms").GetInt64().ShouldBe(0);
    }

    [Fact]
    public async Task A_kind_that_is_not_read_is_named()
    {
        JsonElement index = (await Tool.RunAsync(folder, "inspect", Fixture.Of("faiss-1.7.3/ivf_spectralhash").IndexPath, "--json")).ShouldSucceed().Json();
        index.GetProperty("isSupported").GetBoolean().ShouldBeFalse();
        index.GetProperty("kind").GetString()!.ShouldContain("IVFSpectralHash");
        index.GetProperty("unsupportedReason").GetString().ShouldNotBeNullOrWhiteSpace();
    }

    [Fact]
    public async Task A_file_of_50_GB_is_told_from_its_header()
    {
        (string path, long count) = IndexFiles.Sparse(Path.Combine(folder, "large.faiss"), 768, 50_000_000_000);
        JsonElement index = (await Tool.RunAsync(folder, "inspect", path, "--json")).ShouldSucceed().Json();
        index.GetProperty("count").GetInt64().ShouldBe(count);
        index.GetProperty("size").GetInt64().ShouldBe(new FileInfo(path).Length);
    }

    [Fact]
    public async Task A_dimension_beyond_qdrants_is_still_inspected()
    {
        string path = IndexFiles.Flat(Path.Combine(folder, "wide.faiss"), 65_537, new float[65_537]);
        (await Tool.RunAsync(folder, "inspect", path, "--json")).ShouldSucceed().Json().GetProperty("dimension").GetInt32().ShouldBe(65_537);
    }
}
