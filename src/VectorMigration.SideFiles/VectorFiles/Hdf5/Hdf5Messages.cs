using VectorMigration.SideFiles.Stores.Tables.Columns;

namespace VectorMigration.SideFiles.VectorFiles.Hdf5;

/// <summary>The kinds of messages in an object header that are read.</summary>
internal enum Hdf5MessageType
{
    /// <summary>The shape of a dataset.</summary>
    Dataspace = 0x01,
    /// <summary>Where the links of a new group lie.</summary>
    LinkInfo = 0x02,
    /// <summary>The type of an element.</summary>
    Datatype = 0x03,
    /// <summary>A link of a new group.</summary>
    Link = 0x06,
    /// <summary>Data in other files.</summary>
    ExternalFiles = 0x07,
    /// <summary>Where the data of a dataset lie.</summary>
    Layout = 0x08,
    /// <summary>Filters of chunks.</summary>
    Filters = 0x0B,
    /// <summary>More messages elsewhere.</summary>
    Continuation = 0x10,
    /// <summary>Where the links of an old group lie.</summary>
    SymbolTable = 0x11,
}

/// <summary>A message of an object header.</summary>
/// <param name="Type">What it is.</param>
/// <param name="IsShared">It stands elsewhere, and here is only where.</param>
/// <param name="Body">Its fields.</param>
internal sealed record Hdf5Message(Hdf5MessageType Type, bool IsShared, Hdf5Cursor Body);

/// <summary>The messages of an object, over all blocks of its header.</summary>
internal sealed class Hdf5Messages
{
    private const int MostBlocks = 10_000;
    private const int OldPrefix = 16;
    private const int SharedFlag = 0x02;

    private readonly List<Hdf5Message> messages = [];
    private readonly Queue<(long Address, long Length)> blocks = new();
    private readonly Hdf5File file;

    /// <summary>Reads the header of an object.</summary>
    /// <exception cref="TableDamage">It is damaged.</exception>
    public Hdf5Messages(Hdf5File file, long address)
    {
        this.file = file;
        bool isNew = file.Open(address, 4, "object header").Take(4).SequenceEqual("OHDR"u8);
        bool hasOrder = isNew ? ReadNew(address) : ReadOld(address);
        for (int read = 0; blocks.TryDequeue(out (long Address, long Length) block); read++)
        {
            TableDamage.ThrowUnless(read < MostBlocks, $"the object header at offset {address} has more than {MostBlocks} blocks");
            Hdf5Cursor more = file.Open(block.Address, block.Length, "continuation of an object header");
            if (isNew)
            {
                ReadNew(more.Expect("OCHK"u8).Checked(), hasOrder);
            }
            else
            {
                ReadOld(more);
            }
        }
    }

    /// <summary>The messages of a type.</summary>
    public IEnumerable<Hdf5Message> All(Hdf5MessageType type) => messages.Where(message => message.Type == type);

    /// <summary>The message of a type, from its start; null where there is none.</summary>
    /// <exception cref="TableNotRead">It stands elsewhere.</exception>
    public Hdf5Cursor? Find(Hdf5MessageType type)
    {
        Hdf5Message? found = messages.Find(message => message.Type == type);
        return found is { IsShared: true } ? throw Hdf5File.NotRead($"an object whose {type} message is shared with others (a committed datatype)")
            : found?.Body.Again();
    }

    private bool ReadOld(long address)
    {
        Hdf5Cursor prefix = file.Open(address, OldPrefix, "object header");
        prefix.ExpectVersion(1);
        prefix.Take(7);
        ReadOld(file.Open(address + OldPrefix, prefix.UInt32(), "object header"));
        return false;
    }

    private void ReadOld(Hdf5Cursor block)
    {
        while (block.Left >= 8)
        {
            int type = block.UInt16();
            int size = block.UInt16();
            int flags = block.Byte();
            block.Take(3);
            Add(type, flags, block.Slice(size));
        }
    }

    private bool ReadNew(long address)
    {
        Hdf5Cursor start = file.Open(address, 6, "object header").Expect("OHDR"u8);
        start.ExpectVersion(2);
        int flags = start.Byte();
        int sizeBytes = 1 << (flags & 3);
        int prefix = 6 + ((flags & 0x20) != 0 ? 16 : 0) + ((flags & 0x10) != 0 ? 4 : 0);
        Hdf5Cursor size = file.Open(address + prefix, sizeBytes, "object header");
        long length = size.Number(sizeBytes);
        TableDamage.ThrowUnless(length >= 0 && length <= file.Length, $"the object header at offset {address} takes {length} bytes");
        Hdf5Cursor block = file.Open(address, prefix + sizeBytes + length + sizeof(uint), "object header");
        block.Take(prefix + sizeBytes);
        bool hasOrder = (flags & 0x04) != 0;
        ReadNew(block.Checked(), hasOrder);
        return hasOrder;
    }

    private void ReadNew(Hdf5Cursor block, bool hasOrder)
    {
        int head = hasOrder ? 6 : 4;
        while (block.Left >= head)
        {
            int type = block.Byte();
            int size = block.UInt16();
            int flags = block.Byte();
            block.Take(head - 4);
            Add(type, flags, block.Slice(size));
        }
    }

    private void Add(int type, int flags, Hdf5Cursor body)
    {
        if ((Hdf5MessageType)type == Hdf5MessageType.Continuation)
        {
            long address = body.Address();
            blocks.Enqueue((address, body.Length()));
            return;
        }

        messages.Add(new Hdf5Message((Hdf5MessageType)type, (flags & SharedFlag) != 0, body));
    }
}
