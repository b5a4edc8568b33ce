namespace VectorMigration.SideFiles.Stores.Tables;

/// <summary>What reading one row came to.</summary>
internal enum CsvEnd
{
    /// <summary>It was read.</summary>
    Row,

    /// <summary>The text ends within it; more must be read.</summary>
    NeedsMore,

    /// <summary>It is not as RFC 4180 has it.</summary>
    Fault,
}

/// <summary>
/// The fields of one row of CSV as RFC 4180 has it: quotes around a field that holds the delimiter, a quote or a line break, quotes in it doubled. It reads
/// bytes, so that where rows begin is known. Not thread-safe; one is used for many rows.
/// </summary>
/// <param name="delimiter">What stands between fields.</param>
internal sealed class CsvRow(byte delimiter)
{
    /// <summary>Fields of a row.</summary>
    public const int MostFields = 10_000;

    private readonly byte[] stops = [delimiter, (byte)'"', (byte)'\n', (byte)'\r'];
    private readonly List<int> ends = [];
    private byte[] text = new byte[256];
    private int length;

    /// <summary>Fields of the row that was read.</summary>
    public int Count => ends.Count;

    /// <summary>Bytes of it, its end included.</summary>
    public int Consumed { get; private set; }

    /// <summary>What is wrong with it.</summary>
    public string? Fault { get; private set; }

    /// <summary>A field without its quotes.</summary>
    public ReadOnlySpan<byte> Field(int at)
    {
        int start = at == 0 ? 0 : ends[at - 1];
        return text.AsSpan(start, ends[at] - start);
    }

    /// <summary>Reads the row that a text begins with.</summary>
    /// <param name="bytes">The text, which is not empty.</param>
    /// <param name="isFinal">Whether nothing follows it.</param>
    public CsvEnd Read(ReadOnlySpan<byte> bytes, bool isFinal)
    {
        ends.Clear();
        length = 0;
        Fault = null;
        int at = 0;
        while (true)
        {
            CsvEnd end = at < bytes.Length && bytes[at] == '"' ? ReadQuoted(bytes, ref at) : ReadPlain(bytes, ref at);
            if (end != CsvEnd.Row)
            {
                return end == CsvEnd.NeedsMore && isFinal ? Wrong("a quote that is not closed") : end;
            }

            ends.Add(length);
            if (at == bytes.Length)
            {
                Consumed = at;
                return isFinal ? CsvEnd.Row : CsvEnd.NeedsMore;
            }

            if (bytes[at] != delimiter)
            {
                return ReadEnd(bytes, at, isFinal);
            }

            at++;
            if (ends.Count == MostFields)
            {
                return Wrong($"more than {Grouped.Of(MostFields)} fields");
            }
        }
    }

    /// <summary>A field up to its delimiter or the end of the line; there may be no quote in it.</summary>
    private CsvEnd ReadPlain(ReadOnlySpan<byte> bytes, ref int at)
    {
        int found = bytes[at..].IndexOfAny(stops);
        int stop = found < 0 ? bytes.Length : at + found;
        if (stop < bytes.Length && bytes[stop] == '"')
        {
            return Wrong("a quote within a field that does not begin with one");
        }

        Append(bytes[at..stop]);
        at = stop;
        return CsvEnd.Row;
    }

    private CsvEnd ReadQuoted(ReadOnlySpan<byte> bytes, ref int at)
    {
        at++;
        while (true)
        {
            int found = bytes[at..].IndexOf((byte)'"');
            if (found < 0)
            {
                return CsvEnd.NeedsMore;
            }

            Append(bytes.Slice(at, found));
            at += found + 1;
            if (at == bytes.Length)
            {
                return CsvEnd.Row;
            }

            if (bytes[at] != '"')
            {
                return bytes[at] == delimiter || bytes[at] is (byte)'\n' or (byte)'\r' ? CsvEnd.Row : Wrong("text after the closing quote of a field");
            }

            Append("\""u8);
            at++;
        }
    }

    private CsvEnd ReadEnd(ReadOnlySpan<byte> bytes, int at, bool isFinal)
    {
        if (bytes[at] == '\n')
        {
            Consumed = at + 1;
            return CsvEnd.Row;
        }

        if (at + 1 == bytes.Length && !isFinal)
        {
            return CsvEnd.NeedsMore;
        }

        Consumed = at + 2;
        return at + 1 < bytes.Length && bytes[at + 1] == '\n' ? CsvEnd.Row : Wrong("a carriage return without a line feed, outside quotes");
    }

    private CsvEnd Wrong(string found)
    {
        Fault = found;
        return CsvEnd.Fault;
    }

    private void Append(ReadOnlySpan<byte> part)
    {
        if (text.Length - length < part.Length)
        {
            Array.Resize(ref text, Math.Max(text.Length * 2, length + part.Length));
        }

        part.CopyTo(text.AsSpan(length));
        length += part.Length;
    }
}
