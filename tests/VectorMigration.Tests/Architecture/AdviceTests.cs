using System.Text.RegularExpressions;
using VectorMigration.Tests.Faiss;

namespace VectorMigration.Tests.Architecture;

/// <summary>All the advice there is: every option that a text of the sources names exists on the surfaces that show the text.</summary>
public sealed partial class AdviceTests
{
    private static readonly string Repository = Path.GetFullPath(Path.Combine(Fixture.Root, "..", ".."));

    /// <summary>The parameters of each cmdlet, from its help, which Help.Tests.ps1 holds to be what the cmdlet has.</summary>
    private static readonly Dictionary<string, HashSet<string>> Cmdlets = Directory.EnumerateFiles(Path.Combine(Repository, "docs", "en-US"), "*-*.md")
        .ToDictionary(static file => Path.GetFileNameWithoutExtension(file), static file => File.ReadLines(file)
            .Where(static line => line.StartsWith("### -", StringComparison.Ordinal))
            .Select(static line => line["### -".Length..].Trim())
            .Concat(["Verbose", "ErrorAction", "WhatIf", "Confirm"])
            .ToHashSet());

    private static readonly HashSet<string> CommandLineOptions =
        [.. Sources("VectorMigration.Cli")
            .SelectMany(static source => Regex.Matches(source.Text, "\"(--[a-z][a-z-]+)\"")).Select(static match => match.Groups[1].Value)];

    /// <summary>What PowerShell alone shows: its cmdlets, and local servers and pipelines, which the command line does not have.</summary>
    private static readonly string[] OnlyInPowerShell = ["VectorMigration.Commands/", "/LocalServers/", "QdrantAliasChange.cs"];

    [GeneratedRegex("""(?:\$?"(?:[^"\\]|\\.)*"\s*\+\s*(?:FormattableString\.Invariant\()?)*\$?"(?:[^"\\]|\\.)*" """, RegexOptions.IgnorePatternWhitespace)]
    private static partial Regex Literals();

    [GeneratedRegex(@"""\)?\s*\+\s*(?:FormattableString\.Invariant\()?\$?""")]
    private static partial Regex Joins();

    [GeneratedRegex(@"(?<end>[.;:] )|\b(?<cmdlet>[A-Z][a-z]+-(?:[A-Z][A-Za-z]+))|(?<![\w./\\{-])-(?<option>[A-Z][A-Za-z]{2,})\b")]
    private static partial Regex Names();

    [GeneratedRegex(@"(?<![\w./\\{-])--(?<option>[a-z][a-z-]+)")]
    private static partial Regex LongOptions();

    private static IEnumerable<(string Path, string Text)> Sources(string folder) =>
        Directory.EnumerateFiles(Path.Combine(Repository, "src", folder), "*.cs", SearchOption.AllDirectories)
            .Select(static path => (Path: Path.GetRelativePath(Repository, path).Replace('\\', '/'), Full: path))
            .Where(static file => !file.Path.Contains("/obj/", StringComparison.Ordinal) && !file.Path.Contains("/bin/", StringComparison.Ordinal))
            .Select(static file => (file.Path, string.Join('\n',
                File.ReadLines(file.Full).Where(static line => !line.TrimStart().StartsWith("//", StringComparison.Ordinal)))));

    /// <summary>Texts with a blank: what people read, and not a name or a key.</summary>
    private static IEnumerable<(string Path, string Text)> Texts(params string[] folders) =>
        from source in folders.SelectMany(Sources)
        where !source.Path.EndsWith("Errors/OptionNames.cs", StringComparison.Ordinal)
            && !source.Path.EndsWith("LocalServers/GuardedProcess.cs", StringComparison.Ordinal)
        from Match literal in Literals().Matches(source.Text)
        let text = Joins().Replace(literal.Value, string.Empty)
        where text.Contains(' ', StringComparison.Ordinal)
        select (source.Path, text);

    private static (string Path, string Text)[] Advice { get; } =
        [.. Texts("VectorMigration", "VectorMigration.Qdrant", "VectorMigration.SideFiles", "VectorMigration.Commands")];

