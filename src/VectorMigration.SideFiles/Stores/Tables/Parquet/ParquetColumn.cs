using System.Buffers.Binary;
using VectorMigration.SideFiles.Stores.Json;
using VectorMigration.SideFiles.Stores.Tables.Columns;

namespace VectorMigration.SideFiles.Stores.Tables.Parquet;

/// <summary>
/// The values of one column in one row group, page by page: levels, which say where values are missing and where lists begin, and the values themselves,
/// those of the dictionary first.
/// </summary>
internal sealed class ParquetColumn
{
    private const int MostHeader = 1 << 20;
    private const int FirstHeader = 4 << 10;

    private readonly StorePart part;
    private readonly ParquetNode leaf;
    private readonly ParquetChunk chunk;
    private readonly ParquetValues values;
    private readonly List<byte> repetitions = [];
    private readonly List<byte> definitions = [];
    private readonly List<int> places = [];
    private int dictionary = -1;

    /// <summary>Reads a column.</summary>
    /// <param name="part">The file.</param>
    /// <param name="leaf">The column in the schema.</param>
    /// <param name="chunk">Where it lies.</param>
    /// <param name="mostBytes">What it may take.</param>
    /// <exception cref="TableDamage">It is damaged.</exception>
    public ParquetColumn(StorePart part, ParquetNode leaf, ParquetChunk chunk, long mostBytes)
    {
        this.part = part;
        this.leaf = leaf;
        this.chunk = chunk;
        values = new ParquetValues(leaf, mostBytes);
        long at = chunk.Start;
        while (places.Count < chunk.Values)
        {
            at = ReadPage(at);
        }

        TableDamage.ThrowUnless(places.Count == chunk.Values, "a column with more values than its header states");
    }

    /// <summary>Slots: values, and what stands for missing ones and empty lists.</summary>
    public int Count => places.Count;

    /// <summary>Bytes that the values take.</summary>
    public long Bytes => values.Bytes;

    /// <summary>The level at which a slot repeats; 0 begins a row.</summary>
    public int Repetition(int slot) => leaf.Repetition == 0 ? 0 : repetitions[slot];

    /// <summary>The level up to which a slot is there.</summary>
    public int Definition(int slot) => leaf.Definition == 0 ? 0 : definitions[slot];

    /// <summary>The place of the value of a slot; −1 for none.</summary>
    public int Place(int slot) => places[slot];

    /// <summary>All values.</summary>
    public TableColumn Values() => values.Column();

    private long ReadPage(long at)
    {
        long left = chunk.Start + chunk.Length - at;
        TableDamage.ThrowUnless(left > 0, "a column with fewer values than its header states");
        (ParquetPage page, int header) = ReadHeader(at, left);
        TableDamage.ThrowUnless(page.Packed <= left - header, "a page that ends past its column");
        if (page.IsDictionary)
        {
            TableDamage.ThrowUnless(dictionary < 0 && values.Count == 0, "two dictionaries in one column");
            TableDamage.ThrowUnless(page.Encoding is ParquetPage.Plain or 2, "a dictionary that is not a list of values");
            values.Add(ParquetCodec.Unpack(chunk.Codec, part.Read(at + header, page.Packed), page.Length), page.Values);
            dictionary = values.Count;
        }
        else if (page.IsData)
        {
            TableDamage.ThrowUnless(page.Values <= chunk.Values - places.Count, "a page with more values than its column");
            ReadData(page, part.Read(at + header, page.Packed));
        }

        return at + header + page.Packed;
    }

    /// <summary>Headers say not how long they are: as much is read as they may need.</summary>
    private (ParquetPage Page, int Length) ReadHeader(long at, long left)
    {
        for (int most = FirstHeader; ; most *= 16)
        {
            byte[] bytes = part.Read(at, (int)Math.Min(most, left));
            ThriftReader reader = new(bytes);
            try
            {
                return (ParquetPage.Of(reader), reader.At);
            }
            catch (TableDamage) when (bytes.Length == most && most < MostHeader)
            {
                // It may be longer: statistics hold values.
            }
        }
    }

