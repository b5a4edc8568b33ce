using System.Buffers.Text;
using System.Text.Json;

namespace VectorMigration.SideFiles;

/// <summary>
/// Two fields of which one names a document and the other numbers its parts, such as source and chunk. Which ones do is found by trying: in each document,
/// the numbers begin at 0 or 1 and none of them repeats.
/// </summary>
internal sealed class RowPartFields
{
    /// <summary>Fields of a kind that are tried.</summary>
    private const int MostFields = 4;

    private const int MostDepth = 2;

    private const int LongestText = 256;

    /// <summary>Rows after which documents of one row each are no documents.</summary>
    private const int Trial = 1 << 14;

    private readonly JsonReaderOptions options = new() { MaxDepth = Stores.Json.JsonFileReader.MostNested };
    private readonly byte[] text = new byte[LongestText];
    private readonly List<Pair> pairs = [];
    private long rows;

    /// <summary>The field that numbers the parts of documents in another order than the one the rows stand in; null where there is none.</summary>
    public RowNumbers? Shuffled => pairs.Find(pair => pair.Order.Count == rows && pair.Order.IsShuffled()) is Pair found
        ? new RowNumbers(found.Number.Name, rows, 0, 0, IsAscending: false, 0, 0) { IsText = true, ArePartsShuffled = true } : null;

    /// <summary>Passes a row, which is a JSON object that was found valid.</summary>
    public void Add(ReadOnlySpan<byte> row)
    {
        if (rows++ == 0)
        {
            Collect(row);
        }

        pairs.RemoveAll(pair => pair.Order.HasRepeated || (rows > Trial && pair.Order.IsOfSingles));
        for (int i = pairs.Count - 1; i >= 0; i--)
        {
            if (!Document(row, pairs[i].Text, out ulong document) || !Part(row, pairs[i].Number, out int part))
            {
                pairs.RemoveAt(i);
                continue;
            }

            pairs[i].Order.Add(document, part);
        }
    }

    private static bool TryPart(ref Utf8JsonReader reader, Span<byte> text, out int part)
    {
        part = 0;
        if (reader.TokenType == JsonTokenType.Number)
        {
            return reader.TryGetInt32(out part) && part >= 0;
        }

        if (reader.TokenType != JsonTokenType.String || reader.HasValueSequence || reader.ValueSpan.Length is 0 or > 9)
        {
            return false;
        }

        int length = reader.CopyString(text);
        return Utf8Parser.TryParse(text[..length], out part, out int used) && used == length && part >= 0;
    }

    private bool Part(ReadOnlySpan<byte> row, FieldPath field, out int part)
    {
        Utf8JsonReader reader = new(row, options);
        reader.Read();
        part = 0;
        return field.Seek(ref reader) && TryPart(ref reader, text, out part);
    }

    private bool Document(ReadOnlySpan<byte> row, FieldPath field, out ulong document)
    {
        Utf8JsonReader reader = new(row, options);
        reader.Read();
        document = 0;
        if (!field.Seek(ref reader) || !IsName(ref reader))
        {
            return false;
        }

        document = RowPartOrder.Hash(text.AsSpan(0, reader.CopyString(text)), []);
        return true;
    }

    private static bool IsName(ref Utf8JsonReader reader) =>
        reader.TokenType == JsonTokenType.String && !reader.HasValueSequence && reader.ValueSpan.Length is > 0 and <= LongestText;

    private void Collect(ReadOnlySpan<byte> row)
    {
        List<FieldPath> names = [];
        List<FieldPath> numbers = [];
        Utf8JsonReader reader = new(row, options);
        reader.Read();
        Collect(ref reader, [], names, numbers);
        pairs.AddRange(names.Take(MostFields).SelectMany(_ => numbers.Take(MostFields), static (name, number) => new Pair(name, number)));
    }

    private void Collect(ref Utf8JsonReader reader, List<string> path, List<FieldPath> names, List<FieldPath> numbers)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            path.Add(reader.GetString()!);
            reader.Read();
            if (reader.TokenType == JsonTokenType.StartObject && path.Count < MostDepth)
            {
                Collect(ref reader, path, names, numbers);
            }
            else
            {
                if (TryPart(ref reader, text, out _))
                {
                    numbers.Add(new FieldPath([.. path]));
                }
                else if (IsName(ref reader))
                {
                    names.Add(new FieldPath([.. path]));
                }

                reader.TrySkip();
            }

            path.RemoveAt(path.Count - 1);
        }
    }

    private sealed record Pair(FieldPath Text, FieldPath Number)
    {
        public RowPartOrder Order { get; } = new();
    }
}
