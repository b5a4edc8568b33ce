using System.Reflection;
using System.Runtime.CompilerServices;
using ArchUnitNET.Domain;
using ArchUnitNET.Loader;
using VectorMigration.Tests.Faiss;

namespace VectorMigration.Tests.Architecture;

/// <summary>The floors of the core (docs/architecture.md): a folder is a namespace, and a type uses its own floor and those below.</summary>
public sealed class FloorTests
{
    private const string Root = "VectorMigration.";

    private static readonly string Repository = Path.GetFullPath(Path.Combine(Fixture.Root, "..", ".."));

    /// <summary>From the ground up, as docs/architecture.md tells them: what is written there is what is held.</summary>
    private static readonly string[] Floors =
    [
        .. File.ReadLines(Path.Combine(Repository, "docs", "architecture.md"))
            .SkipWhile(static line => line != "| floor | holds |")
            .Skip(2)
            .TakeWhile(static line => line.StartsWith('|'))
            .Select(static line => line.Split('`')[1]),
    ];

    private static readonly ArchUnitNET.Domain.Architecture Core = new ArchLoader().LoadAssemblies(typeof(MigrationException).Assembly).Build();

    /// <summary>Every use that leads to a higher floor, in words.</summary>
    private static IEnumerable<string> Climbs(IEnumerable<IType> types, Func<string, int> floorOf) =>
        from type in types
        let own = floorOf(type.FullName)
        where own >= 0
        from use in type.Dependencies
        let other = floorOf(use.Target.FullName)
        where other > own
        select $"{type.FullName} uses {use.Target.FullName}";

    /// <summary>By the full name, because a nested type has no namespace of its own in the assembly.</summary>
    private static int FloorOf(string fullName)
    {
        // What the compiler names after an interface has dots of its own behind the type.
        string type = fullName.Split('+', '/', '<')[0];
        return type.StartsWith(Root, StringComparison.Ordinal) && type.LastIndexOf('.') is var end && end >= Root.Length
            ? Array.IndexOf(Floors, type[Root.Length..end])
            : -1;
    }

    [Fact]
    public void No_type_uses_a_floor_above_its_own() =>
        Climbs(Core.Types, FloorOf).Distinct().Order().ShouldBeEmpty();

    /// <summary>Turned upside down, the same look must find what holds the house together: a look that sees nothing would pass for ever.</summary>
    [Fact]
    public void The_look_sees_uses_of_signatures_bodies_and_bases()
    {
        string[] climbs = [.. Climbs(Core.Types, name => FloorOf(name) is var floor and >= 0 ? Floors.Length - 1 - floor : -1)];
        climbs.ShouldContain("VectorMigration.Feeds.IndexFeed uses VectorMigration.Engine.IBatchFeed");
        climbs.ShouldContain("VectorMigration.Store.IPointTarget uses VectorMigration.Vectors.VectorBatch");
        climbs.ShouldContain("VectorMigration.Runs.IndexSurvey uses VectorMigration.Feeds.IdScan");
    }

    [Fact]
    public void Every_type_lives_on_a_floor() =>
        Core.Types
            .Where(type => type.FullName.StartsWith(Root, StringComparison.Ordinal) && FloorOf(type.FullName) < 0)
            .Select(type => type.FullName)
            .ShouldBeEmpty();

    [Fact]
    public void The_core_stands_on_the_base_class_library_alone() =>
        typeof(MigrationException).Assembly.GetReferencedAssemblies()
            .Select(name => name.Name!)
            .Where(name => !name.StartsWith("System.", StringComparison.Ordinal) && name is not ("Microsoft.Win32.Primitives" or "netstandard" or "mscorlib"))
            .ShouldBeEmpty();

    [Fact]
    public void Every_folder_of_the_core_is_a_floor() =>
        Directory.EnumerateFiles(Path.Combine(Repository, "src", "VectorMigration"), "*.cs", SearchOption.AllDirectories)
            .Select(static file => Path.GetRelativePath(Path.Combine(Repository, "src", "VectorMigration"), Path.GetDirectoryName(file)!))
            .Where(static folder => folder.Split(Path.DirectorySeparatorChar)[0] is not ("." or "bin" or "obj"))
            .Select(static folder => folder.Replace(Path.DirectorySeparatorChar, '.'))
            .Distinct()
            .Order()
            .ShouldBe(Floors.Order());

    /// <summary>Tests, benchmarks, the two faces, and the report and the telemetry, which are faces too, see the insides of the core. The assemblies between
    /// do not.</summary>
    [Fact]
    public void Friends_are_tests_benchmarks_and_the_faces() =>
        typeof(MigrationException).Assembly.GetCustomAttributes<InternalsVisibleToAttribute>()
            .Select(static friend => friend.AssemblyName)
            .Where(static name => !name.EndsWith(".Tests", StringComparison.Ordinal))
            .Order()
            .ShouldBe(
                ["vector-migration", "VectorMigration.Bench", "VectorMigration.Commands", "VectorMigration.Fuzzing", "VectorMigration.Micro",
                    "VectorMigration.Reporting", "VectorMigration.Telemetry"],
                ignoreOrder: true);

    [Fact]
    public void No_line_of_code_is_longer_than_160_characters()
    {
        string[] places = ["src", "tests", "bench", "tools", "module", "docs"];
        string[] kinds = [".cs", ".ps1", ".psm1", ".psd1", ".sh", ".mjs"];
        string[] root = [.. Directory.EnumerateFiles(Repository).Where(path => kinds.Contains(Path.GetExtension(path)))];
        places.SelectMany(static place => Directory.EnumerateFiles(Path.Combine(Repository, place), "*", SearchOption.AllDirectories))
            .Where(path => kinds.Contains(Path.GetExtension(path)))
            .Where(path => !Path.GetRelativePath(Repository, path).Split(Path.DirectorySeparatorChar)
                .Any(static part => part is "obj" or "bin" or "fixtures" or "node_modules"))
            .Concat(root)
            .SelectMany(path => File.ReadLines(path)
                .Select((line, index) => (Place: $"{Path.GetRelativePath(Repository, path)}:{index + 1}", line.Length))
                .Where(static line => line.Length > 160))
            .Select(static line => line.Place)
            .ShouldBeEmpty();
    }
}
