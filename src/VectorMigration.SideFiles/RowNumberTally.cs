using System.Buffers.Text;
using System.Text;
using System.Text.Json;

namespace VectorMigration.SideFiles;

/// <summary>
/// Looks, while the rows of a payload are judged in their order, for fields that could number them: a whole number in every row, as a number or at the end
/// of a text, and never the same one twice.
/// </summary>
internal sealed class RowNumberTally
{
    /// <summary>Fields that are followed; a row of a table has few more.</summary>
    private const int MostFields = 64;

    /// <summary>Objects within objects that are looked into.</summary>
    private const int MostDepth = 3;

    /// <summary>Longer texts are no numbers.</summary>
    private const int LongestText = 128;

    /// <summary>Numbers that are held, over all fields, to find a repeated one, which nearly all fields but ids have among the first rows.</summary>
    private const int MostHeld = 1 << 18;

    /// <summary>Numbers that one field holds at most.</summary>
    private const int MostHeldByField = 1 << 16;

    private static readonly JsonReaderOptions Options = new() { MaxDepth = Stores.Json.JsonFileReader.MostNested };

    private List<Candidate>? candidates;
    private long rows;

    /// <summary>The fields that number the rows that were passed.</summary>
    public IReadOnlyList<RowNumbers> Fields => [.. (candidates ?? []).Select(candidate => candidate.Found(rows))];

    /// <summary>Passes a row, which is a JSON object that was found valid.</summary>
    public void Add(ReadOnlySpan<byte> row)
    {
        if (candidates is null)
        {
            candidates = [];
            Utf8JsonReader reader = new(row, Options);
            reader.Read();
            Collect(ref reader, []);
            candidates.ForEach(candidate => candidate.MostHeld = Math.Min(MostHeldByField, MostHeld / candidates.Count));
        }
        else if (candidates.Count > 0)
        {
            for (int i = candidates.Count - 1; i >= 0; i--)
            {
                Utf8JsonReader reader = new(row, Options);
                reader.Read();
                if (!candidates[i].Seek(ref reader) || !candidates[i].Add(rows, ref reader))
                {
                    candidates.RemoveAt(i);
                }
            }
        }

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
            else if (candidates!.Count < MostFields)
            {
                Candidate candidate = new([.. path]);
                if (candidate.Add(0, ref reader))
                {
                    candidates.Add(candidate);
                }

                reader.TrySkip();
            }
            else
            {
                reader.TrySkip();
            }

            path.RemoveAt(path.Count - 1);
        }
    }

    private sealed class Candidate(string[] path)
    {
        private readonly byte[][] names = [.. path.Select(Encoding.UTF8.GetBytes)];
        private readonly byte[] text = new byte[LongestText];
        private HashSet<long>? held = [];
        private byte[]? first;
        private int prefix = -1;
        private int suffix;
        private long least = long.MaxValue;
        private long greatest = long.MinValue;
        private long previous = long.MinValue;
        private bool ascending = true;
        private ulong numbers;
        private ulong order;

        /// <summary>Numbers that are held to find a repeated one.</summary>
        public int MostHeld { get; set; } = MostHeldByField;

        public RowNumbers Found(long rows) => new(string.Join('.', path), rows, least, greatest, ascending, numbers, order);

        /// <summary>Brings the reader, which stands at the beginning of an object, to the value of the field; false where there is none.</summary>
        public bool Seek(ref Utf8JsonReader reader)
        {
            int depth = 0;
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                bool here = reader.ValueTextEquals(names[depth]);
                reader.Read();
                if (!here)
                {
                    reader.TrySkip();
                }
                else if (++depth == names.Length)
                {
                    return true;
                }
                else if (reader.TokenType != JsonTokenType.StartObject)
                {
                    return false;
                }
            }

            return false;
        }

        /// <summary>Takes the value that the reader stands at; false where it is no number, or one that was there before.</summary>
        public bool Add(long row, ref Utf8JsonReader reader)
        {
            long number;
            switch (reader.TokenType)
            {
                case JsonTokenType.Number when first is null:
                    if (!reader.TryGetInt64(out number))
                    {
                        // pandas makes doubles of a column of ids in which one is missing.
                        if (!reader.TryGetDouble(out double real) || real != Math.Floor(real) || Math.Abs(real) >= 1L << 53)
                        {
                            return false;
                        }

                        number = (long)real;
                    }

                    break;
                case JsonTokenType.String when row == 0 || first is not null:
                    if (!TextNumber(ref reader, out number))
                    {
                        return false;
                    }

                    break;
                default:
                    return false;
            }

            return Note(row, number);
        }

        private bool Note(long row, long number)
        {
            if (held is not null && !held.Add(number))
            {
                return false;
            }

            held = held?.Count >= MostHeld ? null : held;
            ascending &= row == 0 || number > previous;
            previous = number;
            least = Math.Min(least, number);
            greatest = Math.Max(greatest, number);
            unchecked
            {
                numbers += RowNumbers.Hash(number);
                order += RowNumbers.Hash(row, number);
            }

            return true;
        }

        /// <summary>The digits of a text, where all rows have the same letters before and behind them.</summary>
        private bool TextNumber(ref Utf8JsonReader reader, out long number)
        {
            number = 0;
            if (reader.HasValueSequence || reader.ValueSpan.Length is 0 or > LongestText)
            {
                return false;
            }

            ReadOnlySpan<byte> value = text.AsSpan(0, reader.CopyString(text));
            if (first is null)
            {
                // Which digits differ is known with the second row; the last ones are taken until then.
                first = value.ToArray();
                return Digits(value, out number);
            }

            if (prefix < 0 && !Compare(value))
            {
                return false;
            }

            return value.Length > prefix + suffix
                && value[..prefix].SequenceEqual(first.AsSpan(0, prefix))
                && value[^suffix..].SequenceEqual(first.AsSpan(first.Length - suffix))
                && Utf8Parser.TryParse(value[prefix..^suffix], out number, out int used) && used == value.Length - prefix - suffix;
        }

        /// <summary>Finds what the first two rows have in common around their digits, and counts the first row by those.</summary>
        private bool Compare(ReadOnlySpan<byte> second)
        {
            ReadOnlySpan<byte> one = first;
            prefix = one.CommonPrefixLength(second);
            while (prefix > 0 && IsDigit(one[prefix - 1]))
            {
                prefix--;
            }

            suffix = 0;
            while (suffix < Math.Min(one.Length, second.Length) - prefix && one[^(suffix + 1)] == second[^(suffix + 1)])
            {
                suffix++;
            }

            while (suffix > 0 && IsDigit(one[^suffix]))
            {
                suffix--;
            }

            if (!Utf8Parser.TryParse(one[prefix..^suffix], out long number, out int used) || used != one.Length - prefix - suffix)
            {
                return false;
            }

            (held, least, greatest, numbers, order) = ([], long.MaxValue, long.MinValue, 0, 0);
            return Note(0, number);
        }

        private static bool Digits(ReadOnlySpan<byte> value, out long number)
        {
            int end = value.Length;
            while (end > 0 && !IsDigit(value[end - 1]))
            {
                end--;
            }

            int begin = end;
            while (begin > 0 && IsDigit(value[begin - 1]))
            {
                begin--;
            }

            number = 0;
            return end > begin && Utf8Parser.TryParse(value[begin..end], out number, out int used) && used == end - begin;
        }

        private static bool IsDigit(byte letter) => letter is >= (byte)'0' and <= (byte)'9';
    }
}
