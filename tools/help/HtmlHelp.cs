using System.Xml.Linq;

namespace VectorMigration.Help;

/// <summary>Writes all pages of help as one HTML file that needs no network: no script, nothing from elsewhere, every text escaped.</summary>
internal static class HtmlHelp
{
    private const string Policy = "default-src 'none'; style-src 'unsafe-inline'";

    private const string Style = "body{font:1rem/1.5 system-ui,sans-serif;max-width:52rem;margin:auto;padding:1rem;color-scheme:light dark}"
        + "pre{overflow-x:auto;padding:.6rem;border:1px solid}nav ul{columns:16rem;padding-left:1rem}dt{font-weight:600}"
        + "article{border-top:1px solid;margin-top:2rem}a{color:inherit}";

    /// <summary>The whole page.</summary>
    public static XDocument Document(IReadOnlyList<(CmdletShape Cmdlet, HelpPage Page)> pages)
    {
        HashSet<string> names = [.. pages.Select(static one => one.Cmdlet.Name)];
        return new XDocument(
            new XDocumentType("html", null, null, null),
            new XElement("html", new XAttribute("lang", "en"),
                new XElement("head",
                    new XElement("meta", new XAttribute("charset", "utf-8")),
                    new XElement("meta", new XAttribute("http-equiv", "Content-Security-Policy"), new XAttribute("content", Policy)),
                    new XElement("meta", new XAttribute("name", "viewport"), new XAttribute("content", "width=device-width, initial-scale=1")),
                    new XElement("title", "VectorMigration: help"),
                    new XElement("style", Style)),
                new XElement("body",
                    new XElement("h1", "VectorMigration: help"),
                    new XElement("nav", new XElement("ul", pages.Select(static one => new XElement("li", LinkTo(one.Cmdlet.Name))))),
                    new XElement("main", pages.Select(one => Article(one.Cmdlet, one.Page, names))))));
    }

    private static XElement Article(CmdletShape cmdlet, HelpPage page, HashSet<string> names) => new("article",
        new XAttribute("id", cmdlet.Name),
        new XElement("h2", cmdlet.Name),
        Paragraphs(page.Text("SYNOPSIS")),
        Paragraphs(page.Text("DESCRIPTION")),
        Listed("Parameters", page.Entries("PARAMETERS")),
        Listed("Inputs", page.Entries("INPUTS")),
        Listed("Outputs", page.Entries("OUTPUTS")),
        new XElement("h3", "Notes"),
        Paragraphs(page.Text("NOTES")),
        page.Entries("EXAMPLES").Select(static example => new object[]
        {
            new XElement("h3", example.Title), new XElement("pre", new XElement("code", example.Code)), Paragraphs(example.Paragraphs),
        }),
        new XElement("h3", "Related links"),
        new XElement("ul", page.Text("RELATED LINKS").Select(line => new XElement("li", Related(Maml.LinkText(line), names)))));

    private static object[] Listed(string title, IReadOnlyList<HelpEntry> entries) => entries.Count == 0 ? [] :
    [
        new XElement("h3", title),
        new XElement("dl", entries.Select(static entry => new object[]
        {
            new XElement("dt", new XElement("code", entry.Title)), new XElement("dd", Paragraphs(entry.Paragraphs)),
        })),
    ];

    private static object Related(string name, HashSet<string> names) => names.Contains(name) ? LinkTo(name) : name;

    private static XElement LinkTo(string name) => new("a", new XAttribute("href", "#" + name), name);

    private static IEnumerable<XElement> Paragraphs(IEnumerable<string> paragraphs) => paragraphs.Select(static text => new XElement("p", text));
}
