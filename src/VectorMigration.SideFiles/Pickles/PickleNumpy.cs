using System.Buffers.Binary;
using System.Numerics;
using System.Text;

namespace VectorMigration.SideFiles.Pickles;

/// <summary>The type of NumPy elements: truth values, whole and floating-point numbers of either byte order, texts, bytes and objects.</summary>
internal sealed class PickleNumpyType(char letter, int itemSize, string name) : PickleMade
{
    private const int BytesOfCharacter = 4;

    private bool isBigEndian;

    /// <summary>Bytes of an element.</summary>
    public int ItemSize => itemSize;

    /// <summary>True for elements that are Python objects.</summary>
    public bool IsObject => letter == 'O';

    /// <summary>True for elements that are texts.</summary>
    public bool IsText => letter == 'U';

    /// <inheritdoc/>
    public override string Kind => $"the NumPy type {name} (offset {Offset})";

    /// <summary>A type of its name, such as <c>f4</c>; null for arguments that are not those of such a pickle.</summary>
    public static PickleNumpyType? Make(ReadOnlySpan<PickleValue> arguments)
    {
        if (arguments is not [PickleText { Utf8.Length: >= 2 and <= 12 } code, ..])
        {
            return null;
        }

        string name = code.ToString();
        bool isSize = int.TryParse(name.AsSpan(1), System.Globalization.NumberStyles.None, null, out int size);
        int bytes = name[0] == 'U' ? size * BytesOfCharacter : size;
        bool isKnown = isSize && (name[0], size) switch
        {
            ('b', 1) or ('i' or 'u', 1 or 2 or 4 or 8) or ('f', 2 or 4 or 8) or ('O', _) => true,
            ('U' or 'S', >= 0 and <= PickleLimits.MostBytesKept / BytesOfCharacter) => true,
            _ => false,
        };
        return isKnown ? new PickleNumpyType(name[0], bytes, name) : null;
    }

    /// <summary>Takes the state: version, byte order, …</summary>
    public void Complete(PickleValue state) =>
        isBigEndian = state is PickleTuple { Items: [_, PickleText order, ..] } && order.Is(">"u8);

    /// <summary>The value of one element; null for bytes that no such element has.</summary>
    public PickleValue? Element(ReadOnlySpan<byte> raw)
    {
        if (letter is 'U')
        {
            return Characters(raw);
        }

        if (letter is 'S')
        {
            return new PickleBytes(raw.TrimEnd((byte)0).ToArray());
        }

        if (letter is 'O')
        {
            return null;
        }

        Span<byte> own = stackalloc byte[sizeof(ulong)];
        raw.CopyTo(own);
        if (isBigEndian)
        {
            own[..raw.Length].Reverse();
        }

        ulong bits = BinaryPrimitives.ReadUInt64LittleEndian(own);
        int unused = 64 - (8 * raw.Length);
        return letter switch
        {
            'b' => PickleBool.Of(bits != 0),
            'i' => PickleInteger.Of((long)(bits << unused) >> unused),
            'u' => PickleInteger.Of(new BigInteger(bits)),
            _ => new PickleFloat(raw.Length switch
            {
                2 => (double)BitConverter.UInt16BitsToHalf((ushort)bits),
                4 => BitConverter.UInt32BitsToSingle((uint)bits),
                _ => BitConverter.UInt64BitsToDouble(bits),
            }),
        };
    }

    private PickleText? Characters(ReadOnlySpan<byte> raw)
    {
        StringBuilder text = new();
        int zeros = 0;
        for (int i = 0; i + BytesOfCharacter <= raw.Length; i += BytesOfCharacter)
        {
            uint code = isBigEndian ? BinaryPrimitives.ReadUInt32BigEndian(raw[i..]) : BinaryPrimitives.ReadUInt32LittleEndian(raw[i..]);
            if (!Rune.IsValid(code))
            {
                return null;
            }

            // Trailing zeros are padding; zeros before other characters belong to the text.
            zeros = code == 0 ? zeros + 1 : 0;
            text.Append(new Rune(code).ToString());
        }

        return new PickleText(Encoding.UTF8.GetBytes(text.ToString(0, text.Length - zeros)));
    }
}

/// <summary>A NumPy array, which stays as it stands in the file until it is written out.</summary>
internal sealed class PickleArray : PickleMade
{
    private const int MostDimensions = 64;

    private byte[]? data;
    private PickleList? objects;
    private bool isFortran;

    /// <summary>Numbers of elements in each dimension.</summary>
    public long[] Shape { get; private set; } = [];

    /// <summary>Type of the elements; null for an array that has no content that is known.</summary>
    public PickleNumpyType? Type { get; private set; }

    /// <inheritdoc/>
    public override string Kind => $"a NumPy array {(Type is null ? "of a type or form that is not known " : string.Empty)}(offset {Offset})";

    /// <inheritdoc/>
    public override int Depth => Shape.Length + (objects?.Depth ?? 0);

    /// <summary>The bytes of an array of bytes in one dimension, as FAISS writes indexes; null for others.</summary>
    public byte[]? Bytes => Type is { ItemSize: 1, IsObject: false } && Shape.Length == 1 ? data : null;

    /// <summary>An array of a buffer: buffer, type, shape, order. Null for arguments that are not those of such a pickle.</summary>
    public static PickleArray? OfBuffer(ReadOnlySpan<PickleValue> arguments)
    {
        PickleArray array = new();
        if (arguments is [PickleValue buffer, PickleNumpyType type, PickleValue shape, PickleText order])
        {
            array.Fill(type, shape, order.Is("F"u8), buffer);
        }

        return array.Type is null ? null : array;
    }

    /// <summary>Takes the state: version, shape, type, whether columns come first, content. The version was not always there.</summary>
    public void Complete(PickleValue state)
    {
        if (state is PickleTuple { Items: [.., PickleValue shape, PickleNumpyType type, PickleValue order, PickleValue content] })
        {
            Fill(type, shape, order is PickleBool { Value: true } or PickleInteger { Value: 1 }, content);
        }
    }

    /// <summary>The element at an index of as many numbers as there are dimensions; null where it is none.</summary>
    public PickleValue? Element(ReadOnlySpan<long> index)
    {
        long at = 0;
        for (int i = 0; i < index.Length; i++)
        {
            int dimension = isFortran ? index.Length - 1 - i : i;
            at = (at * Shape[dimension]) + index[dimension];
        }

        return objects is not null ? objects.Items[(int)at]
            : Type!.Element(data.AsSpan((int)at * Type.ItemSize, Type.ItemSize));
    }

    private void Fill(PickleNumpyType type, PickleValue shape, bool fortran, PickleValue content)
    {
        if (shape is not PickleTuple { Size: <= MostDimensions } sizes)
        {
            return;
        }

        long[] numbers = new long[sizes.Size];
        BigInteger elements = 1;
        for (int i = 0; i < numbers.Length; i++)
        {
            if (sizes.Items[i] is not PickleInteger { Value: >= 0 } size)
            {
                return;
            }

            numbers[i] = size.Value;
            elements *= size.Value;
        }

        byte[]? raw = type.IsObject ? null : PickleBytes.Raw(content);
        PickleList? held = type.IsObject ? content as PickleList : null;
        bool isNothing = type is { ItemSize: 0, IsObject: false } && elements > 0;
        if ((raw is null && held is null) || isNothing || elements * (held is null ? type.ItemSize : 1) != (held?.Size ?? raw!.Length))
        {
            return;
        }

        Shape = numbers;
        Type = type;
        isFortran = fortran;
        data = raw;
        objects = held;
    }
}
