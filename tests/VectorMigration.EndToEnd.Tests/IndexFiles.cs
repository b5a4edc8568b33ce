using System.Runtime.InteropServices;
using System.Text;

namespace VectorMigration.EndToEnd.Tests;

/// <summary>Writes small FAISS files field by field, for what no kept fixture holds.</summary>
internal static class IndexFiles
{
    private const int L2 = 1;
    private const int InnerProduct = 0;

    /// <summary>Random components, the same for the same seed.</summary>
    public static float[] Random(int count, int dimension, int seed)
    {
        Random random = new(seed);
        float[] components = new float[count * dimension];
        for (int i = 0; i < components.Length; i++)
        {
            components[i] = (random.NextSingle() * 2) - 1;
        }

        return components;
    }

    /// <summary>An IndexFlat.</summary>
    public static string Flat(string path, int dimension, float[] components, int metric = L2)
    {
        using FileStream file = File.Create(path);
        using BinaryWriter writer = new(file);
        WriteFlat(writer, dimension, components, metric);
        return path;
    }

    /// <summary>An IndexIDMap over an IndexFlat.</summary>
    public static string IdMap(string path, int dimension, float[] components, long[] ids)
    {
        using FileStream file = File.Create(path);
        using BinaryWriter writer = new(file);
        WriteHeader(writer, "IxMp", dimension, ids.Length, L2);
        WriteFlat(writer, dimension, components, L2);
        writer.Write((ulong)ids.Length);
        writer.Write(MemoryMarshal.AsBytes(ids.AsSpan()));
        return path;
    }

    /// <summary>An IndexFlat of at least <paramref name="bytes"/> bytes that takes no room on the disk: all components are 0.</summary>
    public static (string Path, long Count) Sparse(string path, int dimension, long bytes)
    {
        long count = (bytes / (sizeof(float) * dimension)) + 1;
        using FileStream file = File.Create(path);
        using BinaryWriter writer = new(file);
        WriteHeader(writer, "IxF2", dimension, count, L2);
        writer.Write((ulong)(count * dimension));
        writer.Flush();
        file.SetLength(file.Position + (count * dimension * sizeof(float)));
        return (path, count);
    }

    private static void WriteFlat(BinaryWriter writer, int dimension, float[] components, int metric)
    {
        string fourCC = metric switch
        {
            L2 => "IxF2",
            InnerProduct => "IxFI",
            _ => "IxFl",
        };
        WriteHeader(writer, fourCC, dimension, components.Length / dimension, metric);
        writer.Write((ulong)components.Length);
        writer.Write(MemoryMarshal.AsBytes(components.AsSpan()));
    }

    // faiss/impl/index_write.cpp, write_index_header
    private static void WriteHeader(BinaryWriter writer, string fourCC, int dimension, long count, int metric)
    {
        writer.Write(Encoding.ASCII.GetBytes(fourCC));
        writer.Write(dimension);
        writer.Write(count);
        writer.Write(1L << 20);
        writer.Write(1L << 20);
        writer.Write((byte)1);
        writer.Write(metric);
        if (metric > 1)
        {
            writer.Write(0f);
        }
    }
}
