using System.Runtime.InteropServices;
using System.Text.Json;

namespace VectorMigration.Tests.Faiss.Codecs;

/// <summary>A few codes of a fixture, the numbers of their quantizer, and what FAISS decoded (scripts/make_codec_cases.py).</summary>
internal sealed class CodecCase
{
    private readonly Dictionary<string, JsonElement> fields;

    private CodecCase(string name)
    {
        Name = name;
        fields = JsonSerializer.Deserialize<Dictionary<string, JsonElement>>(File.ReadAllBytes(Path.Combine(Folder, name + ".json")))!;
    }

    public static string Folder { get; } = Path.Combine(Fixture.Root, "codecs");

    public static IReadOnlyList<CodecCase> All { get; } =
        [.. Directory.GetFiles(Folder, "*.json").Order(StringComparer.Ordinal).Select(static path => new CodecCase(Path.GetFileNameWithoutExtension(path)))];

    public string Name { get; }

    /// <summary>The four characters of the index.</summary>
    public string Code => Text("code");

    public float[] Vectors => Floats("vectors");

    public int[] Rows => Ints("rows");

    public static CodecCase Of(string name) => All.Single(found => found.Name == name);

    public static TheoryData<string> Names(Func<CodecCase, bool> wanted)
    {
        TheoryData<string> names = [];
        foreach (CodecCase found in All.Where(wanted))
        {
            names.Add(found.Name);
        }

        names.Count.ShouldBeGreaterThan(0);
        return names;
    }

    public bool Has(string field) => fields.ContainsKey(field);

    public int Int(string field) => fields[field].GetInt32();

    public bool Flag(string field) => fields[field].GetBoolean();

    public string Text(string field) => fields[field].GetString()!;

    public int[] Ints(string field) => fields[field].Deserialize<int[]>()!;

    public byte[] Bytes(string field) => fields[field].GetBytesFromBase64();

    public float[] Floats(string field) => MemoryMarshal.Cast<byte, float>(Bytes(field)).ToArray();

    /// <summary>The codes of the rows, unpacked where the index keeps them in blocks.</summary>
    public byte[] Codes()
    {
        if (Has("codes"))
        {
            return Bytes("codes");
        }

        CodeBlocks blocks = Blocks();
        byte[] stored = Bytes("blocks");
        byte[] codes = new byte[Rows.Length * blocks.CodeSize];
        for (int i = 0; i < Rows.Length; i++)
        {
            (int block, int first) = int.DivRem(Rows[i], blocks.VectorsPerBlock);
            blocks.Unpack(stored.AsSpan(block * blocks.BlockSize, blocks.BlockSize), first, codes.AsSpan(i * blocks.CodeSize, blocks.CodeSize));
        }

        return codes;
    }

    public VectorCodec Codec() => Code switch
    {
        "IxSQ" => ScalarCodecs.Create(Int("type"), Int("d"), Floats("trained")),
        "IxPq" or "IPfs" => Product(),
        "IxHe" => new LshCodec(Int("d"), Int("nbits"), Floats("thresholds"), Flag("rotate") ? Transform() : null, (Int("nbits") + 7) / 8),
        "IxRq" or "IRfs" => Additive("RQ"),
        "IxLS" or "ILfs" => Additive("LSQ"),
        "IxPR" or "IPRf" => Additive("PRQ"),
        "IxPL" or "IPLf" => Additive("PLSQ"),
        "Ixrq" or "Ixrr" => new RaBitQCodec(Int("d"), Bytes("codes").Length / Rows.Length, Floats("center")),
        "Irfn" => new RaBitQCodec(Int("d"), Blocks().CodeSize, Floats("center")),
        "IxEe" => new EdenCodec(Int("d"), Int("bits"), Bytes("codes").Length / Rows.Length, Floats("center")),
        "Ix2L" => new TwoLayerCodec(new ArrayCentroids(Floats("coarse"), Int("d")), Int("size1"), Product()),
        "IxFP" => new FlatCodec(Int("d")),
        _ => throw new InvalidOperationException($"{Name} has no codec."),
    };

    public VectorTransform Transform() => Text("transform") switch
    {
        "HRot" => new HadamardReverse(Int("din"), Int("dout"), (uint)fields["seed"].GetInt64()),
        "RmDT" => new RemapTransform(Int("din"), Ints("map")),
        "VNrm" => new NormalizationTransform(Int("din")),
        "VCnt" => new CenteringTransform(Floats("mean")),
        string name => new LinearReverse(name, Int("din"), Int("dout"), Floats("matrix"), Floats("bias")),
    };

    public override string ToString() => Name;

    private CodeBlocks Blocks() => Code switch
    {
        "IxFP" => new PanoramaBlocks(Int("d"), Int("levels"), Int("batch")),
        "Irfn" => FastScanBlocks.OfRaBitQ(Int("d"), Int("bits"), Int("bbs")),
        _ => new FastScanBlocks(Int("m2"), Int("bbs")),
    };

    private ProductCodec Product() => new(Int("d"), Int("m"), Int("bits"), Floats("centroids"));

    private AdditiveCodec Additive(string family) =>
        new(family, Int("d"), Int("splits"), Ints("widths"), Floats("codebooks"), Has("codes") ? Bytes("codes").Length / Rows.Length : Blocks().CodeSize);
}
