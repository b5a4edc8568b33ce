using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using VectorMigration.SideFiles.Stores.Json;

namespace VectorMigration.SideFiles.Stores.Tables;

/// <summary>
/// A NumPy file (.npy) of ids, one for each vector in the order of adding: a row of whole numbers or of texts. Arrays of objects are pickles, and are refused.
/// A block of it is in memory.
/// </summary>
internal sealed partial class NumpyIds : StoredDocuments
{
    private const int LongestText = 4 << 10;
    private const int Block = 64 << 10;
    private const int IdsAtOnce = 8_192;

    private readonly StorePart part;
    private readonly Lock gate = new();
    private readonly char kind;
    private readonly bool isBigEndian;
    private readonly int width;
    private readonly long dataStart;
    private byte[] block = [];
    private long blockStart = -1;

    private NumpyIds(StorePart part)
        : base([part])
    {
        this.part = part;
        NumpyHeader header = NumpyHeader.Of(part);
        dataStart = header.DataStart;
        string type = header.Type;
        if (type.EndsWith('O'))
        {
            throw TableErrors.NotRead(part.Path, "objects as its elements, which are stored as a pickle",
                "Write it as whole numbers or strings: numpy.save('ids.npy', ids.astype('int64')) or astype('U').");
        }

        Match known = Type().Match(type);
        if (!known.Success)
        {
            throw TableErrors.NotRead(part.Path, $"elements of the type '{type}'", "Write ids as whole numbers (int64, uint64) or as strings.");
        }

        isBigEndian = type[0] == '>';
        kind = known.Groups["kind"].Value[0];
        width = Number(known.Groups["size"].Value) * (kind == 'U' ? 4 : 1);
        if (header.Shape.Count != 1)
        {
            throw TableErrors.NotRead(part.Path, $"{header.Shape.Count} dimensions", "Name a file of ids, which has one dimension. Vectors are in the index.");
        }

        Count = header.Shape[0] <= StoreLimits.MostEntries ? (int)header.Shape[0]
            : throw TableErrors.TooLarge(part.Path, "elements", StoreLimits.MostEntries, "Split the store.");
        if (width > LongestText || (kind is 'i' or 'u' && width is not (1 or 2 or 4 or 8)))
        {
            throw TableErrors.NotRead(part.Path, $"elements of {width} bytes", "Write ids as whole numbers (int64, uint64) or as short strings.");
        }

        if (part.Bytes.Length - dataStart != (long)Count * width)
        {
            throw TableErrors.Invalid(part.Path, NumpyHeader.Form,
                $"{Count} elements of {width} bytes announced, {Math.Max(0, part.Bytes.Length - dataStart)} bytes found");
        }
    }

    /// <inheritdoc/>
    public override string Framework => "NumPy array";

    /// <inheritdoc/>
    public override string Generation => kind is 'U' or 'S' ? "strings as ids" : "ids";

    /// <inheritdoc/>
    public override bool HoldsNoFields => true;

    /// <inheritdoc/>
    public override string RowName => "element";

    /// <inheritdoc/>
    public override int Count { get; }

