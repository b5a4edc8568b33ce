namespace VectorMigration.EndToEnd.Tests;

/// <summary>Three part files with ids of their own, whose ranges lie within each other, and what a collection must have of them.</summary>
internal static class SliceFiles
{
    private const int Dimension = 8;
    private const int PerPart = 400;
    private const int Parts = 3;

    /// <summary>Vectors of all parts.</summary>
    public const int Count = PerPart * Parts;

    private static long[] Ids(int part) => [.. Enumerable.Range(0, PerPart).Select(i => (i * 7L % PerPart * 10) + part)];

    private static float[] Components(int part) => IndexFiles.Random(PerPart, Dimension, seed: part);

    /// <summary>Writes them, and a plan of slices.</summary>
    public static async Task PlanAsync(string folder, string collection, int slices)
    {
        Directory.CreateDirectory(folder);
        for (int part = 1; part <= Parts; part++)
        {
            IndexFiles.IdMap(Path.Combine(folder, $"part-{part}.faiss"), Dimension, Components(part), Ids(part));
        }

        (await Tool.RunAsync(folder, "plan", "part-*.faiss", "--collection", collection, "--slices", $"{slices}", "--out", "plan.json")).ShouldSucceed();
    }

    /// <summary>Every vector is in the collection, bit for bit, and nothing else.</summary>
    public static async Task ShouldBeInAsync(Witness witness, string collection)
    {
        Dictionary<string, WitnessedPoint> points = await witness.ReadAllAsync(collection);
        points.Count.ShouldBe(Count);
        for (int part = 1; part <= Parts; part++)
        {
            float[] components = Components(part);
            foreach ((int at, long id) in Ids(part).Index())
            {
                points[$"{id}"].Vector.ShouldBe(components[(at * Dimension)..((at + 1) * Dimension)]);
            }
        }
    }
}
