using System.Globalization;
using VectorMigration.Vectors;

namespace VectorMigration.Feeds;

/// <summary>
/// The point ids of a range of vectors that have them from their store: 17 bytes a vector, found by ordinal. Filled by one thread, then read by any.
/// </summary>
internal sealed class PointIdTable
{
    private const int BlockBits = 16;
    private const int BlockLength = 1 << BlockBits;
    private const byte Number = 1;
    private const byte Uuid = 2;

    private readonly long offset;
    private readonly UInt128[][] values;
    private readonly byte[][] kinds;
    private readonly IStoreIds store;

    /// <summary>A table without ids.</summary>
    /// <param name="store">The store that they come from.</param>
    /// <param name="offset">First ordinal.</param>
    /// <param name="count">How many.</param>
    public PointIdTable(IStoreIds store, long offset, long count)
    {
        this.store = store;
        this.offset = offset;
        int blocks = checked((int)((count + BlockLength - 1) >> BlockBits));
        values = new UInt128[blocks][];
        kinds = new byte[blocks][];
        for (int i = 0; i < blocks; i++)
        {
            int length = (int)Math.Min(BlockLength, count - ((long)i << BlockBits));
            values[i] = new UInt128[length];
            kinds[i] = new byte[length];
        }
    }

    /// <summary>The least number among the ids; null where one of them is a UUID, or there are none.</summary>
    public ulong? Least => HasUuids || LeastNumber > GreatestNumber ? null : LeastNumber;

    /// <summary>The greatest number among the ids.</summary>
    public ulong Greatest => GreatestNumber;

    private bool HasUuids { get; set; }

    private ulong LeastNumber { get; set; } = ulong.MaxValue;

    private ulong GreatestNumber { get; set; }

    /// <summary>The point id of a vector; null where its store has none for it.</summary>
    public PointId? Find(long ordinal)
    {
        long at = ordinal - offset;
        int block = (int)(at >> BlockBits);
        int place = (int)(at & (BlockLength - 1));
        return kinds[block][place] switch
        {
            Number => PointId.FromNumber((ulong)values[block][place]),
            Uuid => PointId.FromGuid(ToGuid(values[block][place])),
            _ => null,
        };
    }

    /// <summary>The id as the store has it.</summary>
    public string TextOf(long faissId) => store.IdOf(faissId) ?? string.Empty;

    /// <summary>Sets the point id of a vector.</summary>
    public void Set(long ordinal, PointId id)
    {
        long at = ordinal - offset;
        values[at >> BlockBits][at & (BlockLength - 1)] = id.IsGuid ? ToNumber(id.Guid) : id.Number;
        kinds[at >> BlockBits][at & (BlockLength - 1)] = id.IsGuid ? Uuid : Number;
        HasUuids |= id.IsGuid;
        LeastNumber = id.IsGuid ? LeastNumber : Math.Min(LeastNumber, id.Number);
        GreatestNumber = id.IsGuid ? GreatestNumber : Math.Max(GreatestNumber, id.Number);
    }

    /// <summary>
    /// The point id that an id of a store is by itself: a UUID, with or without hyphens, or a number without zeros before it; null for all else.
    /// </summary>
    public static PointId? Parse(string id)
    {
        if (ulong.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out ulong number))
        {
            return id.Length == 1 || id[0] != '0' ? PointId.FromNumber(number) : null;
        }

        return Guid.TryParseExact(id, "D", out Guid guid) || Guid.TryParseExact(id, "N", out guid) ? PointId.FromGuid(guid) : null;
    }

    private static UInt128 ToNumber(Guid guid)
    {
        Span<byte> bytes = stackalloc byte[16];
        guid.TryWriteBytes(bytes, bigEndian: true, out _);
        return System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(bytes);
    }

    private static Guid ToGuid(UInt128 number)
    {
        Span<byte> bytes = stackalloc byte[16];
        System.Buffers.Binary.BinaryPrimitives.WriteUInt128BigEndian(bytes, number);
        return new Guid(bytes, bigEndian: true);
    }
}
