using System.Text.Json;
using VectorMigration.TestSupport;

namespace VectorMigration.EndToEnd.Tests;

/// <summary>The report of a run, looked at in a real browser.</summary>
[Collection(SharedServer.Name)]
public sealed class ReportTests(QdrantServerFixture fixture) : ServerTests(fixture)
{
    /// <summary>Words of results that are on two lines, and labels of charts that are cut.</summary>
    private const string BrokenWords = """
        (() => {
          const broken = [];
          for (const cell of document.querySelectorAll('td.good,td.bad,td.notice')) {
            for (const word of cell.firstChild.data.matchAll(/\S+/g)) {
              const range = document.createRange();
              range.setStart(cell.firstChild, word.index);
              range.setEnd(cell.firstChild, word.index + word[0].length);
              if (range.getClientRects().length > 1) broken.push(word[0]);
            }
          }
          for (const label of document.querySelectorAll('svg text')) {
            const box = label.getBBox();
            if (box.x < 0 || box.x + box.width > label.ownerSVGElement.viewBox.baseVal.width) broken.push(label.textContent);
          }
          return broken.join(', ');
        })()
        """;

    /// <summary>Cells of tables whose words would be broken letter by letter.</summary>
    private const string NarrowCells =
        "[...document.querySelectorAll('.scroll th,.scroll td')].filter(c=>c.textContent.length>6&&c.clientWidth<48).map(c=>c.textContent).join(', ')";

    /// <summary>Texts whose contrast with what lies behind them is below 4.5 (WCAG 2.1, AA); of SVG too.</summary>
    private const string PaleTexts = """
        (() => {
          const part = c => { c /= 255; return c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4; };
          const rgb = text => text.match(/[\d.]+/g).map(Number);
          const light = c => 0.2126 * part(c[0]) + 0.7152 * part(c[1]) + 0.0722 * part(c[2]);
          const behind = e => { for (; e; e = e.parentElement) { const c = rgb(getComputedStyle(e).backgroundColor); if (c.length < 4 || c[3] > 0) return c; }
            return [255, 255, 255]; };
          const pale = [];
          for (const e of document.querySelectorAll('body *')) {
            if (![...e.childNodes].some(n => n.nodeType === 3 && n.data.trim()) || e.tagName === 'title') continue;
            const style = getComputedStyle(e);
            const a = light(rgb(e instanceof SVGElement ? style.fill : style.color)), b = light(behind(e));
            const contrast = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
            if (contrast < 4.5) pale.push(e.tagName + ' ' + e.textContent.slice(0, 30) + ' ' + contrast.toFixed(2));
          }
          return pale.join('; ');
        })()
        """;

