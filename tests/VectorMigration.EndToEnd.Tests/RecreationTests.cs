using System.Text.Json;
using VectorMigration.TestSupport;

namespace VectorMigration.EndToEnd.Tests;

/// <summary>Deleting a collection to make it anew: agreed to, and told what goes with it.</summary>
[Collection(SharedServer.Name)]
public sealed class RecreationTests(QdrantServerFixture fixture) : ServerTests(fixture)
{
    [Fact]
    public async Task What_goes_is_told_and_nothing_is_deleted_before_somebody_agrees()
    {
        string index = IndexFiles.Flat(At("index.faiss"), 4, IndexFiles.Random(10, 4, seed: 1));
        await Witness.CreateAsync(Collection, """
            {"vectors":{"size":4,"distance":"Euclid"},"sparse_vectors":{"words":{}},"hnsw_config":{"m":24},"strict_mode_config":{"enabled":true},
            "quantization_config":{"scalar":{"type":"int8"}}}
            """);
        await Witness.UpsertAsync(Collection, """{"points":[{"id":3,"vector":[1,2,3,4]}]}""");
        await Witness.AliasAsync("live-" + Collection, Collection);

        JsonElement plan = (await MigrateAsync(index, "--recreate", "--dry-run", "--json")).ShouldSucceed().Json().GetProperty("plan");
        string lost = string.Join("; ", plan.GetProperty("lost").EnumerateArray().Select(static what => what.GetString()));
        foreach (string part in (string[])["alias 'live-", "sparse vector 'words'", "HNSW m 24", "strict mode", "scalar quantization"])
        {
            lost.ShouldContain(part);
        }

        (await MigrateAsync(index, "--recreate")).ShouldEndWith(2, "not confirmed").Error.ShouldContain("--yes");
        (await Witness.CountAsync(Collection)).ShouldBe(1);
        ToolResult alias = await Tool.RunAsync(Folder, ["migrate", index, "--url", Url, "--collection", "live-" + Collection, "--recreate", "--yes",
            "--dry-run"]);
        alias.ShouldEndWith(2, "is an alias of the collection");
        (await MigrateAsync(index, "--recreate", "--yes")).ShouldSucceed();
        (await Witness.CountAsync(Collection)).ShouldBe(10);
    }
}
