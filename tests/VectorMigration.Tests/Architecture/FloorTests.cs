using ArchUnitNET.Domain;
using ArchUnitNET.Loader;

namespace VectorMigration.Tests.Architecture;

/// <summary>The floors of the core (docs/architecture.md): a folder is a namespace, and a type uses its own floor and those below.</summary>
public sealed class FloorTests
{
    private const string Root = "VectorMigration.";

    /// <summary>From the ground up.</summary>
    private static readonly string[] Floors =
    [
        "Errors", "Files", "Vectors", "Store", "Engine", "Collections", "Journal", "Feeds", "Verification", "Faiss", "Runs", "Reports", "Tuning", "LocalServers", "Hosting",
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
    private static int FloorOf(string fullName) =>
        fullName.StartsWith(Root, StringComparison.Ordinal) ? Array.IndexOf(Floors, fullName[Root.Length..].Split('.')[0]) : -1;

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
}
