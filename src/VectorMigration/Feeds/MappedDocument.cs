using System.Buffers;

namespace VectorMigration.Feeds;

/// <summary>
/// One payload while it is mapped: its fields as a tree of places in the row, in what was made of values, and in names of the mapping. Used again for the
/// next one. One thread at a time.
/// </summary>
internal sealed class MappedDocument
{
    /// <summary>The payload itself.</summary>
    public const int Root = 0;

    /// <summary>Beyond so many names below one object they are looked up instead of compared one by one.</summary>
    private const int MostCompared = 16;

    private readonly List<Field> fields = [];
    private readonly Dictionary<(int Parent, int Hash), int> byName = [];

    /// <summary>Values that were made of others.</summary>
    public ArrayBufferWriter<byte> Made { get; } = new();

    /// <summary>Begins the next payload.</summary>
    public void Clear()
    {
        fields.Clear();
        byName.Clear();
        Made.ResetWrittenCount();
        fields.Add(new Field { IsObject = true, First = -1, Last = -1, Next = -1, SameHash = -1 });
    }

    /// <summary>A field.</summary>
    public Field this[int field] => fields[field];

    /// <summary>The field of an object that has a name; negative where there is none.</summary>
    public int Find(ReadOnlySpan<byte> row, int parent, in FieldName name)
    {
        ReadOnlySpan<byte> wanted = name.PlainIn(row);
        if (fields[parent].Count <= MostCompared)
        {
            int field = fields[parent].First;
            while (field >= 0 && !fields[field].Name.PlainIn(row).SequenceEqual(wanted))
            {
                field = fields[field].Next;
            }

            return field;
        }

        int found = byName.GetValueOrDefault((parent, HashOf(wanted)), -1);
        while (found >= 0 && !fields[found].Name.PlainIn(row).SequenceEqual(wanted))
        {
            found = fields[found].SameHash;
        }

        return found;
    }

    /// <summary>Adds a field to an object that has none of that name.</summary>
    public int Add(ReadOnlySpan<byte> row, int parent, Field field)
    {
        int number = fields.Count;
        Field holder = fields[parent];
        field = field with { First = -1, Last = -1, Next = -1, SameHash = -1 };
        if (holder.Count >= MostCompared)
        {
            Index(row, parent, holder, ref field, number);
        }

        fields.Add(field);
        if (holder.Last >= 0)
        {
            fields[holder.Last] = fields[holder.Last] with { Next = number };
        }

        fields[parent] = holder with { First = holder.First < 0 ? number : holder.First, Last = number, Count = holder.Count + 1 };
        return number;
    }

    /// <summary>Marks an object as one that the payload has itself.</summary>
    /// <param name="field">The object.</param>
    /// <param name="isEmpty">It has no fields, and stays so.</param>
    /// <param name="origin">Where it begins in the row.</param>
    public void Claim(int field, bool isEmpty, int origin) =>
        fields[field] = fields[field] with { IsClaimed = true, StaysEmpty = fields[field].StaysEmpty || isEmpty, Origin = origin };

    /// <summary>Writes the payload.</summary>
    public void WriteTo(ReadOnlySpan<byte> row, IBufferWriter<byte> output) => WriteTo(row, Root, output);

    private void WriteTo(ReadOnlySpan<byte> row, int parent, IBufferWriter<byte> output)
    {
        output.Write("{"u8);
        bool follows = false;
        for (int at = fields[parent].First; at >= 0; at = fields[at].Next)
        {
            Field field = fields[at];
            if (field is { IsObject: true, First: < 0, StaysEmpty: false })
            {
                continue;
            }

            output.Write(follows ? ","u8 : default);
            output.Write(field.Name.QuotedIn(row));
            output.Write(":"u8);
            if (field.IsObject)
            {
                WriteTo(row, at, output);
            }
            else
            {
                output.Write((field.IsMade ? Made.WrittenSpan : row).Slice(field.Start, field.Length));
            }

            follows = true;
        }

        output.Write("}"u8);
    }

    /// <summary>Puts a name where it is found by its hash; at the first such one, those before it too.</summary>
    private void Index(ReadOnlySpan<byte> row, int parent, Field holder, ref Field field, int number)
    {
        if (holder.Count == MostCompared)
        {
            for (int at = holder.First; at >= 0; at = fields[at].Next)
            {
                Field earlier = fields[at];
                Chain(row, parent, ref earlier, at);
                fields[at] = earlier;
            }
        }

        Chain(row, parent, ref field, number);
    }

    private void Chain(ReadOnlySpan<byte> row, int parent, ref Field field, int number)
    {
        (int, int) key = (parent, HashOf(field.Name.PlainIn(row)));
        field = field with { SameHash = byName.GetValueOrDefault(key, -1) };
        byName[key] = number;
    }

    private static int HashOf(ReadOnlySpan<byte> name)
    {
        HashCode hash = default;
        hash.AddBytes(name);
        return hash.ToHashCode();
    }

    /// <summary>A field of a payload.</summary>
    internal readonly record struct Field
    {
        /// <summary>Its name.</summary>
        public FieldName Name { get; init; }

        /// <summary>Where its value, or the first one that made an object, begins in the row.</summary>
        public int Origin { get; init; }

        /// <summary>Where its value begins, in the row or among those that were made.</summary>
        public int Start { get; init; }

        /// <summary>Bytes of its value.</summary>
        public int Length { get; init; }

        /// <summary>Its value was made of another one.</summary>
        public bool IsMade { get; init; }

        /// <summary>It is an object whose fields are in the tree.</summary>
        public bool IsObject { get; init; }

        /// <summary>The object is one of the payload, not one that only a new name makes.</summary>
        public bool IsClaimed { get; init; }

        /// <summary>The object had no fields, and is written without.</summary>
        public bool StaysEmpty { get; init; }

        public int First { get; init; }

        public int Last { get; init; }

        public int Next { get; init; }

        public int SameHash { get; init; }

        public int Count { get; init; }
    }
}

/// <summary>The name of a field: of the mapping, or of the row, where it may have escapes.</summary>
/// <param name="Made">A name that the mapping gives; null for one of the row.</param>
/// <param name="Start">Where its quotation mark stands in the row.</param>
/// <param name="Length">Its bytes, with quotation marks.</param>
/// <param name="Unescaped">The name without escapes; null where it has none.</param>
internal readonly record struct FieldName(MadeName? Made, int Start, int Length, byte[]? Unescaped)
{
    /// <summary>As it is compared.</summary>
    public ReadOnlySpan<byte> PlainIn(ReadOnlySpan<byte> row) => Made is not null ? Made.Plain : Unescaped ?? row.Slice(Start + 1, Length - 2);

    /// <summary>As it is written.</summary>
    public ReadOnlySpan<byte> QuotedIn(ReadOnlySpan<byte> row) => Made is not null ? Made.Quoted : row.Slice(Start, Length);
}