    private void ReadData(ParquetPage page, byte[] packed)
    {
        int levels = page.IsSecondKind ? page.RepetitionLength + page.DefinitionLength : 0;
        byte[] body = page.IsSecondKind && !page.IsCompressed
            ? packed[levels..]
            : ParquetCodec.Unpack(chunk.Codec, levels == 0 ? packed : packed[levels..], page.Length - levels);
        int at = 0;
        int[] held = new int[CheckedValues(page)];
        if (leaf.Repetition > 0)
        {
            ReadLevels(page, packed.AsSpan(0, page.RepetitionLength), body, ref at, leaf.Repetition, held, repetitions);
        }

        int present = page.Values;
        if (leaf.Definition > 0)
        {
            ReadLevels(page, packed.AsSpan(page.RepetitionLength, page.DefinitionLength), body, ref at, leaf.Definition, held, definitions);
            present = held.Count(level => level == leaf.Definition);
        }
        else
        {
            Array.Fill(held, 0);
        }

        ReadPlaces(page, body, at, present, held);
    }

    private static string EncodingName(int encoding) => encoding switch
    {
        ParquetPage.Runs => "RLE",
        4 => "BIT_PACKED",
        ParquetPage.Deltas => "DELTA_BINARY_PACKED",
        ParquetPage.DeltaLengths => "DELTA_LENGTH_BYTE_ARRAY",
        ParquetPage.DeltaTexts => "DELTA_BYTE_ARRAY",
        ParquetPage.Split => "BYTE_STREAM_SPLIT",
        _ => $"{encoding}",
    };

    /// <summary>Values that are missing may take next to nothing in the file; of each row group there is an end to them all the same.</summary>
    private static int CheckedValues(ParquetPage page) =>
        page.Values <= StoreLimits.MostEntries ? page.Values : throw new TableDamage("a page with too many values");

    private static void ReadLevels(
        ParquetPage page, ReadOnlySpan<byte> own, byte[] body, ref int at, int greatest, int[] held, List<byte> levels)
    {
        ReadOnlySpan<byte> data = own;
        if (!page.IsSecondKind)
        {
            if (page.LevelEncoding != ParquetPage.Runs)
            {
                throw new TableNotRead("levels in the format from before 2014", "Write the file again with a newer program.");
            }

            TableDamage.ThrowUnless(body.Length - at >= 4, "levels that are cut short");
            int length = BinaryPrimitives.ReadInt32LittleEndian(body.AsSpan(at));
            TableDamage.ThrowUnless(length >= 0 && length <= body.Length - at - 4, "levels that are cut short");
            data = body.AsSpan(at + 4, length);
            at += 4 + length;
        }

        ParquetLevels.Read(data, ParquetLevels.BitsFor(greatest), held);
        foreach (int level in held)
        {
            TableDamage.ThrowUnless((uint)level <= (uint)greatest, "a level outside the schema");
            levels.Add((byte)level);
        }
    }

    private void ReadPlaces(ParquetPage page, byte[] body, int at, int present, int[] held)
    {
        int first = values.Count;
        int[]? found = null;
        if (page.IsOfPlaces)
        {
            found = new int[present];
            TableDamage.ThrowUnless(dictionary >= 0 && (present == 0 || at < body.Length), "places in a missing dictionary");
            if (present > 0)
            {
                ParquetLevels.Read(body.AsSpan(at + 1), body[at], found);
            }
        }
        else if (!values.TryAdd(page.Encoding, body.AsSpan(at), present))
        {
            throw new TableNotRead(
                $"values of the type {leaf.Type} in the encoding {EncodingName(page.Encoding)}",
                "Write the file with plain values and dictionaries, as pandas and pyarrow do.");
        }

        int next = 0;
        foreach (int level in held)
        {
            bool isThere = leaf.Definition == 0 || level == leaf.Definition;
            int place = !isThere ? -1 : found is null ? first + next : found[next];
            TableDamage.ThrowUnless(!isThere || found is null || (uint)place < (uint)dictionary, "a reference past the end of the dictionary");
            next += isThere ? 1 : 0;
            places.Add(place);
        }
    }
}
