using System.Globalization;
using System.Numerics;
using System.Text;

namespace VectorMigration.SideFiles.Pickles;

/// <summary>A value of a pickle: data and nothing else.</summary>
internal abstract class PickleValue
{
    /// <summary>What it is, in words for messages; never what it holds.</summary>
    public abstract string Kind { get; }

    /// <summary>Containers in each other, this one counted; what is put into a container's content later is not seen by the container.</summary>
    public virtual int Depth => 0;
}

/// <summary>None.</summary>
internal sealed class PickleNone : PickleValue
{
    /// <summary>The one.</summary>
    public static readonly PickleNone Value = new();

    /// <inheritdoc/>
    public override string Kind => "None";
}

/// <summary>True or False.</summary>
internal sealed class PickleBool : PickleValue
{
    /// <summary>True.</summary>
    public static readonly PickleBool True = new(true);

    /// <summary>False.</summary>
    public static readonly PickleBool False = new(false);

    private PickleBool(bool value) => Value = value;

    /// <summary>Which.</summary>
    public bool Value { get; }

    /// <inheritdoc/>
    public override string Kind => "true or false";

    /// <summary>The one of the two.</summary>
    public static PickleBool Of(bool value) => value ? True : False;
}

/// <summary>A whole number of 64 bits.</summary>
internal sealed class PickleInteger(long value) : PickleValue
{
    private const int LeastCached = -128;
    private const int MostCached = 1_023;

    private static readonly PickleInteger[] Cached =
        [.. Enumerable.Range(LeastCached, MostCached - LeastCached + 1).Select(static number => new PickleInteger(number))];

    /// <summary>The number.</summary>
    public long Value => value;

    /// <inheritdoc/>
    public override string Kind => "a whole number";

    /// <summary>A number; small ones are shared.</summary>
    public static PickleInteger Of(long value) => value is >= LeastCached and <= MostCached ? Cached[value - LeastCached] : new PickleInteger(value);

    /// <summary>A number of any size.</summary>
    public static PickleValue Of(BigInteger value) => value >= long.MinValue && value <= long.MaxValue ? Of((long)value) : new PickleBigInteger(value);
}

/// <summary>A whole number beyond 64 bits.</summary>
internal sealed class PickleBigInteger(BigInteger value) : PickleValue
{
    /// <summary>The number.</summary>
    public BigInteger Value => value;

    /// <inheritdoc/>
    public override string Kind => "a whole number beyond 64 bits";
}

/// <summary>A double.</summary>
internal sealed class PickleFloat(double value) : PickleValue
{
    /// <summary>The number.</summary>
    public double Value => value;

    /// <inheritdoc/>
    public override string Kind => "a floating-point number";
}

/// <summary>A text, as its bytes stand in the file. They need not be valid UTF-8: Python pickles halves of characters too.</summary>
internal sealed class PickleText(byte[] utf8, bool isPython2 = false) : PickleValue
{
    /// <summary>The bytes.</summary>
    public byte[] Utf8 => utf8;

    /// <summary>True for a <c>str</c> of Python 2: bytes that happen to be UTF-8.</summary>
    public bool IsPython2 => isPython2;

    /// <inheritdoc/>
    public override string Kind => "a string";

    /// <summary>True where it is this text.</summary>
    public bool Is(ReadOnlySpan<byte> other) => other.SequenceEqual(utf8);

    /// <summary>The text; halves of characters are replaced.</summary>
    public override string ToString() => Encoding.UTF8.GetString(utf8);
}

/// <summary>Bytes: in memory, or, where there are many, their place in the file.</summary>
internal sealed class PickleBytes : PickleValue
{
    /// <summary>Bytes in memory.</summary>
    /// <param name="data">The bytes.</param>
    /// <param name="offset">Where they stand in the file; −1 where they stand nowhere as they are.</param>
    public PickleBytes(byte[] data, long offset = -1)
    {
        Data = data;
        Offset = offset;
        Length = data.Length;
    }

    /// <summary>Bytes that stay in the file.</summary>
    public PickleBytes(long offset, long length)
    {
        Offset = offset;
        Length = length;
    }

    /// <summary>The bytes; null where they stay in the file.</summary>
    public byte[]? Data { get; }

    /// <summary>Offset in the file, −1 where they do not stand there as they are.</summary>
    public long Offset { get; }

    /// <summary>How many.</summary>
    public long Length { get; }

    /// <inheritdoc/>
    public override string Kind => "bytes";

    /// <summary>The bytes of bytes, or of a text that Python 2 wrote where Python 3 writes bytes; null for all else and for what stays in the file.</summary>
    public static byte[]? Raw(PickleValue value) => value switch
    {
        PickleBytes bytes => bytes.Data,
        PickleText { IsPython2: true } text => text.Utf8,
        _ => null,
    };
}

/// <summary>What a value was that is a text by now.</summary>
internal enum PickleScalarKind
{
    /// <summary>A date with a time of day; RFC 3339, without an offset where Python had none.</summary>
    DateTime,

    /// <summary>A date.</summary>
    Date,

    /// <summary>A time of day.</summary>
    Time,

    /// <summary>A length of time, ISO 8601.</summary>
    Duration,

    /// <summary>A UUID in the usual form.</summary>
    Uuid,

    /// <summary>A path of a file system.</summary>
    Path,

    /// <summary>A decimal number, as Python writes it.</summary>
    Decimal,
}

/// <summary>A value that has one usual way of being written.</summary>
internal sealed class PickleScalar(PickleScalarKind form, string text) : PickleValue
{
    /// <summary>What it was.</summary>
    public PickleScalarKind Form => form;

    /// <summary>The text.</summary>
    public string Text => text;

    /// <inheritdoc/>
    public override string Kind => form.ToString().ToLowerInvariant();
}

/// <summary>A length of time, until it is written or made into the offset of a zone.</summary>
internal sealed class PickleDuration(long microseconds) : PickleValue
{
    /// <summary>Microseconds.</summary>
    public long Microseconds => microseconds;

    /// <inheritdoc/>
    public override string Kind => "a duration";

    /// <summary>ISO 8601: seconds alone, as days of a length of time always have 24 hours.</summary>
    public override string ToString()
    {
        decimal seconds = microseconds / 1_000_000m;
        return $"{(seconds < 0 ? "-" : string.Empty)}PT{Math.Abs(seconds).ToString("0.######", CultureInfo.InvariantCulture)}S";
    }
}

/// <summary>A time zone: an offset, or a name of the zone database.</summary>
internal sealed class PickleZone(TimeSpan ahead, string? name = null) : PickleMade
{
    /// <summary>Offset from UTC, where there is no name.</summary>
    public TimeSpan Ahead => ahead;

    /// <summary>Name in the zone database.</summary>
    public string? Name => name;

    /// <inheritdoc/>
    public override string Kind => $"a time zone (offset {Offset})";
}
