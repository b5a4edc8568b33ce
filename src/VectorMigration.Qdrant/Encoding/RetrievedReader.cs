using System.Buffers.Text;
using System.Runtime.InteropServices;

namespace VectorMigration.Qdrant;

/// <summary>
/// Reads GetResponse by hand into rented floats, whatever the order of the points, and whatever form the vectors have:
/// <c>VectorOutput.data</c> = 1 up to 1.16, <c>dense</c> = 101 from 1.17 on; packed or not; unnamed or named. Rows that the answer does not name stay not
/// found.
/// </summary>
internal sealed class RetrievedReader
{
    /// <summary>Map entries of a point's payload.</summary>
    public const int PayloadField = 2;

    private readonly ReadOnlyMemory<PointId> ids;
    private readonly int dimension;
    private readonly byte[] vectorName;
    private readonly BatchMemory memory;
    private readonly bool[] found;
    private readonly (int Answer, Range Place)[]? payloads;
    private readonly PayloadJson? json;
    private readonly List<RawAnswer> kept = [];
    private Dictionary<int, string>? problems;
    private HashSet<int>? vectorless;
    private Dictionary<PointId, List<int>>? rowsOfIds;
    private int expectedRow;

    /// <summary>Makes a reader for rows <paramref name="ids"/>; <paramref name="memory"/> takes the components.</summary>
    public RetrievedReader(ReadOnlyMemory<PointId> ids, int dimension, string? vectorName, BatchMemory memory, PayloadJson? json)
    {
        this.ids = ids;
        this.dimension = dimension;
        this.vectorName = System.Text.Encoding.UTF8.GetBytes(vectorName ?? string.Empty);
        this.memory = memory;
        this.json = json;
        found = new bool[ids.Length];
        payloads = json is null ? null : new (int, Range)[ids.Length];
    }

    /// <summary>The rows as the contract wants them.</summary>
    public RetrievedPoints ToPoints()
    {
        CopyRepeatedIds();
        if (payloads is null)
        {
            return new RetrievedPoints(memory, dimension, found, null, problems, vectorless);
        }

        return RetrievedPoints.Of(memory, dimension, found, new ReadPayloads(json!.Written, kept, payloads), problems, vectorless);
    }

    /// <summary>Reads one answer, and takes it over where its payloads are heavy: they are compared where they lie.</summary>
    /// <param name="answer">The answer.</param>
    /// <param name="firstRow">The first row that it was asked for.</param>
    /// <exception cref="FormatException">It is not what the protocol says.</exception>
    public void Read(RawAnswer answer, int firstRow)
    {
        if (json is null || answer.Body.Length <= LargeBytes.Largest)
        {
            Read(answer.Body, firstRow);
            return;
        }

        RawAnswer heavy = answer.Keep();
        kept.Add(heavy);
        Read(heavy.Body, firstRow, kept.Count - 1);
    }

    /// <summary>Reads one answer.</summary>
    /// <exception cref="FormatException">It is not what the protocol says.</exception>
    public void Read(ReadOnlySpan<byte> response, int firstRow) => Read(response, firstRow, ReadPayloads.InText);

    /// <summary>Gives back the answers that were taken over: nothing becomes of them.</summary>
    public void Abandon() => kept.ForEach(static answer => answer.Dispose());

    private void Read(ReadOnlySpan<byte> response, int firstRow, int keptAnswer)
    {
        expectedRow = firstRow;
        if (keptAnswer == ReadPayloads.InText)
        {
            json?.Expect(response.Length);
        }

        WireReader reader = new(response);
        while (!reader.IsAtEnd)
        {
            (int field, int type) = reader.Tag();
            if (field == 1 && type == WireReader.DelimitedType)
            {
                ReadOnlySpan<byte> point = reader.Delimited();
                int end = response.Length - reader.Left;
                ReadPoint(point, keptAnswer, (end - point.Length)..end);
            }
            else
            {
                reader.Skip(type);
            }
        }
    }

