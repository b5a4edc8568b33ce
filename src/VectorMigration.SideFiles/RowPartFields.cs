using System.Buffers.Text;
using System.Text.Json;

namespace VectorMigration.SideFiles;

/// <summary>
/// Two fields of which one names a document and the other numbers its parts, such as source and chunk. Which ones do is found by trying: in each document,
/// the numbers begin at 0 or 1 and hardly ever repeat.
/// </summary>
internal sealed class RowPartFields
{
    /// <summary>Fields of a kind that are tried.</summary>
    private const int MostFields = 4;

    private const int LongestText = 256;

    private readonly byte[] text = new byte[LongestText];
    private readonly List<FieldPath> names = [];
    private readonly List<FieldPath> numbers = [];
    private readonly List<Pair> pairs = [];
    private long rows;

    /// <summary>The field that numbers the parts of documents in another order than the one the rows stand in; null where there is none.</summary>
    public RowNumbers? Shuffled => pairs.Find(pair => pair.Order.Count == rows && pair.Order.IsShuffled()) is Pair found
        ? new RowNumbers(found.Number.Name, rows, 0, 0, IsAscending: false, 0, 0) { IsText = true, ArePartsShuffled = true } : null;

    /// <summary>Takes a field of the first row, at whose value the reader stands.</summary>
    public void Collect(string[] path, ref Utf8JsonReader reader)
    {
        List<FieldPath>? kind = TryPart(ref reader, out _) ? numbers : IsName(ref reader) ? names : null;
        if (kind?.Count < MostFields)
        {
            kind.Add(new FieldPath(path));
        }
    }

    /// <summary>Passes a row, which is a JSON object that was found valid. The fields of the first one were collected.</summary>
    public void Add(ReadOnlySpan<byte> row, JsonReaderOptions options)
    {
        if (rows++ == 0)
        {
            pairs.AddRange(names.SelectMany(_ => numbers, static (name, number) => new Pair(name, number)));
        }

        for (int i = pairs.Count - 1; i >= 0; i--)
        {
            Utf8JsonReader name = new(row, options);
            Utf8JsonReader number = new(row, options);
            if (Reach(pairs[i].Name, ref name) && IsName(ref name) && Reach(pairs[i].Number, ref number) && TryPart(ref number, out int part)
                && !pairs[i].Order.IsOut)
            {
                pairs[i].Order.Add(RowPartOrder.Hash(text.AsSpan(0, name.CopyString(text)), []), part);
            }
            else
            {
                pairs.RemoveAt(i);
            }
        }
    }

    private static bool Reach(FieldPath field, ref Utf8JsonReader reader) => reader.Read() && field.Seek(ref reader);

    private static bool IsName(ref Utf8JsonReader reader) =>
        reader.TokenType == JsonTokenType.String && !reader.HasValueSequence && reader.ValueSpan.Length is > 0 and <= LongestText;

    /// <summary>The number of a part: 0 or more, as a number or as a text of digits, as a CSV file has it.</summary>
    private static bool TryPart(ref Utf8JsonReader reader, out int part)
    {
        part = 0;
        return reader.TokenType == JsonTokenType.Number ? reader.TryGetInt32(out part) && part >= 0
            : IsName(ref reader) && Utf8Parser.TryParse(reader.ValueSpan, out part, out int used) && used == reader.ValueSpan.Length && part >= 0;
    }

    private sealed record Pair(FieldPath Name, FieldPath Number)
    {
        public RowPartOrder Order { get; } = new();
    }
}
