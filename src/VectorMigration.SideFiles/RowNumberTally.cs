using System.Text.Json;

namespace VectorMigration.SideFiles;

/// <summary>
/// Looks, while the rows of a payload are judged in their order, for fields that could number them: a whole number in nearly every row, as a number or in a
/// text, and hardly ever the same one twice. A few rows without one, or with another one's, do not excuse the rest.
/// </summary>
internal sealed class RowNumberTally
{
    /// <summary>Fields that are followed; a row of a table has few more.</summary>
    private const int MostFields = 64;

    /// <summary>Rows in which a field may appear for the first time.</summary>
    private const int MostLate = 3;

    /// <summary>Objects within objects that are looked into.</summary>
    private const int MostDepth = 3;

    /// <summary>Numbers that are held, over all fields, to find a repeated one, which nearly all fields but ids have among the first rows.</summary>
    private const int MostHeld = 1 << 18;

    private static readonly JsonReaderOptions Options = new() { MaxDepth = Stores.Json.JsonFileReader.MostNested };

    private readonly List<RowNumberCandidate> candidates = [];
    private readonly HashSet<string> dropped = new(StringComparer.Ordinal);
    private readonly RowPartFields? parts;
    private long rows;

    /// <param name="looksForParts">Whether two fields that name a document and number its parts are looked for. That takes longer.</param>
    public RowNumberTally(bool looksForParts = false) => parts = looksForParts ? new RowPartFields() : null;

    /// <summary>The fields that number the rows that were passed.</summary>
    public IReadOnlyList<RowNumbers> Fields => [.. candidates.Select(candidate => candidate.Found(rows)).Append(parts?.Shuffled).OfType<RowNumbers>()];

    /// <summary>Passes a row, which is a JSON object that was found valid.</summary>
    public void Add(ReadOnlySpan<byte> row)
    {
        if (PayloadRows.WithNumbers(row) is byte[] json)
        {
            row = json;
        }

        for (int i = candidates.Count - 1; i >= 0; i--)
        {
            Utf8JsonReader reader = new(row, Options);
            reader.Read();
            candidates[i].Add(rows, ref reader);
            if (candidates[i].IsOut(rows + 1))
            {
                dropped.Add(candidates[i].Field);
                candidates.RemoveAt(i);
            }
        }

        if (rows < MostLate)
        {
            Utf8JsonReader reader = new(row, Options);
            reader.Read();
            Collect(ref reader, []);
            candidates.ForEach(candidate => candidate.MostHeld = Math.Min(RowNumberCandidate.MostHeldByField, MostHeld / candidates.Count));
        }

        parts?.Add(row, Options);
        rows++;
    }

    private void Collect(ref Utf8JsonReader reader, List<string> path)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            path.Add(reader.GetString()!);
            reader.Read();
            if (reader.TokenType == JsonTokenType.StartObject && path.Count < MostDepth)
            {
                Collect(ref reader, path);
            }
            else
            {
                Begin(ref reader, [.. path]);
                if (reader.TokenType == JsonTokenType.StartArray && path.Count < MostDepth)
                {
                    CollectFirst(reader, path);
                }

                reader.TrySkip();
            }

            path.RemoveAt(path.Count - 1);
        }
    }

    /// <summary>Collects the fields of the first object of a list.</summary>
    private void CollectFirst(Utf8JsonReader list, List<string> path)
    {
        if (list.Read() && list.TokenType == JsonTokenType.StartObject)
        {
            Collect(ref list, path);
        }
    }

    private void Begin(ref Utf8JsonReader reader, string[] path)
    {
        if (rows == 0)
        {
            parts?.Collect(path, ref reader);
        }

        string field = string.Join('.', path);
        if (candidates.Count < MostFields && !dropped.Contains(field) && !candidates.Exists(known => known.Field == field))
        {
            RowNumberCandidate candidate = new(path, looksForParts: parts is not null);
            if (candidate.Take(rows, ref reader))
            {
                candidates.Add(candidate);
            }
        }
    }
}
