using System.Text.Json;

namespace VectorMigration.Tests.Faiss;

/// <summary>Index files written by FAISS, with what FAISS itself reads from them.</summary>
public sealed class Fixture
{
    private Fixture(string folder)
    {
        Folder = folder;
        Name = $"{Path.GetFileName(Path.GetDirectoryName(folder))}/{Path.GetFileName(folder)}";
    }

    public static string Root { get; } = FindRoot();

    public static IReadOnlyList<Fixture> All { get; } =
        [.. Directory.GetFiles(Path.Combine(Root, "faiss"), "index.faiss", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
            .Select(path => new Fixture(Path.GetDirectoryName(path)!))];

    /// <summary>Those with kept truth: all whose vectors are read. Two of a readable kind were written without vectors.</summary>
    public static IReadOnlyList<Fixture> Readable { get; } =
        [.. All.Where(fixture => fixture.HasTruth && fixture.Name is not ("faiss-1.7.3/ivfflat_null_invlists" or "faiss-head/hnsw_skip_storage"))];

    public static TheoryData<string> Names(IEnumerable<Fixture> fixtures)
    {
        TheoryData<string> names = [];
        foreach (Fixture fixture in fixtures)
        {
            names.Add(fixture.Name);
        }

        return names;
    }

    public static Fixture Of(string name) => All.Single(fixture => fixture.Name == name);

    public string Folder { get; }

    public string Name { get; }

    public string IndexPath => Path.Combine(Folder, "index.faiss");

    public bool HasTruth => File.Exists(Path.Combine(Folder, "recon.npy"));

    public byte[] Bytes() => File.ReadAllBytes(IndexPath);

    public long[] Ids() => Npy.Int64(Path.Combine(Folder, "ids.npy"));

    public float[] Vectors() => Npy.Float32(Path.Combine(Folder, "recon.npy"));

    public JsonElement? Meta() =>
        File.Exists(Path.Combine(Folder, "meta.json")) ? JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Folder, "meta.json"))).RootElement : null;

    public override string ToString() => Name;

    private static string FindRoot()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Migration.sln")))
            {
                return Path.Combine(folder.FullName, "tests", "fixtures");
            }
        }

        throw new DirectoryNotFoundException("The fixtures are found beside Migration.sln; there is none above " + AppContext.BaseDirectory);
    }
}