    /// <summary>The option names of a text, each with the cmdlet that its sentence names before it.</summary>
    private static IEnumerable<(string? Cmdlet, string Option)> Options(string text)
    {
        string? cmdlet = null;
        foreach (Match name in Names().Matches(text))
        {
            if (name.Groups["option"].Success)
            {
                yield return (cmdlet, name.Groups["option"].Value);
            }
            else
            {
                cmdlet = name.Groups["cmdlet"].Success && Cmdlets.ContainsKey(name.Groups["cmdlet"].Value) ? name.Groups["cmdlet"].Value : null;
            }
        }
    }

    private static string[] Lost(string path, string text)
    {
        bool onlyPowerShell = OnlyInPowerShell.Any(part => path.Contains(part, StringComparison.Ordinal));
        return
        [
            .. Options(text)
                .Where(static name => name.Option != "Infinity")
                .Where(name => name.Cmdlet is string named ? !Cmdlets[named].Contains(name.Option)
                    : onlyPowerShell ? !Cmdlets.Values.Any(parameters => parameters.Contains(name.Option))
                    : !Shown(name.Option))
                .Select(name => $"{path}: -{name.Option} in {text}"),
        ];
    }

    /// <summary>A text that both surfaces show: a cmdlet to name with the option is known, has it, and the command line has it too.</summary>
    private static bool Shown(string option) => OptionNames.CmdletOf(option) is string cmdlet && Cmdlets[cmdlet].Contains(option)
        && OptionNames.OnCommandLine(option) is string name && CommandLineOptions.Contains(name);

    [Fact]
    public void Every_option_that_a_text_names_exists()
    {
        Cmdlets.Count.ShouldBeGreaterThan(15);
        CommandLineOptions.Count.ShouldBeGreaterThan(60);
        Advice.Count(static text => Options(text.Text).Any()).ShouldBeGreaterThan(60);
        Advice.SelectMany(static text => Lost(text.Path, text.Text)).ShouldBeEmpty();
    }

    /// <summary>A look that sees nothing would pass for ever. These were seen: none of the options is there, or not on that command.</summary>
    [Theory]
    [InlineData("src/VectorMigration/Runs/PlanErrors.cs", "To migrate the decoded ones, say -AllowDecode.")]
    [InlineData("src/VectorMigration/Collections/CollectionErrors.cs", "Ask for the full verification with -Verification Full.")]
    [InlineData("src/VectorMigration/Runs/PlanErrors.cs", "Send-QdrantBatch -Recreate deletes it.")]
    [InlineData("src/VectorMigration/Runs/PlanErrors.cs", "Names with brackets want -LiteralPath.")]
    [InlineData("src/VectorMigration.Commands/CommandErrors.cs", "Name it with -Jurnal and go on.")]
    public void The_look_sees_an_option_that_is_not_there(string path, string text) => Lost(path, text).ShouldNotBeEmpty();

    /// <summary>One spelling in the sources: each surface shows its own.</summary>
    [Fact]
    public void No_text_of_the_core_names_options_of_the_command_line() =>
        Advice.SelectMany(static text => LongOptions().Matches(text.Text).Select(match => $"{text.Path}: {match.Value} in {text.Text}"))
            .Where(static found => !found.Contains("npm install --ignore-scripts", StringComparison.Ordinal))
            .ShouldBeEmpty();

    [Fact]
    public void Every_option_that_a_text_of_the_command_line_names_is_one_of_its_own() =>
        Texts("VectorMigration.Cli")
            .SelectMany(static text => LongOptions().Matches(text.Text).Select(match => (text.Path, match.Value, text.Text)))
            .Where(static found => !CommandLineOptions.Contains(found.Value) && found.Value is not ("--help" or "--version"))
            .ShouldBeEmpty();

    /// <summary>What FAISS decodes wrong, or dies of, is never advised; nor is a program that changes NaN silently.</summary>
    [Fact]
    public void No_text_advises_what_gives_garbage() =>
        Advice.Where(static text => text.Text.Contains("reconstruct_n", StringComparison.Ordinal) || Regex.IsMatch(text.Text, @"\bjq\b"))
            .ShouldBeEmpty();

