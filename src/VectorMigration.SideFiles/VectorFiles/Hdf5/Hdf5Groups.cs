using System.Text;
using VectorMigration.SideFiles.Stores.Tables.Columns;

namespace VectorMigration.SideFiles.VectorFiles.Hdf5;

/// <summary>All datasets of a file: groups are followed from the root, by symbol tables and by links in their headers.</summary>
internal sealed class Hdf5Groups
{
    private const int MostDepth = 32;
    private const int MostObjects = 100_000;

    private readonly HashSet<long> seen = [];
    private readonly Hdf5File file;

    /// <summary>Reads the headers of all groups and datasets.</summary>
    /// <exception cref="TableDamage">One is damaged.</exception>
    /// <exception cref="TableNotRead">A group is of a kind that is not read.</exception>
    public Hdf5Groups(Hdf5File file)
    {
        this.file = file;
        Visit(file.Root, string.Empty, 0);
    }

    /// <summary>The datasets that can be vectors: real numbers or bytes in two dimensions.</summary>
    public List<Hdf5Dataset> Vectors { get; } = [];

    /// <summary>The names of the other ones.</summary>
    public List<string> Others { get; } = [];

    private void Visit(long header, string name, int depth)
    {
        if (!seen.Add(header))
        {
            // The same object under a second name.
            return;
        }

        if (depth > MostDepth || seen.Count > MostObjects)
        {
            throw Hdf5File.NotRead(depth > MostDepth ? $"groups more than {MostDepth} deep" : $"more than {MostObjects} groups and datasets");
        }

        Hdf5Messages messages = new(file, header);
        if (messages.All(Hdf5MessageType.Layout).Any())
        {
            if (Hdf5Dataset.Of(name, messages) is Hdf5Dataset vectors)
            {
                Vectors.Add(vectors);
            }
            else
            {
                Others.Add(name);
            }

            return;
        }

        if (messages.Find(Hdf5MessageType.SymbolTable) is Hdf5Cursor table)
        {
            long tree = table.Address();
            VisitTree(tree, NamesOf(table.Address()), name, depth, 0);
        }

        ThrowIfDense(messages, name);
        foreach (Hdf5Message link in messages.All(Hdf5MessageType.Link))
        {
            VisitLink(link.Body, name, depth);
        }
    }

    /// <summary>A group with many links keeps them in a heap of its own.</summary>
    private static void ThrowIfDense(Hdf5Messages messages, string name)
    {
        if (messages.Find(Hdf5MessageType.LinkInfo) is not Hdf5Cursor info)
        {
            return;
        }

        info.ExpectVersion(0);
        info.Take((info.Byte() & 1) != 0 ? 8 : 0);
        if (info.Address() != Hdf5Cursor.Undefined)
        {
            throw Hdf5File.NotRead($"a group whose links are in dense storage ('{Pickles.PickleErrors.Clean(name.Length == 0 ? "/" : name)}')");
        }
    }

    private void VisitLink(Hdf5Cursor link, string group, int depth)
    {
        link.ExpectVersion(1);
        int flags = link.Byte();
        int type = (flags & 0x08) != 0 ? link.Byte() : 0;
        link.Take((flags & 0x04) != 0 ? 8 : 0);
        link.Take((flags & 0x10) != 0 ? 1 : 0);
        string name = Encoding.UTF8.GetString(link.Take(link.Number(1 << (flags & 3))));
        if (type == 0)
        {
            // Other links, soft and external ones, lead to what has a name of its own, or to other files.
            Visit(link.Address(), Join(group, name), depth + 1);
        }
    }

    private void VisitTree(long address, Hdf5Cursor names, string group, int depth, int nesting)
    {
        TableDamage.ThrowUnless(nesting <= MostDepth, $"the group '{Pickles.PickleErrors.Clean(group)}' has a tree of more than {MostDepth} levels");
        Hdf5TreeNode node = new(file, address, 0);
        for (int i = 0; i < node.Entries; i++)
        {
            node.Record.Take(file.LengthSize);
            long child = node.Record.Address();
            if (node.Level > 0)
            {
                VisitTree(child, names, group, depth, nesting + 1);
            }
            else
            {
                VisitSymbols(child, names, group, depth);
            }
        }
    }

    private void VisitSymbols(long address, Hdf5Cursor names, string group, int depth)
    {
        const int Head = 8;
        int entry = (2 * file.OffsetSize) + 24;
        Hdf5Cursor head = file.Open(address, Head, "node of symbols").Expect("SNOD"u8);
        head.ExpectVersion(1);
        head.Take(1);
        int count = head.UInt16();
        Hdf5Cursor symbols = file.Open(address + Head, (long)count * entry, "node of symbols");
        for (int i = 0; i < count; i++)
        {
            long at = symbols.Number(file.OffsetSize);
            long header = symbols.Address();
            bool isSoft = symbols.UInt32() == 2;
            symbols.Take(20);
            if (!isSoft)
            {
                Visit(header, Join(group, NameAt(names, at)), depth + 1);
            }
        }
    }

    private Hdf5Cursor NamesOf(long heap)
    {
        Hdf5Cursor head = file.Open(heap, 8 + (2 * file.LengthSize) + file.OffsetSize, "heap of names").Expect("HEAP"u8);
        head.ExpectVersion(0);
        head.Take(3);
        long size = head.Length();
        head.Length();
        return file.Open(head.Address(), size, "heap of names");
    }

    private static string NameAt(Hdf5Cursor names, long offset)
    {
        Hdf5Cursor all = names.Again();
        all.Take(offset);
        ReadOnlySpan<byte> rest = all.Take(all.Left);
        int end = rest.IndexOf((byte)0);
        return Encoding.UTF8.GetString(end < 0 ? rest : rest[..end]);
    }

    private static string Join(string group, string name) => group.Length == 0 ? name : $"{group}/{name}";
}
