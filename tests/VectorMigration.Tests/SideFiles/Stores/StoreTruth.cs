namespace VectorMigration.Tests.SideFiles.Stores;

/// <summary>What the scripts say that a store of the fixtures holds.</summary>
internal static class StoreTruth
{
    /// <summary>Payloads by position; outside of the folder where they would themselves be taken for a dictionary of positions.</summary>
    public static string PathOf(string folder, string name) =>
        File.Exists(Path.Combine(folder, name + ".json")) ? Path.Combine(folder, name + ".json") : Path.Combine(folder, name, "truth.json");
}
