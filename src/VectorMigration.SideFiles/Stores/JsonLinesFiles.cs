using System.Text.Json;

namespace VectorMigration.SideFiles.Stores;

/// <summary>
/// JSON Lines in the folder of an index. They are taken for its texts only where the folder is what was named: beside a file that was named there are often
/// exports and logs in that form.
/// </summary>
internal static class JsonLinesFiles
{
    private static readonly JsonReaderOptions Options = new() { MaxDepth = Json.JsonFileReader.MostNested };

    /// <summary>The files of a folder that are JSON Lines, in the order of their names.</summary>
    public static IReadOnlyList<string> Of(string folder, CancellationToken cancellationToken)
    {
        try
        {
            return [.. Directory.EnumerateFiles(folder).Take(StoreFinder.MostFiles).Order(StringComparer.Ordinal).Where(file => Is(file, cancellationToken))];
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // A folder that cannot be listed is taken to hold nothing.
            return [];
        }
    }

    /// <summary>Lines up to the last one that is not blank; null where the file cannot be read.</summary>
    public static long? CountOf(string path, CancellationToken cancellationToken)
    {
        try
        {
            using FileBytes bytes = UnpackedBytes.Open(path);
            using LineReader lines = new(bytes, path, 0, 0);
            long read = 0;
            long count = 0;
            while (lines.TryRead(out ReadOnlySpan<byte> line))
            {
                cancellationToken.ThrowIfCancellationRequested();
                read++;
                count = Lines.IsBlank(line) ? count : read;
            }

            return count;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or MigrationException)
        {
            // It is nobody's; where it is named, its opening reports the reason.
            return null;
        }
    }

    /// <summary>Whether the first line of a file is a whole JSON object, and the file is nothing else.</summary>
    public static bool Is(string path, CancellationToken cancellationToken)
    {
        try
        {
            using FileBytes bytes = UnpackedBytes.Open(path);
            Span<byte> mark = stackalloc byte[3];
            int first = bytes.Length > mark.Length && bytes.Read(0, mark) == mark.Length && mark.SequenceEqual((ReadOnlySpan<byte>)[0xEF, 0xBB, 0xBF])
                ? mark.Length : 0;
            using LineReader lines = new(bytes, path, first, 0);
            if (bytes.Length == 0 || OrdinaryFiles.Is(path) || !lines.TryRead(out ReadOnlySpan<byte> line))
            {
                return false;
            }

            Utf8JsonReader reader = new(line, Options);
            return reader.Read() && reader.TokenType == JsonTokenType.StartObject && reader.TrySkip() && !reader.Read()
                && StorePayloads.ContentOf(bytes, path, cancellationToken) == StoreForm.None;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or NotSupportedException or MigrationException or JsonException)
        {
            return false;
        }
    }
}
