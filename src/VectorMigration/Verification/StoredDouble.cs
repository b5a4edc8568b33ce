using System.Globalization;

namespace VectorMigration.Verification;

/// <summary>
/// What Qdrant makes of a double in a payload. It keeps payloads as JSON with the shortest digits that tell the double apart, and reads them by one
/// multiplication or division of the digits by a power of ten, which is off in the last bit for about one of ten numbers with 16 or 17 digits. When segments
/// are merged, what was read is written again.
/// </summary>
internal static class StoredDouble
{
    /// <summary>Times that a number is read and written again at most.</summary>
    private const int MostReadings = 16;

    private const int GreatestPower = 308;

    /// <summary>Whether a server that was sent a number can answer with another.</summary>
    public static bool MayBecome(double sent, double read)
    {
        double value = sent;
        for (int i = 0; i < MostReadings; i++)
        {
            double next = Read(value);
            if (next.Equals(read))
            {
                return true;
            }

            if (next.Equals(value) || !double.IsFinite(next))
            {
                return false;
            }

            value = next;
        }

        return false;
    }

    /// <summary>The number that is read from the shortest digits of another.</summary>
    private static double Read(double value)
    {
        string shortest = Math.Abs(value).ToString("R", CultureInfo.InvariantCulture);
        (ulong digits, int exponent) = Digits(shortest);
        double read = digits;
        while (exponent < -GreatestPower && read != 0)
        {
            read /= 1e308;
            exponent += GreatestPower;
        }

        read = exponent < 0 ? read / Power(-exponent) : exponent > 0 ? read * Power(exponent) : read;
        return double.IsNegative(value) ? -read : read;
    }

    /// <summary>The digits of a number as a whole one, and the power of ten that goes with it.</summary>
    private static (ulong Digits, int Exponent) Digits(string shortest)
    {
        int e = shortest.IndexOf('E', StringComparison.Ordinal);
        int exponent = e < 0 ? 0 : int.Parse(shortest.AsSpan(e + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        string mantissa = e < 0 ? shortest : shortest[..e];
        int point = mantissa.IndexOf('.', StringComparison.Ordinal);
        if (point >= 0)
        {
            exponent -= mantissa.Length - point - 1;
            mantissa = mantissa.Remove(point, 1);
        }

        return (ulong.Parse(mantissa, CultureInfo.InvariantCulture), exponent);
    }

    private static double Power(int exponent) => double.Parse($"1e{exponent}", CultureInfo.InvariantCulture);
}
