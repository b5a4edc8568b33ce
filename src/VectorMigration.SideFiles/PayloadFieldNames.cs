using System.Text;
using System.Text.Json;
using VectorMigration.SideFiles.Stores;

namespace VectorMigration.SideFiles;

/// <summary>The fields of a payload file, by its first row: what a shell offers for options that name one.</summary>
public static class PayloadFieldNames
{
    private const int MostRead = 64 * 1024;

    /// <summary>The fields, <c>metadata.source</c> for one within an object; none where the file cannot be read, or is of another form.</summary>
    /// <param name="path">Full path of a file: JSON Lines, a JSON list or CSV, also compressed with gzip.</param>
    public static IReadOnlyList<string> Of(string path)
    {
        try
        {
            byte[] start = new byte[MostRead];
            using FileBytes file = UnpackedBytes.Open(path);
            using FileBytesStream stream = new(file);
            ReadOnlySpan<byte> text = start.AsSpan(0, stream.ReadAtLeast(start, MostRead, throwOnEndOfStream: false));
            text = text.StartsWith(Encoding.UTF8.Preamble) ? text[3..] : text;
            return text.TrimStart(" \t\r\n"u8) is [(byte)'{' or (byte)'[', ..] ? OfJson(text) : OfTable(text);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or JsonException or ArgumentException or NotSupportedException
            or InvalidOperationException or MigrationException)
        {
            // A shell has nobody to tell: the command itself tells what is wrong with the file.
            return [];
        }
    }

    /// <summary>Fields of the first object, also where its end was not read.</summary>
    private static List<string> OfJson(ReadOnlySpan<byte> text)
    {
        List<string> fields = [];
        Stack<string> within = [];
        Utf8JsonReader reader = new(text, isFinalBlock: false, default);
        string name = string.Empty;
        int arrays = 0;
        while (reader.Read())
        {
            switch (reader.TokenType)
            {
                case JsonTokenType.StartArray when within.Count > 0:
                    arrays++;
                    break;
                case JsonTokenType.EndArray:
                    arrays--;
                    break;
                case JsonTokenType.StartObject when arrays <= 0:
                    within.Push(within.Count == 0 ? string.Empty : name + ".");
                    break;
                case JsonTokenType.EndObject when arrays <= 0:
                    within.Pop();
                    if (within.Count == 0)
                    {
                        return fields;
                    }

                    break;
                case JsonTokenType.PropertyName when arrays <= 0:
                    name = within.Peek() + reader.GetString();
                    fields.Add(name);
                    break;
            }
        }

        return fields;
    }

    /// <summary>Names in the first line of a CSV file.</summary>
    private static IReadOnlyList<string> OfTable(ReadOnlySpan<byte> text)
    {
        int end = text.IndexOfAny((byte)'\r', (byte)'\n');
        string line = Encoding.UTF8.GetString(end < 0 ? text : text[..end]);
        char delimiter = ((char[])[',', ';', '\t']).MaxBy(sign => line.Count(candidate => candidate == sign));
        return line.Any(char.IsControl) && delimiter != '\t' ? [] : [.. line.Split(delimiter).Select(static name => name.Trim('"', ' '))];
    }
}
