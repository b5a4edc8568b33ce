namespace VectorMigration.SideFiles.Pickles;

/// <summary>A value that holds others, in their order.</summary>
internal abstract class PickleContainer : PickleValue
{
    private PickleValue[] items;
    private int depth = 1;

    /// <summary>An empty one.</summary>
    protected PickleContainer() => items = [];

    /// <summary>One of these values, which it owns from here on.</summary>
    protected PickleContainer(PickleValue[] owned)
    {
        items = owned;
        Size = owned.Length;
        Deepen(owned);
    }

    /// <summary>
    /// One that shows what another holds now. Nothing is copied, because a few bytes of a file may ask for it again and again; so nothing can be added either.
    /// </summary>
    protected PickleContainer(PickleContainer other)
    {
        items = other.items;
        Size = other.Size;
        depth = other.depth;
        IsView = true;
    }

    /// <summary>True where it shows another's values.</summary>
    public bool IsView { get; }

    /// <inheritdoc/>
    public override int Depth => depth;

    /// <summary>Values, keys and values of a dictionary counted each.</summary>
    public int Size { get; private set; }

    /// <summary>The values.</summary>
    public ReadOnlySpan<PickleValue> Items => items.AsSpan(0, Size);

    /// <summary>Adds values in an array that the container may keep. Not for views.</summary>
    public void Add(PickleValue[] added)
    {
        if (IsView)
        {
            throw new InvalidOperationException("A view cannot be added to.");
        }

        if (Size == 0)
        {
            items = added;
        }
        else
        {
            if (Size + added.Length > items.Length)
            {
                Array.Resize(ref items, (int)Math.Min(Array.MaxLength, Math.Max(Size + added.Length, items.Length * 2L)));
            }

            added.CopyTo(items.AsSpan(Size));
        }

        Size += added.Length;
        Deepen(added);
    }

    private void Deepen(ReadOnlySpan<PickleValue> added)
    {
        foreach (PickleValue value in added)
        {
            if (value.Depth >= depth)
            {
                depth = value.Depth + 1;
            }
        }
    }
}

/// <summary>A list.</summary>
internal sealed class PickleList : PickleContainer
{
    /// <summary>An empty one.</summary>
    public PickleList()
    {
    }

    /// <summary>One of these values.</summary>
    public PickleList(PickleValue[] owned)
        : base(owned)
    {
    }

    /// <inheritdoc/>
    public override string Kind => "a list";
}

/// <summary>A tuple.</summary>
internal sealed class PickleTuple : PickleContainer
{
    /// <summary>The one without values.</summary>
    public static readonly PickleTuple Empty = new([]);

    /// <summary>One of these values.</summary>
    public PickleTuple(PickleValue[] owned)
        : base(owned)
    {
    }

    /// <inheritdoc/>
    public override string Kind => "a tuple";
}

/// <summary>A set or a frozen set.</summary>
internal sealed class PickleSet : PickleContainer
{
    /// <summary>An empty one.</summary>
    public PickleSet()
    {
    }

    /// <summary>One of these values.</summary>
    public PickleSet(PickleValue[] owned)
        : base(owned)
    {
    }

    /// <summary>One of what a list, tuple or set holds.</summary>
    public PickleSet(PickleContainer other)
        : base(other)
    {
    }

    /// <inheritdoc/>
    public override string Kind => "a set";
}

/// <summary>A dictionary: key, value, key, value … in the order in which they were put. Which key stands twice is for readers to see.</summary>
internal sealed class PickleDict : PickleContainer
{
    /// <summary>An empty one.</summary>
    public PickleDict()
    {
    }

    /// <summary>One of these keys and values by turns.</summary>
    public PickleDict(PickleValue[] owned)
        : base(owned)
    {
    }

    /// <summary>Entries.</summary>
    public int Count => Size / 2;

    /// <inheritdoc/>
    public override string Kind => "a dictionary";

    /// <summary>The value of a text key, the one that was put last; null where there is none. It looks at each: for the few fields of an object.</summary>
    public PickleValue? Find(ReadOnlySpan<byte> key)
    {
        ReadOnlySpan<PickleValue> items = Items;
        for (int i = items.Length - 2; i >= 0; i -= 2)
        {
            if (items[i] is PickleText text && text.Is(key))
            {
                return items[i + 1];
            }
        }

        return null;
    }
}
