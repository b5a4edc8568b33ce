using System.Text.RegularExpressions;
using VectorMigration.TestSupport;

namespace VectorMigration.EndToEnd.Tests;

/// <summary>The tests that docs/guarantees.md names are there.</summary>
public sealed partial class GuaranteeTests
{
    private static readonly string Root = QdrantServer.RepositoryRoot();

    [Fact]
    public void Every_test_that_the_guarantees_name_exists()
    {
        string[] sources =
        [
            .. Directory.EnumerateFiles(Path.Combine(Root, "tests"), "*.cs", SearchOption.AllDirectories)
                .Where(static file => !file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal))
                .Select(File.ReadAllText),
        ];
        string[] names = [.. NamePattern().Matches(File.ReadAllText(Path.Combine(Root, "docs", "guarantees.md"))).Select(static match => match.Groups[1].Value)
            .Distinct()];
        names.Length.ShouldBeGreaterThan(40);
        foreach (string name in names)
        {
            if (name.EndsWith(".ps1", StringComparison.Ordinal))
            {
                File.Exists(Path.Combine(Root, "tests", "pester", name)).ShouldBeTrue(name);
                continue;
            }

            string[] parts = name.Split('.');
            string[] classes = [.. sources.Where(source => Regex.IsMatch(source, $@"\bclass {parts[0]}\b"))];
            classes.ShouldNotBeEmpty(name);
            if (parts.Length > 1)
            {
                classes.ShouldContain(source => Regex.IsMatch(source, $@"\b(void|Task) {parts[1]}\("), name);
            }
        }
    }

    [GeneratedRegex(@"`([A-Z]\w*(?:Tests(?:\.\w+|\.ps1)?|\.Tests\.ps1|Stage))`")]
    private static partial Regex NamePattern();
}