    // An id that was asked for twice may be answered once.
    private void CopyRepeatedIds()
    {
        for (int row = Array.IndexOf(found, false); row >= 0; row = Array.IndexOf(found, false, row + 1))
        {
            rowsOfIds ??= IndexIds();
            List<int> same = rowsOfIds[ids.Span[row]];
            int from = same.Count == 1 ? -1 : same.Find(other => found[other]);
            if (from < 0 || !found[from] || ids.Span[from] != ids.Span[row])
            {
                continue;
            }

            found[row] = true;
            memory.Components.AsSpan(from * dimension, dimension).CopyTo(memory.Components.AsSpan(row * dimension, dimension));
            if (payloads is not null)
            {
                payloads[row] = payloads[from];
            }

            if (problems is not null && problems.TryGetValue(from, out string? problem))
            {
                problems[row] = problem;
                if (vectorless?.Contains(from) == true)
                {
                    vectorless.Add(row);
                }

            }
        }
    }

    /// <summary>Reads a point, and its payload into the text, unless the answer is kept: then <paramref name="place"/> is where it lies.</summary>
    private void ReadPoint(ReadOnlySpan<byte> point, int keptAnswer, Range place)
    {
        WireReader reader = new(point);
        PointId? id = null;
        ReadOnlySpan<byte> vectors = [];
        bool hasPayload = false;
        while (!reader.IsAtEnd)
        {
            switch (reader.Tag())
            {
                case (1, WireReader.DelimitedType):
                    id = ReadId(reader.Delimited());
                    break;
                case (PayloadField, WireReader.DelimitedType) when json is not null && keptAnswer == ReadPayloads.InText:
                    if (!hasPayload)
                    {
                        json.Begin();
                        hasPayload = true;
                    }

                    json.Entry(reader.Delimited());
                    break;
                case (4, WireReader.DelimitedType):
                    vectors = reader.Delimited();
                    break;
                case (_, int type):
                    reader.Skip(type);
                    break;
            }
        }

        Range payload = hasPayload ? json!.End() : keptAnswer == ReadPayloads.InText ? default : place;
        Place(id ?? throw new FormatException("a point without an id"), vectors, (keptAnswer, payload));
    }

    private void Place(PointId id, ReadOnlySpan<byte> vectors, (int Answer, Range Place) payload)
    {
        // Qdrant answers in the order asked; the dictionary is for those who do not, and for what comes after a missing point.
        if (expectedRow < ids.Length && rowsOfIds is null && ids.Span[expectedRow] == id)
        {
            Fill(expectedRow++, vectors, payload);
            return;
        }

        rowsOfIds ??= IndexIds();
        if (rowsOfIds.TryGetValue(id, out List<int>? rows))
        {
            foreach (int row in rows)
            {
                Fill(row, vectors, payload);
            }
        }
    }

    private Dictionary<PointId, List<int>> IndexIds()
    {
        Dictionary<PointId, List<int>> index = new(ids.Length);
        for (int row = 0; row < ids.Length; row++)
        {
            if (!index.TryGetValue(ids.Span[row], out List<int>? rows))
            {
                index.Add(ids.Span[row], rows = new List<int>(1));
            }

            rows.Add(row);
        }

        return index;
    }

    private void Fill(int row, ReadOnlySpan<byte> vectors, (int Answer, Range Place) payload)
    {
        found[row] = true;
        if (payloads is not null)
        {
            payloads[row] = payload;
        }

        bool hasVector = TryFindVector(vectors, out ReadOnlySpan<byte> vector);
        string? problem = hasVector
            ? ReadVector(vector, memory.Components.AsSpan(row * dimension, dimension))
            : vectorName.Length == 0 ? "the point has no unnamed vector" : $"the point has no vector '{System.Text.Encoding.UTF8.GetString(vectorName)}'";
        if (!hasVector)
        {
            (vectorless ??= []).Add(row);
        }

        if (problem is not null)
        {
            (problems ??= [])[row] = problem;
            memory.Components.AsSpan(row * dimension, dimension).Clear();
        }
    }

