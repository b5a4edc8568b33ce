using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;
using VectorMigration.SideFiles.Pickles;

namespace VectorMigration.SideFiles.Stores.Tables.Columns;

/// <summary>What the bytes of a value are, and how it is written as JSON.</summary>
/// <param name="Width">Bytes of each; 0 where they differ.</param>
/// <param name="Write">Writes one.</param>
internal sealed record ColumnValue(int Width, ColumnWriter Write)
{
    private const int MostScale = 100;

    /// <summary>Whether it is a real number, as the components of vectors are.</summary>
    public bool IsReal { get; init; }

    /// <summary>Whether it is a whole number with a sign.</summary>
    public bool IsSigned { get; init; }

    /// <summary>Bytes, which JSON has no form for.</summary>
    public static ColumnValue Binary(int width) => new(width, static (json, _) =>
        throw json.Refused("bytes, which JSON cannot represent", "Omit the column, or write it as a string (Base64, for example)."));

    /// <summary>Truth values of a byte each.</summary>
    public static ColumnValue Truth() => new(1, static (json, value) => json.Writer.WriteBooleanValue(value[0] != 0));

    /// <summary>Whole numbers with a sign, the lowest byte first.</summary>
    public static ColumnValue Signed(int width) => new(width, static (json, value) => json.Writer.WriteNumberValue(Integer(value))) { IsSigned = true };

    /// <summary>Whole numbers without a sign. What 64 bits with a sign do not hold is judged with the payload.</summary>
    public static ColumnValue Unsigned(int width) => new(width, static (json, value) =>
    {
        ulong number = 0;
        for (int i = value.Length - 1; i >= 0; i--)
        {
            number = (number << 8) | value[i];
        }

        json.Writer.WriteNumberValue(number);
    });

    /// <summary>Real numbers of 2, 4 or 8 bytes; the double of the same value.</summary>
    public static ColumnValue Real(int width) => new(width, static (json, value) =>
    {
        double number = value.Length switch
        {
            2 => (double)BinaryPrimitives.ReadHalfLittleEndian(value),
            4 => BinaryPrimitives.ReadSingleLittleEndian(value),
            _ => BinaryPrimitives.ReadDoubleLittleEndian(value),
        };
        if (!double.IsFinite(number))
        {
            throw json.Refused(double.IsNaN(number) ? "NaN, which is not JSON" : "an infinite number, which is not JSON", "Write null instead.");
        }

        json.Writer.WriteRawValue(PythonText.FloatText(number), skipInputValidation: true);
    })
    { IsReal = true };

    /// <summary>Decimals as texts of their digits.</summary>
    public static ColumnValue Decimal(int width, int scale, bool isBigEndian)
    {
        TableDamage.ThrowUnless(scale is >= -MostScale and <= MostScale, $"a decimal of scale {scale}");
        return new(width, (json, value) =>
        {
            // Widths that differ come from a file: no decimal has so many bytes.
            TableDamage.ThrowUnless(value.Length is > 0 and <= 64, $"a decimal of {value.Length} bytes");
            json.Writer.WriteStringValue(DecimalText(new BigInteger(value, isUnsigned: false, isBigEndian), scale));
        });
    }

    /// <summary>Days since 1970.</summary>
    public static ColumnValue Days() => new(4, static (json, value) =>
        json.Writer.WriteStringValue(ColumnMoments.Date(json, Integer(value) * 86_400)));

    /// <summary>Milliseconds since 1970 that are whole days.</summary>
    public static ColumnValue DayMilliseconds() => new(8, static (json, value) =>
        json.Writer.WriteStringValue(ColumnMoments.Date(json, (long)Math.Floor(Integer(value) / 1000d))));

    /// <summary>Moments since 1970 in units of a second; in UTC, or of no known zone.</summary>
    public static ColumnValue Moment(long perSecond, bool isUtc)
    {
        long unit = Unit(perSecond);
        return new(8, (json, value) => json.Writer.WriteStringValue(ColumnMoments.Moment(json, Integer(value), unit, isUtc)));
    }

    /// <summary>Moments as nanoseconds of a day and a Julian day, of no known zone.</summary>
    public static ColumnValue JulianMoment() => new(12, static (json, value) =>
        json.Writer.WriteStringValue(ColumnMoments.Julian(json, BinaryPrimitives.ReadInt32LittleEndian(value[8..]), Integer(value[..8]))));

    /// <summary>Times of a day.</summary>
    public static ColumnValue TimeOfDay(int width, long perSecond)
    {
        long unit = Unit(perSecond);
        return new(width, (json, value) => json.Writer.WriteStringValue(ColumnMoments.TimeOfDay(json, Integer(value), unit)));
    }

    /// <summary>Lengths of time.</summary>
    public static ColumnValue Duration(long perSecond)
    {
        long unit = Unit(perSecond);
        return new(8, (json, value) => json.Writer.WriteStringValue(ColumnMoments.Duration(Integer(value), unit)));
    }

    /// <summary>UUIDs of 16 bytes in the order in which they are written.</summary>
    public static ColumnValue Uuid() => new(16, static (json, value) => json.Writer.WriteStringValue(new Guid(value, bigEndian: true)));

    private static long Unit(long perSecond)
    {
        TableDamage.ThrowUnless(perSecond > 0, "an invalid time unit");
        return perSecond;
    }

    private static long Integer(ReadOnlySpan<byte> value)
    {
        long number = (sbyte)value[^1] < 0 ? -1 : 0;
        for (int i = value.Length - 1; i >= 0; i--)
        {
            number = (number << 8) | value[i];
        }

        return number;
    }

    private static string DecimalText(BigInteger digits, int scale)
    {
        string text = BigInteger.Abs(digits).ToString(CultureInfo.InvariantCulture);
        string whole = scale <= 0
            ? text + new string('0', digits.IsZero ? 0 : -scale)
            : text.PadLeft(scale + 1, '0').Insert(Math.Max(text.Length, scale + 1) - scale, ".");
        return digits.Sign < 0 ? "-" + whole : whole;
    }
}

/// <summary>Writes one value.</summary>
internal delegate void ColumnWriter(TableJson json, ReadOnlySpan<byte> value);
