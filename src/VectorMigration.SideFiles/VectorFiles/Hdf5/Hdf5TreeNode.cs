namespace VectorMigration.SideFiles.VectorFiles.Hdf5;

/// <summary>A node of a B-tree of version 1, of a group or of chunks.</summary>
internal sealed class Hdf5TreeNode
{
    /// <summary>Reads a node.</summary>
    /// <param name="file">The file.</param>
    /// <param name="address">Where it lies.</param>
    /// <param name="keyBytes">Bytes of a key of chunks; 0 for a group, whose keys are lengths.</param>
    public Hdf5TreeNode(Hdf5File file, long address, int keyBytes)
    {
        const string What = "node of a B-tree";
        int head = 8 + (2 * file.OffsetSize);
        Hdf5Cursor start = file.Open(address, head, What).Expect("TREE"u8);
        byte type = start.Byte();
        bool isOfChunks = keyBytes > 0;
        if (type != (isOfChunks ? 1 : 0))
        {
            throw new Stores.Tables.Columns.TableDamage($"the {What} at offset {address} is of the wrong type");
        }

        Level = start.Byte();
        Entries = start.UInt16();
        int key = isOfChunks ? keyBytes : file.LengthSize;
        Record = file.Open(address + head, (long)Entries * (key + file.OffsetSize), What);
    }

    /// <summary>0 for a leaf.</summary>
    public int Level { get; }

    /// <summary>Children.</summary>
    public int Entries { get; }

    /// <summary>Keys and children in turn.</summary>
    public Hdf5Cursor Record { get; }
}
