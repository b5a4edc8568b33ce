using System.Reflection;
using System.Text.RegularExpressions;
using VectorMigration.Tests.Faiss;

namespace VectorMigration.Tests.Architecture;

/// <summary>The ids of errors are a promise to scripts: each stands in <see cref="ErrorIds"/> and nowhere else.</summary>
public sealed partial class ErrorIdTests
{
    private static readonly (string Name, string Value)[] Ids =
    [
        .. typeof(ErrorIds).GetFields(BindingFlags.Public | BindingFlags.Static).Select(static field => (field.Name, (string)field.GetRawConstantValue()!)),
    ];

    /// <summary>An id as text where an error is made (its kind follows) or handed to what makes one.</summary>
    [GeneratedRegex("""
        "\w+"\s*,[^,";{}]*\bErrorKind\.|(?:new\s+MigrationException|new\s+MigrationError|WriteAnswer\.\w+|\bRefuse)\(\s*"
        """, RegexOptions.IgnorePatternWhitespace)]
    private static partial Regex MadeOfText();

    /// <summary>An id that is compared with text, in whichever way.</summary>
    [GeneratedRegex("""
        \bErrorId\s*(?:==|!=|is\b|:|\?\?|\.\w+\(|switch)[^;]*?"\w+"|"\w+"\s*(?:==|!=)\s*[\w.!?]*ErrorId\b
        """, RegexOptions.IgnorePatternWhitespace)]
    private static partial Regex ComparedWithText();

    [GeneratedRegex("\"(?<word>[A-Z][A-Za-z0-9]+)\"")]
    private static partial Regex Words();

    private static IEnumerable<(string Path, string Text)> Sources()
    {
        string root = Path.GetFullPath(Path.Combine(Fixture.Root, "..", "..", "src"));
        return Directory.EnumerateFiles(root, "*.cs", SearchOption.AllDirectories)
            .Where(path => !Path.GetRelativePath(root, path).Split(Path.DirectorySeparatorChar).Any(static part => part is "obj" or "bin"))
            .Select(static path => (path, Code(path)));
    }

    /// <summary>Without comments, in which the words may stand.</summary>
    private static string Code(string path) =>
        string.Join('\n', File.ReadLines(path).Where(static line => !line.TrimStart().StartsWith("//", StringComparison.Ordinal)));

    private static string[] Faults(string path, string text)
    {
        HashSet<string> ids = [.. Ids.Select(static id => id.Value)];
        return
        [
            .. MadeOfText().Matches(text).Select(match => $"{path}: made of text: {match.Value}"),
            .. ComparedWithText().Matches(text).Select(match => $"{path}: compared with text: {match.Value}"),
            .. Words().Matches(text).Where(match => ids.Contains(match.Groups["word"].Value)).Select(match => $"{path}: an id as text: {match.Value}"),
        ];
    }

    [Fact]
    public void Ids_are_unique_words_in_PascalCase_and_named_as_they_read()
    {
        Ids.Length.ShouldBeGreaterThan(100);
        Ids.ShouldAllBe(id => Regex.IsMatch(id.Value, "^[A-Z][A-Za-z0-9]+$"));
        Ids.ShouldAllBe(id => id.Name == id.Value);
        Ids.Select(static id => id.Value.ToUpperInvariant()).ShouldBeUnique();
    }

    [Fact]
    public void No_id_is_made_or_compared_as_text()
    {
        (string Path, string Text)[] sources = [.. Sources()];
        sources.Length.ShouldBeGreaterThan(200);
        sources.SelectMany(static source => Faults(source.Path, source.Text)).ShouldBeEmpty();
    }

    /// <summary>A look that sees nothing would pass for ever.</summary>
    [Theory]
    [InlineData("""=> new(\n "NoSuchThing", ErrorKind.NotFound, $"x");""")]
    [InlineData("""new("NoSuchThing", broken ? ErrorKind.NotFound : ErrorKind.Permission, "x")""")]
    [InlineData("""throw new MigrationException("NoSuchThing", kind, "x")""")]
    [InlineData("""WriteAnswer.Retry("NoSuchThing", kind, "x")""")]
    [InlineData("""catch (MigrationException e) when (e.ErrorId is not ("NoSuchThing" or "Other"))""")]
    [InlineData("""{ ErrorId: "NoSuchThing" } => true""")]
    [InlineData("""if ("NoSuchThing" == error.ErrorId)""")]
    [InlineData("""error.ErrorId.StartsWith("No")""")]
    [InlineData("""private const string Full = "DiskFull";""")]
    public void The_look_sees_an_id_as_text(string code) => Faults("here", code).ShouldNotBeEmpty();

    [Fact]
    public void Every_id_is_used() =>
        Ids.Select(static id => id.Name)
            .Except(Sources().Where(static source => !source.Path.EndsWith("ErrorIds.cs", StringComparison.Ordinal))
                .SelectMany(static source => Regex.Matches(source.Text, @"\bErrorIds\.(\w+)").Select(static match => match.Groups[1].Value)))
            .ShouldBeEmpty();
}
