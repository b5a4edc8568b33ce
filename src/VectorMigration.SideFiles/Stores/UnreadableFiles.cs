using System.Buffers;
using System.Globalization;
using System.Text;

namespace VectorMigration.SideFiles.Stores;

/// <summary>
/// Files beside an index that have the name of data and not its content: empty, full of zero bytes, or no text. A full disk or an interrupted copy leaves
/// such files in place of the texts.
/// </summary>
internal static class UnreadableFiles
{
    private const int BlockSize = 1 << 16;

    /// <summary>A file is not read beyond this.</summary>
    private const long MostRead = 256 << 20;

    /// <summary>An empty file; null where its name is not that of data.</summary>
    public static UnusedFile? OfEmpty(string path) => Because(path, "it is empty");

    /// <summary>JSON that was looked through, and holds nothing: a list or an object without entries.</summary>
    public static UnusedFile? OfEmptyJson(string path)
    {
        byte[] head = new byte[64];
        int read = Head(path, head);
        ReadOnlySpan<byte> text = head.AsSpan(0, read).TrimStart((ReadOnlySpan<byte>)[0xEF, 0xBB, 0xBF]).Trim(" \t\r\n"u8);
        return read == head.Length || text.Length < 2 || text[1..^1].Trim(" \t\r\n"u8).Length > 0 ? null
            : text[0] == (byte)'[' ? new UnusedFile(path, "it is an empty list", null, MayBeTexts: true)
            : new UnusedFile(path, "it is an empty object", null, MayBeTexts: false);
    }

    /// <summary>Text in a file whose name is that of binary data, or JSON that is neither a list nor an object.</summary>
    public static UnusedFile? OfText(string path) => Path.GetExtension(path).ToUpperInvariant() switch
    {
        ".JSON" => new UnusedFile(path, "it holds neither a list nor an object", null, MayBeTexts: false),
        ".PKL" or ".PICKLE" or ".PARQUET" or ".ARROW" or ".FEATHER" or ".NPY" or ".NPZ" or ".DB" or ".SQLITE" or ".SQLITE3" or ".XLSX" =>
            Because(path, "it is plain text, which its name does not suggest"),
        _ => null,
    };

    /// <summary>Lines of text that are not in UTF-8; null where they are.</summary>
    /// <param name="path">The file.</param>
    /// <param name="lines">Its lines.</param>
    /// <param name="vectors">Vectors of the index.</param>
    public static UnusedFile? OfNoText(string path, long lines, long vectors) =>
        lines == vectors && !IsText(path)
            ? new UnusedFile(path, string.Create(CultureInfo.InvariantCulture, $"it has one line per vector ({vectors:N0}), and is not text in UTF-8"), null,
                MayBeTexts: true)
            { Fits = true }
            : null;

    /// <summary>Content of no known form.</summary>
    /// <param name="path">The file.</param>
    /// <param name="rows">Rows that its form would have by its name; null where that is not known.</param>
    /// <param name="vectors">Vectors of the index.</param>
    public static UnusedFile? OfUnknown(string path, long? rows, long vectors)
    {
        byte[] head = new byte[FileForms.Sample];
        int read = Head(path, head);
        if (read > 0 && !head.AsSpan(0, read).ContainsAnyExcept((byte)0))
        {
            return Because(path, "it begins with zero bytes, so it was not written completely");
        }

        if ((rows ?? Lines(path)) == vectors && OrdinaryFiles.MayBeTextLines(path))
        {
            return new UnusedFile(path, string.Create(CultureInfo.InvariantCulture, $"it has one {(rows is null ? "line" : "row")} per vector ({vectors:N0}), ")
                + "and contains bytes that are not text in UTF-8", null, MayBeTexts: true)
            { Fits = true };
        }

        return Because(path, "its content is of no known form");
    }

    /// <summary>Notes are empty, or in another encoding, as a matter of course: of a text file it is told.</summary>
    private static UnusedFile? Because(string path, string why) => !OrdinaryFiles.IsNamedData(path) ? null
        : new UnusedFile(path, why, null, MayBeTexts: Path.GetExtension(path).ToUpperInvariant() is not (".TXT" or ".JSON")
            || Path.GetFileName(path).Equals("docstore.json", StringComparison.OrdinalIgnoreCase));

    private static int Head(string path, Span<byte> head)
    {
        using FileBytes bytes = UnpackedBytes.Open(path);
        return bytes.Length == 0 ? 0 : bytes.Read(0, head[..(int)Math.Min(head.Length, bytes.Length)]);
    }

    /// <summary>Lines by their ends; null where the file is too large.</summary>
    private static long? Lines(string path)
    {
        long lines = 0;
        byte last = (byte)'\n';
        return ForEach(path, block =>
        {
            lines += block.Count((byte)'\n');
            last = block[^1];
            return true;
        }) ? lines + (last == '\n' ? 0 : 1) : null;
    }

    private static bool IsText(string path)
    {
        Decoder decoder = new UTF8Encoding(false, true).GetDecoder();
        char[] text = new char[BlockSize + 1];
        try
        {
            return ForEach(path, block =>
            {
                decoder.GetChars(block, text, flush: false);
                return !block.Contains((byte)0);
            });
        }
        catch (DecoderFallbackException)
        {
            return false;
        }
    }

    /// <summary>Passes a file block by block; false where it is too large, or <paramref name="take"/> ends it.</summary>
    internal static bool ForEach(string path, Func<ReadOnlySpan<byte>, bool> take)
    {
        using FileBytes bytes = UnpackedBytes.Open(path);
        if (bytes.Length > MostRead)
        {
            return false;
        }

        byte[] block = ArrayPool<byte>.Shared.Rent(BlockSize);
        try
        {
            for (long at = 0; at < bytes.Length;)
            {
                int read = bytes.Read(at, block.AsSpan(0, (int)Math.Min(BlockSize, bytes.Length - at)));
                if (read == 0 || !take(block.AsSpan(0, read)))
                {
                    return read == 0;
                }

                at += read;
            }

            return true;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(block);
        }
    }
}
