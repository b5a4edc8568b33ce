using System.Globalization;
using System.Text.Json;

namespace VectorMigration.Tests.Faiss;

/// <summary>docs/index-kinds.md is what the table of kinds and the fixtures say: no kind without a row, no row without a kind.</summary>
public sealed class KindTableTests
{
    private const string Start = "| code | class | since | fidelity | codecs | greatest error | speed | held against |";

    private static readonly string Page = Path.GetFullPath(Path.Combine(Fixture.Root, "..", "..", "docs", "index-kinds.md"));

    private static readonly string Speeds = Path.GetFullPath(Path.Combine(Fixture.Root, "..", "..", "bench", "results", "decoding.md"));

    /// <summary>Kinds that no fixture has: made by hand after the description of their layout, or named only.</summary>
    private static readonly Dictionary<string, string> WithoutFixture = new()
    {
        ["IxEd"] = "bytes made from the description (RareKindTests)",
        ["IwEd"] = "bytes made from the description (RareKindTests)",
        ["IHNc"] = "bytes made from the description (RareKindTests)",
        ["ISV2"] = "bytes made from the description (RareKindTests)",
        ["IwPn"] = "bytes made from the description (RareKindTests)",
        ["Irfs"] = "bytes made from the description (RareKindTests): named and refused",
        ["Iwrf"] = "bytes made from the description (RareKindTests): named and refused",
    };

    [Fact]
    public void The_page_tells_of_every_kind_what_the_fixtures_show()
    {
        string table = string.Join('\n', [Start, "|---|---|---|---|---|---|---|---|", .. Rows()]) + "\n";
        string page = File.ReadAllText(Page);
        if (Environment.GetEnvironmentVariable("VECTORMIGRATION_WRITE_KINDS") == "1")
        {
            File.WriteAllText(Page, page[..page.IndexOf(Start, StringComparison.Ordinal)] + table);
            return;
        }

        page[page.IndexOf(Start, StringComparison.Ordinal)..].ShouldBe(table, "To write the table again, set VECTORMIGRATION_WRITE_KINDS to 1.");
    }

    private static IEnumerable<string> Rows()
    {
        Dictionary<string, List<(Fixture Fixture, IndexDescription Index)>> held = [];
        foreach (Fixture fixture in Fixture.All)
        {
            IndexDescription index = FaissIndex.Describe(fixture.IndexPath);
            (held.TryGetValue(index.FourCC, out List<(Fixture, IndexDescription)>? some) ? some : held[index.FourCC] = []).Add((fixture, index));
        }

        foreach (IndexKind kind in IndexKinds.All.OrderBy(static kind => $"{kind.ClassName} {kind.FourCC}", StringComparer.Ordinal))
        {
            yield return held.TryGetValue(kind.FourCC, out List<(Fixture Fixture, IndexDescription Index)>? found)
                ? Row(kind, found)
                : $"| `{kind.FourCC}` | {kind.ClassName} | {FaissReleases.Of(kind.FourCC)} | {kind.Fidelity} | | | | {Otherwise(kind)} |";
        }
    }

    private static string Row(IndexKind kind, List<(Fixture Fixture, IndexDescription Index)> found)
    {
        string fidelity = string.Join(", ", found.Select(static pair => pair.Index.Fidelity).Distinct().Order());
        string codecs = string.Join(", ", found.Select(static pair => pair.Index.Codec).OfType<string>().Distinct().Order(StringComparer.Ordinal));
        double[] errors = [.. found.Where(static pair => pair.Index.Fidelity != Fidelity.NotRecoverable).Select(static pair => ErrorOf(pair.Fixture))
            .OfType<double>()];
        string error = errors.Length == 0 ? string.Empty : errors.Max() == 0 ? "0" : errors.Max().ToString("G2", CultureInfo.InvariantCulture);
        int refused = found.Count(static pair => Fixture.Refused.ContainsKey(pair.Fixture.Name));
        string tests = found.Count == refused ? "named and refused (DescriptionTests)" : "TruthTests";
        return $"| `{kind.FourCC}` | {kind.ClassName} | {FaissReleases.Of(kind.FourCC)} | {fidelity} | {codecs} | {error} | {SpeedOf(kind)} | "
            + $"{found.Count} {(found.Count == 1 ? "index" : "indexes")}: {tests} |";
    }

    /// <summary>How many times the speed of FAISS the benchmark measured, by the factory strings of that kind.</summary>
    private static string SpeedOf(IndexKind kind) => string.Join("; ", File.ReadLines(Speeds)
        .Select(static line => line.Split('|', StringSplitOptions.TrimEntries))
        .Where(cells => cells.Length == 8 && cells[2] == kind.FourCC)
        .Select(static cells => $"{cells[6]} ({cells[1]})"));

    /// <summary>Greatest difference of what comes back from what was added, as it was measured when the fixture was made.</summary>
    private static double? ErrorOf(Fixture fixture) =>
        fixture.Meta() is JsonElement meta && meta.TryGetProperty("max_abs_err", out JsonElement error) && error.ValueKind == JsonValueKind.Number
            ? error.GetDouble() : null;

    private static string Otherwise(IndexKind kind) =>
        WithoutFixture.TryGetValue(kind.FourCC, out string? how) ? how
        : kind.FourCC.StartsWith("IS", StringComparison.Ordinal) || kind.FourCC == "ILVQ" ? "bytes made from the description (RareKindTests): named and refused"
        : throw new InvalidOperationException($"'{kind.FourCC}' has neither a fixture nor a test of its own.");
}