    /// <summary>Opens a file.</summary>
    /// <exception cref="MigrationException">It is missing, damaged, or holds no ids.</exception>
    public static NumpyIds Open(StorePart part)
    {
        try
        {
            return part.Guard(() => new NumpyIds(part));
        }
        catch
        {
            part.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Whether the elements are the ids that an index gives its vectors anyway: one after the other, or in any order where the index holds ids of its own.
    /// </summary>
    /// <param name="source">The index.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public bool Repeats(IVectorSource source, CancellationToken cancellationToken)
    {
        if (kind is 'U' or 'S' || Count != source.Description.Count)
        {
            return false;
        }

        bool isAlike = true;
        (ulong own, ulong told) = (0, 0);
        long[] ids = new long[IdsAtOnce];
        for (int at = 0; at < Count;)
        {
            int read = source.ReadIds(at, ids, cancellationToken);
            for (int i = 0; i < read; i++)
            {
                byte[] element = Element(at + i);
                long number = kind == 'u' ? (long)Math.Min(Unsigned(element), long.MaxValue) : Signed(element);
                isAlike &= number == ids[i];
                unchecked
                {
                    own += RowNumbers.Hash(ids[i]);
                    told += RowNumbers.Hash(number);
                }
            }

            if (read == 0)
            {
                return false;
            }

            at += read;
        }

        return isAlike || (own == told && source.Description.IdSource != "sequential");
    }

    /// <inheritdoc/>
    public override string NameOf(int document) => $"element {document}";

    /// <inheritdoc/>
    public override void Write(int document, LargeInteger largeInteger, IBufferWriter<byte> output)
    {
        byte[] element = Element(document);
        if (kind is 'U' or 'S')
        {
            JsonText.WriteField(output, "id"u8, kind == 'U' ? FromUtf32(element, document) : FromBytes(element, document));
            return;
        }

        string number = kind == 'u' ? Unsigned(element).ToString(CultureInfo.InvariantCulture) : Signed(element).ToString(CultureInfo.InvariantCulture);
        output.Write("{\"id\":"u8);
        output.Write(Encoding.ASCII.GetBytes(number));
        output.Write("}"u8);
    }

    /// <inheritdoc/>
    public override ReadOnlyMemory<byte> Metadata(int document) => default;

    private int Number(string digits) => int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out int number)
        && number <= StoreLimits.MostEntries ? number
        : throw TableErrors.TooLarge(part.Path, "elements, or bytes in one", StoreLimits.MostEntries, "Split the store.");

    private byte[] Element(int document)
    {
        long at = dataStart + ((long)document * width);
        lock (gate)
        {
            if (blockStart < 0 || at < blockStart || at + width > blockStart + block.Length)
            {
                block = part.Read(at, (int)Math.Min(Block, part.Bytes.Length - at));
                blockStart = at;
            }

            return block.AsSpan((int)(at - blockStart), width).ToArray();
        }
    }

    private ulong Unsigned(byte[] element)
    {
        if (isBigEndian)
        {
            Array.Reverse(element);
        }

        ulong value = 0;
        for (int i = element.Length - 1; i >= 0; i--)
        {
            value = (value << 8) | element[i];
        }

        return value;
    }

    private long Signed(byte[] element)
    {
        int unused = 64 - (8 * width);
        return (long)(Unsigned(element) << unused) >> unused;
    }

    /// <summary>A text of fixed width, four bytes a character, filled up with zeros.</summary>
    private byte[] FromUtf32(byte[] element, int document)
    {
        StringBuilder text = new();
        int zeros = 0;
        for (int at = 0; at < element.Length; at += 4)
        {
            uint value = isBigEndian ? BinaryPrimitives.ReadUInt32BigEndian(element.AsSpan(at)) : BinaryPrimitives.ReadUInt32LittleEndian(element.AsSpan(at));
            if (value == 0)
            {
                zeros++;
                continue;
            }

            if (!Rune.IsValid(value))
            {
                throw NoText(document);
            }

            text.Append('\0', zeros).Append(new Rune(value).ToString());
            zeros = 0;
        }

        return Encoding.UTF8.GetBytes(text.ToString());
    }

    private byte[] FromBytes(byte[] element, int document)
    {
        byte[] text = element.AsSpan().TrimEnd((byte)0).ToArray();
        return System.Text.Unicode.Utf8.IsValid(text) ? text : throw NoText(document);
    }

    private MigrationException NoText(int document) =>
        JsonErrors.ValueRefused(part.Path, NameOf(document), "id", "an invalid character", "Correct the ids in the source.");

    [GeneratedRegex(@"^[<>|=](?<kind>[iuUS])(?<size>[1-9][0-9]{0,8})$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Type();
}