    [Theory]
    [InlineData("Name it with -PayloadPath, or use -NoStore.", "Name it with --payload, or use --no-store.")]
    [InlineData("Use -OnMissingPayload Skip or -IdFrom StoreId.", "Use --on-missing-payload skip or --id-from store.")]
    [InlineData("Or use -Protocol Auto or Rest.", "Or use --protocol auto or rest.")]
    [InlineData("Choose it with -Distance: Cosine, Dot, Euclid or Manhattan.", "Choose it with --distance: cosine, dot, euclid or manhattan.")]
    [InlineData("Use Test-VectorMigration -Repair.", "Use vector-migration verify --repair.")]
    [InlineData("Resume with -Skip 21500.", "Resume with --offset 21500.")]
    [InlineData("'-Skip x' is not a file; see 'a -NoStore.jsonl' and the server's -Sample.", "'-Skip x' is not a file; see 'a -NoStore.jsonl' and the "
        + "server's --sample.")]
    [InlineData("-Infinity and well-Known stay.", "-Infinity and well-Known stay.")]
    [InlineData("Run it with Send-QdrantBatch -Verify, which reads back. Or use -Verify Full.",
        "Run it with Send-QdrantBatch -Verify, which reads back. Or use --verify full.")]
    public void The_command_line_shows_its_own_names(string text, string shown) => OptionNames.ForCommandLine(text).ShouldBe(shown);

    [Theory]
    [InlineData("Use -LargeInteger Text.", "Use Invoke-VectorMigration -LargeInteger Text.")]
    [InlineData("Use -Sample. Then Test-VectorMigration -Repair.", "Use -Sample. Then Test-VectorMigration -Repair.")]
    [InlineData("Use '-NoStore' or -NoStore.", "Use '-NoStore' or Invoke-VectorMigration -NoStore.")]
    [InlineData("Use -Unheard.", "Use -Unheard.")]
    public void A_command_that_lacks_an_option_names_the_one_that_has_it(string text, string shown) =>
        OptionNames.ForCommand(text, static option => option == "-Sample", static option => OptionNames.CmdletOf(option[1..])).ShouldBe(shown);

    [Theory]
    [InlineData("Name it with -PayloadPath, or use -NoStore.", "-StorePath",
        "Name it with -PayloadPath in place of -StorePath, or use -NoStore in place of -StorePath.")]
    [InlineData("Name it with --payload, or use --no-store.", "--store-path",
        "Name it with --payload in place of --store-path, or use --no-store in place of --store-path.")]
    [InlineData("Or migrate without the texts with -NoStore.", "-PayloadPath", "Or migrate without the texts with -NoStore in place of -PayloadPath.")]
    [InlineData("Use -StorePath only for a store. Use -PayloadPath for lines.", "-StorePath",
        "Use -StorePath only for a store. Use -PayloadPath for lines.")]
    [InlineData("Use -NoStore.", "-Restart", "Use -NoStore.")]
    public void Advice_about_stores_considers_what_was_given(string text, string given, string shown)
    {
        string once = OptionNames.ForGiven(text, option => option == given);
        once.ShouldBe(shown);
        OptionNames.ForGiven(once, option => option == given).ShouldBe(shown);
    }

    [Fact]
    public void The_command_line_names_its_command_likewise() =>
        OptionNames.ForCommand("Leave it out with --exclude-payload-field.", static _ => false, OptionNames.CommandOf)
            .ShouldBe("Leave it out with vector-migration migrate --exclude-payload-field.");

    [Theory]
    [InlineData("--colection", "--collection")]
    [InlineData("migrat", "migrate")]
    [InlineData("verfiy", "verify")]
    [InlineData("COSINE", "cosine")]
    [InlineData("something-else", null)]
    [InlineData("", null)]
    public void The_nearest_name_is_found(string word, string? nearest) =>
        NearestName.Of(word, ["--collection", "--compression", "migrate", "verify", "cosine", "dot"]).ShouldBe(nearest);
}
