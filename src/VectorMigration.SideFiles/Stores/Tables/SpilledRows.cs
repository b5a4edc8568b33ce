using System.Buffers;
using System.Runtime.InteropServices;

namespace VectorMigration.SideFiles.Stores.Tables;

/// <summary>
/// Rows as JSON on the disk, for reading in no order what a table has only block by block. The file is its owner's alone and is removed at the end. Written
/// once from the first row to the last, then read by many threads.
/// </summary>
internal sealed class SpilledRows(SpillFolder folder) : IDisposable
{
    private readonly SpillFile file = folder.Create();
    private readonly RowOffsets offsets = new(folder);

    /// <summary>Rows that were added.</summary>
    public int Count { get; private set; }

    /// <summary>Adds the next row.</summary>
    public void Add(ReadOnlySpan<byte> json)
    {
        offsets.Add(file.Count);
        long[] words = new long[(json.Length + sizeof(long)) / sizeof(long)];
        Span<byte> bytes = MemoryMarshal.AsBytes(words.AsSpan());
        json.CopyTo(bytes);
        // JSON ends with a bracket; the rest is blank, and one byte of it there is always.
        bytes[json.Length..].Fill((byte)' ');
        foreach (long word in words)
        {
            file.Add(word);
        }

        Count++;
    }

    /// <summary>All are added.</summary>
    public void Complete()
    {
        offsets.Add(file.Count);
        offsets.Complete();
        file.Flush();
    }

    /// <summary>Reads a row.</summary>
    public void Read(int row, IBufferWriter<byte> output)
    {
        long[] places = new long[2];
        offsets.Find([row, row + 1], places);
        long[] words = new long[(int)(places[1] - places[0])];
        file.Read(places[0], words);
        output.Write(MemoryMarshal.AsBytes(words.AsSpan()).TrimEnd((byte)' '));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        file.Dispose();
        offsets.Dispose();
    }
}