    /// <summary>VectorsOutput: vector = 1, or vectors = 2 { map entries = 1 }.</summary>
    private bool TryFindVector(ReadOnlySpan<byte> vectors, out ReadOnlySpan<byte> vector)
    {
        vector = [];
        bool isThere = false;
        WireReader reader = new(vectors);
        while (!reader.IsAtEnd)
        {
            switch (reader.Tag())
            {
                case (1, WireReader.DelimitedType) when vectorName.Length == 0:
                    vector = reader.Delimited();
                    isThere = true;
                    break;
                case (2, WireReader.DelimitedType) when vectorName.Length > 0:
                    isThere |= TryFindNamed(reader.Delimited(), ref vector);
                    break;
                case (_, int type):
                    reader.Skip(type);
                    break;
            }
        }

        return isThere;
    }

    private bool TryFindNamed(ReadOnlySpan<byte> named, ref ReadOnlySpan<byte> vector)
    {
        bool isThere = false;
        WireReader reader = new(named);
        while (!reader.IsAtEnd)
        {
            (int field, int type) = reader.Tag();
            if (field != 1 || type != WireReader.DelimitedType)
            {
                reader.Skip(type);
                continue;
            }

            WireReader.ReadEntry(reader.Delimited(), out ReadOnlySpan<byte> key, out ReadOnlySpan<byte> value);
            if (key.SequenceEqual(vectorName))
            {
                vector = value;
                isThere = true;
            }
        }

        return isThere;
    }

    /// <summary>VectorOutput: data = 1, or dense = 101 { data = 1 }. Null when the row is filled, otherwise what is wrong.</summary>
    private static string? ReadVector(ReadOnlySpan<byte> vector, Span<float> row)
    {
        WireReader reader = new(vector);
        int count = 0;
        while (!reader.IsAtEnd)
        {
            (int field, int type) = reader.Tag();
            switch (field, type)
            {
                case (1, _):
                    ReadFloats(ref reader, type, row, ref count);
                    break;
                case (101, WireReader.DelimitedType):
                    WireReader dense = new(reader.Delimited());
                    while (!dense.IsAtEnd)
                    {
                        (int inner, int innerType) = dense.Tag();
                        if (inner == 1)
                        {
                            ReadFloats(ref dense, innerType, row, ref count);
                        }
                        else
                        {
                            dense.Skip(innerType);
                        }
                    }

                    break;
                case (2 or 3 or 102 or 103, _):
                    return "the point's vector is sparse or a multivector";
                default:
                    reader.Skip(type);
                    break;
            }
        }

        return count == row.Length ? null : $"the point's vector has {count} components, expected {row.Length}";
    }

    private static void ReadFloats(ref WireReader reader, int type, Span<float> row, ref int count)
    {
        if (type == WireReader.Fixed32Type)
        {
            uint bits = reader.Fixed32();
            if (count < row.Length)
            {
                row[count] = BitConverter.UInt32BitsToSingle(bits);
            }

            count++;
            return;
        }

        if (type != WireReader.DelimitedType)
        {
            throw new FormatException("vector components of an unknown form");
        }

        ReadOnlySpan<byte> packed = reader.Delimited();
        if (packed.Length % sizeof(float) != 0)
        {
            throw new FormatException("vector components that are not a whole number of floats");
        }

        int floats = packed.Length / sizeof(float);
        if (count + floats <= row.Length)
        {
            packed.CopyTo(MemoryMarshal.AsBytes(row[count..]));
        }

        count += floats;
    }

    private static PointId ReadId(ReadOnlySpan<byte> bytes)
    {
        WireReader reader = new(bytes);
        PointId id = PointId.FromNumber(0);
        while (!reader.IsAtEnd)
        {
            switch (reader.Tag())
            {
                case (1, WireReader.VarintType):
                    id = PointId.FromNumber(reader.Varint());
                    break;
                case (2, WireReader.DelimitedType):
                    ReadOnlySpan<byte> text = reader.Delimited();
                    id = Utf8Parser.TryParse(text, out Guid guid, out int used, 'D') && used == text.Length
                        ? PointId.FromGuid(guid)
                        : throw new FormatException("a point id that is not a UUID");
                    break;
                case (_, int type):
                    reader.Skip(type);
                    break;
            }
        }

        return id;
    }
}
