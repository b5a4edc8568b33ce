using System.Security.Cryptography;

namespace VectorMigration.Tests.Faiss;

/// <summary>The fixtures are the truth: float bits differ between processors, so they are kept and never made again.</summary>
public sealed class FixtureDriftTests
{
    [Fact]
    public void No_fixture_has_drifted()
    {
        Dictionary<string, string> kept = File.ReadAllLines(Path.Combine(Fixture.Root, "manifest.sha256"))
            .Select(line => line.Split("  ", 2)).ToDictionary(parts => parts[1], parts => parts[0]);
        string[] present =
            [.. Directory.GetFiles(Fixture.Root, "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(Fixture.Root, file).Replace('\\', '/'))
                .Where(IsFixture)];
        present.Order(StringComparer.Ordinal).ShouldBe(kept.Keys.Order(StringComparer.Ordinal));
        foreach (string name in present)
        {
            Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(Path.Combine(Fixture.Root, name)))).ShouldBe(kept[name], name);
        }
    }

    private static bool IsFixture(string name) =>
        name.StartsWith("faiss/", StringComparison.Ordinal) || name.StartsWith("foreign/", StringComparison.Ordinal)
            || name.StartsWith("scripts/", StringComparison.Ordinal) || name.StartsWith("stores/", StringComparison.Ordinal)
            || name.StartsWith("codecs/", StringComparison.Ordinal) || name.StartsWith("vectors/", StringComparison.Ordinal);
}
