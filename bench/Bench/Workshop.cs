using System.Globalization;
using System.Net;
using System.Runtime.InteropServices;
using VectorMigration.TestSupport;

namespace VectorMigration.Bench;

/// <summary>What all parts share: a folder for index files, a server of their own, and the page that a part's tables go to.</summary>
internal sealed class Workshop : IAsyncDisposable
{
    private const int ChunkRows = 10_000;
    private readonly DirectoryInfo logs = Directory.CreateTempSubdirectory("vector-migration-bench-");

    public Workshop(bool quick)
    {
        Quick = quick;
        Root = QdrantServer.RepositoryRoot();
        Folder = Directory.CreateDirectory(Path.Combine(Root, "artifacts", "bench")).FullName;
    }

    /// <summary>One repetition instead of three, smaller sizes: to see that everything runs.</summary>
    public bool Quick { get; }

    public int Repetitions => Quick ? 1 : 3;

    public string Root { get; }

    public string Folder { get; }

    /// <summary>A folder that nothing stands in yet.</summary>
    public string NewFolder() => logs.CreateSubdirectory(Guid.NewGuid().ToString("N")).FullName;

    /// <summary>A Flat index of random components in −1 to 1, the same at every run; made once and kept.</summary>
    public string FlatIndex(int count, int dimension)
    {
        string path = Path.Combine(Folder, string.Create(CultureInfo.InvariantCulture, $"flat-{count}x{dimension}.faiss"));
        if (File.Exists(path))
        {
            return path;
        }

        using (FileStream file = File.Create(path + ".new"))
        {
            file.Write(FlatHead(count, dimension));
            float[] rows = new float[ChunkRows * dimension];
            Random random = new(dimension);
            for (int done = 0; done < count; done += ChunkRows)
            {
                int here = Math.Min(ChunkRows, count - done) * dimension;
                for (int i = 0; i < here; i++)
                {
                    rows[i] = (random.NextSingle() * 2) - 1;
                }

                file.Write(MemoryMarshal.AsBytes(rows.AsSpan(0, here)));
            }
        }

        File.Move(path + ".new", path);
        return path;
    }

    /// <summary>A Flat index without components: a hole in the file, which costs no room on the disk.</summary>
    public string SparseIndex(long count, int dimension)
    {
        string path = Path.Combine(Folder, string.Create(CultureInfo.InvariantCulture, $"sparse-{count}x{dimension}.faiss"));
        byte[] head = FlatHead(count, dimension);
        using FileStream file = File.Create(path);
        file.Write(head);
        file.SetLength(head.Length + (count * dimension * sizeof(float)));
        return path;
    }

    /// <summary>Ends the server that a part started, and gives back what it took.</summary>
    public ValueTask DisposeAsync()
    {
        logs.Delete(recursive: true);
        return ValueTask.CompletedTask;
    }

    /// <summary>Writes a part's page to <c>bench/results</c> and to the console.</summary>
    public void Publish(string name, Page page)
    {
        string text = page.ToString();
        Console.WriteLine(text);
        // A run that only shows that everything works is no result.
        string folder = Quick ? Folder : Path.Combine(Root, "bench", "results");
        File.WriteAllText(Path.Combine(folder, name + ".md"), text);
    }

    public static int FreePort()
    {
        using System.Net.Sockets.TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    // faiss/impl/index_write.cpp: write_index_header, then the vector of codes with its length in floats.
    private static byte[] FlatHead(long count, int dimension)
    {
        using MemoryStream head = new();
        using BinaryWriter writer = new(head);
        writer.Write("IxF2"u8);
        writer.Write(dimension);
        writer.Write(count);
        writer.Write(1L << 20);
        writer.Write(1L << 20);
        writer.Write((byte)1);
        writer.Write(1);
        writer.Write((ulong)(count * dimension));
        return head.ToArray();
    }
}
