using System.Buffers;
using System.Globalization;
using System.Text.Json;

namespace VectorMigration.Feeds;

/// <summary>
/// Places on Earth as Qdrant has them, <c>{"lon": …, "lat": …}</c>: from such an object, a text "latitude,longitude", or an array [longitude, latitude] as
/// GeoJSON has it. Degrees.
/// </summary>
internal static class GeoConversion
{
    /// <summary>Whether an array is a place rather than an array of them: its first element is a number.</summary>
    public static bool IsPlace(Utf8JsonReader reader) => reader.Read() && reader.TokenType == JsonTokenType.Number;

    /// <summary>Writes the place that a reader stands at.</summary>
    /// <returns>What was found where it is none; null where it is.</returns>
    public static string? Convert(ref Utf8JsonReader reader, IBufferWriter<byte> output)
    {
        string found = PayloadConversion.Named(reader.TokenType);
        (double? latitude, double? longitude) = reader.TokenType switch
        {
            JsonTokenType.StartObject => OfObject(ref reader),
            JsonTokenType.StartArray => OfArray(ref reader),
            JsonTokenType.String => OfText(reader.GetString()!),
            _ => (null, null),
        };
        if (latitude is not (double north and >= -90 and <= 90) || longitude is not (double east and >= -180 and <= 180))
        {
            return found;
        }

        PayloadConversion.Write(output, string.Create(CultureInfo.InvariantCulture, $$"""{"lon":{{east:R}},"lat":{{north:R}}}"""));
        return null;
    }

    private static (double? Latitude, double? Longitude) OfObject(ref Utf8JsonReader reader)
    {
        double? latitude = null;
        double? longitude = null;
        bool isPlace = true;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            bool isLatitude = reader.ValueTextEquals("lat"u8);
            bool isLongitude = reader.ValueTextEquals("lon"u8);
            reader.Read();
            double? number = reader.TokenType == JsonTokenType.Number && reader.TryGetDouble(out double value) ? value : null;
            isPlace &= number is not null && ((isLatitude && latitude is null) || (isLongitude && longitude is null));
            latitude = isLatitude ? number : latitude;
            longitude = isLongitude ? number : longitude;
            reader.Skip();
        }

        return isPlace ? (latitude, longitude) : (null, null);
    }

    private static (double? Latitude, double? Longitude) OfArray(ref Utf8JsonReader reader)
    {
        List<double> numbers = [];
        bool isPlace = true;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            isPlace &= reader.TokenType == JsonTokenType.Number && numbers.Count < 2;
            if (isPlace && reader.TryGetDouble(out double number))
            {
                numbers.Add(number);
            }

            reader.Skip();
        }

        return isPlace && numbers.Count == 2 ? (numbers[1], numbers[0]) : (null, null);
    }

    private static (double? Latitude, double? Longitude) OfText(string text)
    {
        string[] parts = text.Split(',');
        return parts.Length == 2 && Degrees(parts[0]) is double latitude && Degrees(parts[1]) is double longitude ? (latitude, longitude) : (null, null);
    }

    private static double? Degrees(string text) =>
        double.TryParse(text.Trim(' '), NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double degrees)
            ? degrees
            : null;
}
