using VectorMigration.Tests.Faiss;

namespace VectorMigration.Tests.LocalServers;

/// <summary>Where a server is looked for, and the folder that goes with it.</summary>
public sealed class LocalServerBinaryTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void On_Windows_it_is_qdrant_exe_beside_the_module_in_the_current_folder_and_on_PATH()
    {
        string other = Path.Combine(folder.Path, "other");
        string[] places = [.. LocalServerBinary.Places([folder.Path], windows: true, $"\"{other}\";;relative;{folder.Path}")];
        places.ShouldBe([Path.Combine(folder.Path, "qdrant.exe"), Path.Combine(other, "qdrant.exe")]);
        MigrationException missing = LocalServerErrors.BinaryMissing([folder.Path], places, windows: true);
        missing.Message.ShouldNotContain("linux");
        missing.RecommendedAction.ShouldContain("qdrant-x86_64-pc-windows-msvc.zip");
        missing.RecommendedAction.ShouldContain("PATH");
        missing.RecommendedAction.ShouldNotContain("npm");
    }

    [Fact]
    public void Elsewhere_it_is_the_package_of_npm_in_the_folders()
    {
        LocalServerBinary.Places([folder.Path], windows: false, folder.Path).ShouldAllBe(place => place.EndsWith("qdrant"));
        LocalServerErrors.BinaryMissing([folder.Path], ["/a/qdrant"], windows: false).RecommendedAction.ShouldContain("npm install");
    }

    [Fact]
    public void A_folder_that_a_session_left_behind_is_removed_by_the_next_and_one_in_use_is_not()
    {
        string prefix = $"vm-left-{Guid.NewGuid():N}-";
        string left = Directory.CreateTempSubdirectory(prefix).FullName;
        File.WriteAllText(Path.Combine(left, ".in-use"), string.Empty);
        string used = Directory.CreateTempSubdirectory(prefix).FullName;
        using (new FileStream(Path.Combine(used, ".in-use"), FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None))
        {
            using PrivateFolder folder = new(prefix);
            Directory.Exists(left).ShouldBeFalse();
            Directory.Exists(used).ShouldBeTrue();
            Directory.Exists(folder.Path).ShouldBeTrue();
        }

        Directory.Delete(used, recursive: true);
    }
}
