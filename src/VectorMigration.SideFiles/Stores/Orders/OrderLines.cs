using System.Text;
using VectorMigration.SideFiles.Stores.Json;

namespace VectorMigration.SideFiles.Stores.Orders;

/// <summary>Lists in text files: one value a line, with or without the name of a column, two values with one separator, or YAML.</summary>
internal static class OrderLines
{
    private static ReadOnlySpan<byte> Separators => "\t,; "u8;

    /// <summary>Reads a text file.</summary>
    public static void Read(OrderFile file, CancellationToken cancellationToken)
    {
        using StorePart part = new(file.Path);
        byte[] head = new byte[Math.Min(part.Bytes.Length, Encoding.UTF8.Preamble.Length)];
        bool isMarked = part.Bytes.Read(0, head) == Encoding.UTF8.Preamble.Length && Encoding.UTF8.Preamble.SequenceEqual(head);
        using LineReader reader = new(part.Bytes, part.Path, isMarked ? head.Length : 0, 0);
        bool isYaml = YamlEntries.Is(file.Path);
        OrderColumn whole = file.Column();
        OrderColumn first = file.Column();
        OrderColumn second = file.Column();
        byte separator = 0;
        while (reader.TryRead(out ReadOnlySpan<byte> line) && !(whole.IsOut && first.IsOut))
        {
            cancellationToken.ThrowIfCancellationRequested();
            line = line.Trim(" \t\r"u8);
            if (line.IsEmpty || (isYaml && (line[0] == (byte)'#' || line.SequenceEqual("---"u8) || line.EndsWith(":"u8))))
            {
                continue;
            }

            if (isYaml)
            {
                bool isItem = line.StartsWith("- "u8);
                whole.Add(Plain(isItem ? line[2..] : line));
                Split(line, (byte)':', first, second);
                continue;
            }

            separator = separator == 0 && first.Values.Count == 0 ? SeparatorOf(line) : separator;
            whole.Add(Plain(line));
            Split(line, separator, first, second);
        }

        KeepAll(file, [whole]);
        KeepAll(file, [first, second]);
    }

    /// <summary>Keeps columns; a value too many is the name of the column.</summary>
    private static void KeepAll(OrderFile file, OrderColumn[] columns)
    {
        if (Array.TrueForAll(columns, column => column.Values.Count == file.Count + 1))
        {
            Array.ForEach(columns, static column => column.DropFirst());
        }

        file.Keep(null, columns);
    }

    private static byte SeparatorOf(ReadOnlySpan<byte> line)
    {
        foreach (byte separator in Separators)
        {
            if (line.Count(separator) == 1)
            {
                return separator;
            }
        }

        return 0;
    }

    private static void Split(ReadOnlySpan<byte> line, byte separator, OrderColumn first, OrderColumn second)
    {
        int at = separator == 0 ? -1 : line.IndexOf(separator);
        if (at < 0)
        {
            first.Drop();
            second.Drop();
            return;
        }

        first.Add(Plain(line[..at]));
        second.Add(Plain(line[(at + 1)..]));
    }

    private static ReadOnlySpan<byte> Plain(ReadOnlySpan<byte> text)
    {
        text = text.Trim(" \t\r"u8);
        return text.Length > 1 && text[0] is (byte)'"' or (byte)'\'' && text[^1] == text[0] ? text[1..^1] : text;
    }
}
