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

    /// <summary>Those that hold no vectors in any form, by what is said of them.</summary>
    public static IReadOnlyDictionary<string, string> Refused { get; } = new Dictionary<string, string>
    {
        ["faiss-1.7.3/ivfflat_null_invlists"] = "without its inverted lists",
        ["faiss-head/hnsw_skip_storage"] = "without its storage",
        ["faiss-1.7.3/ivf_spectralhash"] = "bits of sines",
        ["faiss-1.7.3/lattice_codec"] = "a codec",
        ["faiss-1.7.3/rowwise_minmax"] = "a codec",
        ["faiss-1.7.3/rowwise_minmax_fp16"] = "a codec",
        ["faiss-1.7.3/multiindex_quantizer_alone"] = "a coarse quantizer",
        ["faiss-1.7.3/rcq_alone"] = "a coarse quantizer",
        ["faiss-1.7.3/vt_itq_lsh"] = "ITQTransform cannot be reversed",
        ["faiss-1.7.3/vt_itq16_lsh"] = "ITQTransform cannot be reversed",
    };

    /// <summary>Those whose vectors are read or decoded.</summary>
    public static IReadOnlyList<Fixture> Decoded { get; } = [.. All.Where(fixture => !Refused.ContainsKey(fixture.Name))];

    /// <summary>Those over binary vectors.</summary>
    public static IReadOnlyList<Fixture> Binary { get; } = [.. Decoded.Where(fixture => fixture.IsBinary)];

    /// <summary>Those over floats that come back bit for bit.</summary>
    public static IReadOnlyList<Fixture> Readable { get; } =
        [.. Decoded.Where(fixture => !fixture.IsBinary && FaissIndex.Describe(fixture.IndexPath).Fidelity == Fidelity.Exact)];

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

    public bool IsBinary => Path.GetFileName(Folder).StartsWith("bin_", StringComparison.Ordinal);

    public byte[] Bytes() => File.ReadAllBytes(IndexPath);

    public long[] Ids() => Npy.Int64(Path.Combine(Folder, "ids.npy"));

    public float[] Vectors() => Npy.Float32(Path.Combine(Folder, "recon.npy"));

    /// <summary>Bits of binary vectors as 1 and -1.</summary>
    public float[] Signs() => [.. Npy.Bytes(Path.Combine(Folder, "recon.npy")).SelectMany(static bits =>
        Enumerable.Range(0, 8).Select(bit => (bits >> bit & 1) == 1 ? 1f : -1f))];

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
