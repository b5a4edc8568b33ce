namespace VectorMigration.Tests.Faiss;

/// <summary>A folder that goes when the test ends.</summary>
public sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("vm-faiss-").FullName;

    public string Write(string name, byte[] bytes)
    {
        string path = System.IO.Path.Combine(Path, name);
        File.WriteAllBytes(path, bytes);
        return path;
    }

    /// <summary>Copies a fixture's side files, so that an altered index can stand beside them.</summary>
    public void TakeSideFiles(Fixture fixture)
    {
        foreach (string file in Directory.GetFiles(fixture.Folder, "*.ivfdata"))
        {
            File.Copy(file, System.IO.Path.Combine(Path, System.IO.Path.GetFileName(file)));
        }
    }

    public void Dispose() => Directory.Delete(Path, true);
}
