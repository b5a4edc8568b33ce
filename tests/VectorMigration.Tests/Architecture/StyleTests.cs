using System.Text.RegularExpressions;
using VectorMigration.Tests.Faiss;

namespace VectorMigration.Tests.Architecture;

/// <summary>What docs/style.md asks for, as far as a program can see it: words to avoid, and separators of thousands.</summary>
public sealed partial class StyleTests
{
    private static readonly string Repository = Path.GetFullPath(Path.Combine(Fixture.Root, "..", ".."));

    /// <summary>Numbers of damage, which developers read, and digests that are compared: nothing of it is grouped.</summary>
    private static readonly string[] OfDamage =
    [
        "/Hdf5/", "/Parquet/", "/Arrow/ArrowMessage", "/Pickles/", "/Encoding/", "/Faiss/Codecs/", "/Faiss/Fields/", "/Faiss/Input/", "/Faiss/Kinds/",
        "/Tables/Columns/", "/Tables/Numpy", "/Txtai/MsgPackIds", "/Archives/TarEntries",
    ];

    /// <summary>Pages about writing and code, and quotations of test names.</summary>
    private static readonly string[] NotProse = ["style.md", "architecture.md", "index-kinds.md"];

    [GeneratedRegex("""\b(?:mend(?:s|ed)?|goes on|go on|beside|taken for|put right|becomes? of|any more|nobody|somebody|passed over|held against|anew)\b""",
        RegexOptions.IgnoreCase)]
    private static partial Regex Avoided();

    [GeneratedRegex(@"(?<!\w)\$?""(?<text>(?:[^""\\]|\\.)*)""")]
    private static partial Regex Literals();

    [GeneratedRegex("""
        \{(?<number>[^{}:"?]+)\}\ (?:more\ |further\ |other\ )?
        (?:vectors|rows|points|bytes|entries|lines|ids|documents|components|files|objects|texts|elements)\b
        """, RegexOptions.IgnorePatternWhitespace)]
    private static partial Regex Counted();

    [GeneratedRegex("`[^`]*`|\"[^\"]*\"")]
    private static partial Regex Quoted();

    [Fact]
    public void Messages_use_the_words_of_the_trade() => Lines().Where(static line => line.Text.Contains(' ', StringComparison.Ordinal))
        .Where(static line => Avoided().IsMatch(line.Text)).Select(static line => $"{line.Place}: {line.Text}").ShouldBeEmpty();

    [Fact]
    public void Pages_use_the_words_of_the_trade() => Directory.EnumerateFiles(Path.Combine(Repository, "docs"), "*.md", SearchOption.AllDirectories)
        .Append(Path.Combine(Repository, "README.md"))
        .Concat(Directory.EnumerateFiles(Path.Combine(Repository, "en-US"), "*.txt"))
        .Where(static page => !NotProse.Contains(Path.GetFileName(page)))
        .SelectMany(static page => OutsideOfCode(page).Where(static line => Avoided().IsMatch(line))
            .Select(line => $"{Path.GetFileName(page)}: {line}"))
        .ShouldBeEmpty();

    /// <summary>A count in front of its noun: <c>{vectors} vectors</c> is 100000 vectors, where others write 100,000.</summary>
    [Fact]
    public void Counts_have_separators_of_thousands()
    {
        string[] bare =
        [
            .. Lines().Where(static line => !OfDamage.Any(part => line.Place.Contains(part, StringComparison.Ordinal)))
                .SelectMany(static line => Counted().Matches(line.Text).Select(match => (line.Place, Number: match.Groups["number"].Value)))
                .Where(static found => !IsGrouped(found.Number)).Select(static found => $"{found.Place}: {found.Number}"),
        ];
        bare.ShouldBeEmpty();
        Grouped.Of(100_000).ShouldBe("100,000");
    }

    /// <summary>A call that groups, or a text.</summary>
    private static bool IsGrouped(string number) => number.Contains("Count(", StringComparison.Ordinal) || number.Contains("Of(", StringComparison.Ordinal)
        || number.Contains(">> 20", StringComparison.Ordinal) || number is "amount"
        // Of digests and kinds, which journals keep.
        or "indexLength" or "bytes.Length" or "Bytes.Length" or "parts.Count";

    /// <summary>All texts within quotes of the sources, without comments and without what only developers see.</summary>
    private static IEnumerable<(string Place, string Text)> Lines() =>
        from file in Directory.EnumerateFiles(Path.Combine(Repository, "src"), "*.cs", SearchOption.AllDirectories)
        let place = file.Replace(Path.DirectorySeparatorChar, '/')
        where !place.Contains("/obj/", StringComparison.Ordinal) && !place.Contains("/bin/", StringComparison.Ordinal)
        from line in File.ReadLines(file).Select(static (text, at) => (Text: text, At: at + 1))
        where !line.Text.TrimStart().StartsWith("//", StringComparison.Ordinal) && !line.Text.Contains("ArgumentException(", StringComparison.Ordinal)
        from match in Literals().Matches(line.Text)
        select ($"{place[(place.IndexOf("/src/", StringComparison.Ordinal) + 5)..]}:{line.At}", match.Groups["text"].Value);

    private static IEnumerable<string> OutsideOfCode(string page)
    {
        bool isCode = false;
        foreach (string line in File.ReadLines(page))
        {
            isCode ^= line.StartsWith("```", StringComparison.Ordinal);
            if (!isCode)
            {
                yield return Quoted().Replace(line, string.Empty);
            }
        }
    }
}