    [BrowserFact]
    public async Task A_report_is_readable_at_every_width_and_in_the_dark_and_asks_nobody_for_anything()
    {
        string folder = At("<script>document.title='taken'<");
        Directory.CreateDirectory(folder);
        string index = IndexFiles.Flat(Path.Combine(folder, "a&b<img src=x onerror=document.title='taken'>.faiss"), 16, IndexFiles.Random(5_000, 16, seed: 4));
        ToolResult run = (await MigrateAsync(index, "--batch-size", "100", "--log-dir", At("logs"), "--json")).ShouldSucceed();
        string report = run.Json().GetProperty("reportPath").GetString()!;
        await using Browser browser = await Browser.StartAsync(At("profile"));
        foreach (string scheme in (string[])["light", "dark"])
        {
            foreach (int width in (int[])[360, 768, 1280])
            {
                await browser.OpenAsync(report, width, scheme);
                int wide = (await browser.EvaluateAsync("document.documentElement.scrollWidth"))!.GetValue<int>();
                wide.ShouldBeLessThanOrEqualTo(width, $"{scheme} at {width}");
                (await browser.EvaluateAsync(PaleTexts))!.GetValue<string>().ShouldBeEmpty($"{scheme} at {width}");
                (await browser.EvaluateAsync(NarrowCells))!.GetValue<string>().ShouldBeEmpty($"{scheme} at {width}: words are broken");
            }
        }

        (await browser.EvaluateAsync("document.title"))!.GetValue<string>().ShouldContain("onerror=", Case.Sensitive, "the name is a text");
        (await browser.EvaluateAsync("document.scripts.length + document.images.length"))!.GetValue<int>().ShouldBe(0);
        (await browser.EvaluateAsync("document.querySelectorAll('svg').length"))!.GetValue<int>().ShouldBe(4);
        (await browser.EvaluateAsync("document.querySelector('.verdict').textContent"))!.GetValue<string>().ShouldContain("All 5,000 vectors are in");
        browser.Requests.ShouldAllBe(address => address.StartsWith("file:", StringComparison.Ordinal) || address == "about:blank");
        browser.Requests.Count(static address => address.StartsWith("file:", StringComparison.Ordinal)).ShouldBe(6, "the page itself, each time");

        string runFolder = Path.GetDirectoryName(report)!;
        (await Tool.RunAsync(Folder, "report", runFolder, runFolder, "--output", At("both.html"))).ShouldSucceed();
        foreach (int width in (int[])[360, 800, 1280])
        {
            await browser.OpenAsync(At("both.html"), width, "light");
            (await browser.EvaluateAsync(BrokenWords))!.GetValue<string>().ShouldBeEmpty($"at {width}");
        }
    }

    [Fact]
    public async Task Earlier_runs_and_several_runs_have_reports()
    {
        string index = IndexFiles.Flat(At("flat.faiss"), 8, IndexFiles.Random(500, 8, seed: 4));
        (await MigrateAsync(index, "--limit", "200", "--log-dir", At("logs"))).ShouldSucceed().Output.ShouldContain("report.html");
        (await MigrateAsync(index, "--log-dir", At("logs"))).ShouldSucceed();
        string[] runs = Directory.GetDirectories(At("logs/runs"));
        runs.Length.ShouldBe(2);
        File.Delete(Path.Combine(runs[0], "report.html"));
        File.Delete(Path.Combine(runs[0], "summary.json"));

        (await Tool.RunAsync(Folder, "report", runs[0])).ShouldSucceed().Output.Trim().ShouldBe(Path.Combine(runs[0], "report.html"));
        File.ReadAllText(Path.Combine(runs[0], "report.html")).ShouldContain("The log has no end of this run");
        JsonElement both = (await Tool.RunAsync(Folder, "report", runs[0], runs[1], "--json")).ShouldSucceed().Json();
        both.GetProperty("path").GetString().ShouldBe(At("migration-report.html"));
        both.GetProperty("runs").GetArrayLength().ShouldBe(2);
        string page = File.ReadAllText(At("migration-report.html"));
        page.ShouldContain("2 migrations to Qdrant");
        page.ShouldContain("Other runs with the same journal");
        File.WriteAllText(At("mine.html"), "mine");
        (await Tool.RunAsync(Folder, "report", At("logs"), "--output", At("mine.html"))).ShouldEndWith(2, "is not a report").Error.ShouldContain("--output");
        (await Tool.RunAsync(Folder, "report", At("nothing"))).ShouldEndWith(2, "There is no file or folder");
    }

    [Fact]
    public async Task A_support_package_names_the_files_that_it_leaves_out()
    {
        string index = IndexFiles.Flat(At("flat.faiss"), 8, IndexFiles.Random(20, 8, seed: 4));
        (await MigrateAsync(index, "--log-dir", At("logs"))).ShouldSucceed();
        await File.WriteAllTextAsync(At("logs/notes.txt"), "mine");
        ToolResult package = (await Tool.RunAsync(Folder, "support-package", "--log-dir", At("logs"), "--output", At("p.zip"))).ShouldSucceed();
        package.Error.ShouldContain("left out:");
        package.Error.ShouldContain("notes.txt: it is not a log or a journal");
    }
}
