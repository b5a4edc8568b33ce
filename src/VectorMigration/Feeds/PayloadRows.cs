using System.Buffers;
using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using VectorMigration.Errors;
using VectorMigration.Vectors;

namespace VectorMigration.Feeds;

/// <summary>What was found in a payload that is none the worse for it.</summary>
/// <param name="Key">The FAISS id in its key; 0 where no key is asked for.</param>
/// <param name="Changes">True where it does not go to the point as it stands.</param>
public readonly record struct RowFindings(long Key, bool Changes);

/// <summary>
/// Judges whether texts are JSON objects that Qdrant keeps as what they are, and writes them as the rules want them: the one place for files and
/// for objects of a pipeline. Thread-safe.
/// </summary>
public sealed class PayloadRows(PayloadRules rules)
{
    // Bytes of \uXXXX.
    private const int EscapeLength = 6;

    // Beyond the levels, so that it is they that decide.
    private static readonly JsonReaderOptions Options = new() { MaxDepth = 1_000 };

    private readonly byte[]? key = rules.Key is string named ? Encoding.UTF8.GetBytes(named) : null;
    private readonly PayloadMapper? mapper = rules.Mapping is null ? null : new PayloadMapper(rules.Mapping, rules.Key, rules.DropKey, rules.Reserved);

    // Of rows that are mapped, what they become is held against it.
    private readonly byte[]? reserved =
        rules.Mapping is null && rules.Reserved is string taken && taken != rules.Key ? Encoding.UTF8.GetBytes(taken) : null;

    private readonly ConcurrentBag<ArrayBufferWriter<byte>> mappedRows = [];

    /// <summary>What is wrong with a text; null when it is one object within the rules.</summary>
    public RowFault? Judge(ReadOnlySpan<byte> row, out RowFindings found)
    {
        return mapper is null ? Judge(row, key, beforeMapping: false, out found, out _) : JudgeAndMap(row, null, out found);
    }

    /// <summary>A field that a text, which was judged to be one object, has twice; null without any.</summary>
    public static RowFault? FindRepeated(ReadOnlySpan<byte> row) =>
        RepeatedNames.Find(row) is >= 0 and int at ? RowFault.FieldRepeated(JsonPath.At(row, at)) : null;

    /// <summary>
    /// A text with a number in the place of NaN and Infinity, which the rules may allow in a field that is left out; null where it has none. What reads it
    /// as JSON besides reads this.
    /// </summary>
    public static byte[]? WithNumbers(ReadOnlySpan<byte> row) => WordsForNumbers.Replaced(row);

    /// <summary>Judges a text and writes it as the rules want it; nothing is written where something is wrong with it.</summary>
    public RowFault? Take(ReadOnlySpan<byte> row, IBufferWriter<byte> output, out RowFindings found)
    {
        ArgumentNullException.ThrowIfNull(output);
        if (mapper is not null)
        {
            return JudgeAndMap(row, output, out found);
        }

        RowFault? fault = Judge(row, out found);
        if (fault is null)
        {
            Write(row, found, output);
        }

        return fault;
    }

    private RowFault? JudgeAndMap(ReadOnlySpan<byte> row, IBufferWriter<byte>? output, out RowFindings found)
    {
        RowFault? fault = Judge(row, key, beforeMapping: true, out found, out bool again);
        found = found with { Changes = true };
        if (fault is null)
        {
            return Map(row, again, output);
        }

        if (fault.ErrorId != ErrorIds.PayloadRowInvalid || WordsForNumbers.Replaced(row) is not byte[] replaced)
        {
            return fault;
        }

        // NaN and the like in a field that the mapping leaves out.
        RowFault? other = Judge(replaced, key, beforeMapping: true, out found, out again) ?? Map(replaced, again, output);
        found = found with { Changes = true };
        return other is null || (other.ErrorId != ErrorIds.PayloadRowInvalid && !other.Found.Contains(WordsForNumbers.Marker, StringComparison.Ordinal))
            ? other : fault;
    }

    /// <summary>Maps a row that was judged, judges what became of it where that may have faults of its own, and writes it where that is asked for.</summary>
    private RowFault? Map(ReadOnlySpan<byte> row, bool again, IBufferWriter<byte>? output)
    {
        again |= rules.Mapping!.NeedsJudging;
        if (!again && output is not null)
        {
            return mapper!.Map(row, output);
        }

        ArrayBufferWriter<byte> mapped = mappedRows.TryTake(out ArrayBufferWriter<byte>? used) ? used : new ArrayBufferWriter<byte>();
        mapped.ResetWrittenCount();
        bool texts = false;
        RowFault? fault = mapper!.Map(row, mapped) ?? (again ? Judge(mapped.WrittenSpan, null, beforeMapping: false, out _, out texts) : null);
        if (fault is null && output is not null)
        {
            Write(mapped.WrittenSpan, dropsKey: false, texts, output);
        }

        mappedRows.Add(mapped);
        return fault;
    }

    private RowFault? Judge(ReadOnlySpan<byte> row, byte[]? field, bool beforeMapping, out RowFindings found, out bool again)
    {
        found = default;
        again = false;
        if (!Utf8.IsValid(row))
        {
            return RowFault.NotJson("bytes that are not UTF-8");
        }

        Utf8JsonReader reader = new(row, Options);
        try
        {
            if (!reader.Read())
            {
                return RowFault.NotJson("nothing");
            }

            return reader.TokenType == JsonTokenType.StartObject
                ? JudgeObject(ref reader, row, field, beforeMapping, out found, out again)
                : RowFault.NotJson(Named(reader.TokenType));
        }
        catch (JsonException)
        {
            return JsonFault.Of(row, reader);
        }
    }

    /// <summary>Writes a text that was judged.</summary>
    public void Write(ReadOnlySpan<byte> row, in RowFindings found, IBufferWriter<byte> output)
    {
        if (mapper is null)
        {
            Write(row, rules.DropKey, found.Changes, output);
        }
        else if (Take(row, output, out _) is RowFault fault)
        {
            throw new InvalidOperationException($"A row is written that was not judged: {fault.ErrorId}.");
        }
    }

    private void Write(ReadOnlySpan<byte> row, bool dropsKey, bool changes, IBufferWriter<byte> output)
    {
        if (!changes)
        {
            output.Write(row);
            return;
        }

        int copied = 0;
        int previous = 0;
        bool first = true;
        Utf8JsonReader reader = new(row, Options);
        while (reader.Read())
        {
            int start = (int)reader.TokenStartIndex;
            if (dropsKey && reader.CurrentDepth == 1 && reader.TokenType == JsonTokenType.PropertyName && reader.ValueTextEquals(key))
            {
                output.Write(row[copied..(first ? start : previous)]);
                reader.Read();
                copied = (int)reader.BytesConsumed;
                copied += first ? LengthToNext(row[copied..]) : 0;
                continue;
            }

            if (reader.TokenType == JsonTokenType.Number && IsLargeInteger(ref reader))
            {
                output.Write(row[copied..start]);
                output.Write("\""u8);
                output.Write(reader.ValueSpan);
                output.Write("\""u8);
                copied = (int)reader.BytesConsumed;
            }

            first &= reader.TokenType == JsonTokenType.StartObject && reader.CurrentDepth == 0;
            previous = (int)reader.BytesConsumed;
        }

        output.Write(row[copied..]);
    }

    private RowFault? JudgeObject(
        ref Utf8JsonReader reader, ReadOnlySpan<byte> row, byte[]? field, bool beforeMapping, out RowFindings found, out bool again)
    {
        found = default;
        again = false;
        PayloadNesting nesting = new(stackalloc byte[PayloadNesting.Most]);
        RepeatedNames? names = rules.KeepsRepeatedFields ? null : RepeatedNames.Begin();
        long? id = null;
        while (reader.Read())
        {
            if (nesting.Follow(reader.TokenType))
            {
                return RowFault.TooDeep(reader.TokenStartIndex + 1);
            }

            if (reader.TokenType == JsonTokenType.Number)
            {
                if (NumberFault(ref reader, row, beforeMapping, ref again) is RowFault fault)
                {
                    return fault;
                }
            }
            else if (!IsText(ref reader))
            {
                return RowFault.NotJson($"half of a surrogate pair at byte {reader.TokenStartIndex + 1}");
            }
            else if (reader.TokenType == JsonTokenType.PropertyName && reader.CurrentDepth == 1 && FieldFault(ref reader, field, ref id) is RowFault fault)
            {
                return fault;
            }

            if (names?.Follow(ref reader, row) is >= 0 and int at)
            {
                if (!beforeMapping)
                {
                    return RowFault.FieldRepeated(JsonPath.At(row, at));
                }

                // A mapping may leave it out.
                again = true;
            }
        }

        if (field is not null && id is null)
        {
            return RowFault.KeyMissing(rules.Key!, SimilarField(row));
        }

        found = new RowFindings(id ?? 0, again || rules.DropKey);
        return null;
    }

    /// <summary>A field of the object whose name is that of the key in another case.</summary>
    private string? SimilarField(ReadOnlySpan<byte> row)
    {
        Utf8JsonReader reader = new(row, Options);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.GetString() is string name && string.Equals(name, rules.Key, StringComparison.OrdinalIgnoreCase))
            {
                return name;
            }

            reader.Skip();
        }

        return null;
    }

    /// <summary>What is wrong with a field of the object itself, by its name; the value of the key is read too.</summary>
    private RowFault? FieldFault(ref Utf8JsonReader reader, byte[]? field, ref long? id)
    {
        if (reserved is not null && reader.ValueTextEquals(reserved))
        {
            return RowFault.FieldTaken(rules.Reserved!);
        }

        if (field is null || !reader.ValueTextEquals(field))
        {
            return null;
        }

        if (id is not null)
        {
            return RowFault.KeyInvalid(rules.Key!, "the field twice");
        }

        reader.Read();
        if (reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out long number))
        {
            id = number;
            return null;
        }

        string? text = reader.TokenType == JsonTokenType.String && IsText(ref reader) ? reader.GetString() : null;
        if (!long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out number))
        {
            return RowFault.KeyInvalid(rules.Key!, reader.TokenType == JsonTokenType.Number ? $"the number {Encoding.UTF8.GetString(reader.ValueSpan)}"
                : Named(reader.TokenType));
        }

        id = number;
        return rules.Reserved == rules.Key && !rules.DropKey ? RowFault.FieldTaken(rules.Key!, "a string, which would become a number") : null;
    }

    private RowFault? NumberFault(ref Utf8JsonReader reader, ReadOnlySpan<byte> row, bool beforeMapping, ref bool again)
    {
        if (IsLargeInteger(ref reader))
        {
            again = true;
            return beforeMapping || rules.LargeInteger == LargeInteger.Text ? null : RowFault.IntegerTooLarge(
                JsonPath.At(row, reader.TokenStartIndex), Shortened(reader.ValueSpan));
        }

        if (reader.TryGetDouble(out double number) && double.IsFinite(number))
        {
            return null;
        }

        // A mapping may leave it out.
        again |= beforeMapping;
        return beforeMapping ? null : RowFault.NumberTooLarge(JsonPath.At(row, reader.TokenStartIndex), Shortened(reader.ValueSpan));
    }

    private static bool IsLargeInteger(ref Utf8JsonReader reader) => !reader.TryGetInt64(out _) && reader.ValueSpan.IndexOfAny(".eE"u8) < 0;

    /// <summary>An escape such as \ud800 without its other half is JSON by grammar and no text.</summary>
    private static bool IsText(ref Utf8JsonReader reader)
    {
        if (!reader.ValueIsEscaped || reader.TokenType is not (JsonTokenType.String or JsonTokenType.PropertyName))
        {
            return true;
        }

        // Nothing is unescaped for this: a text may be many megabytes.
        ReadOnlySpan<byte> rest = reader.ValueSpan;
        for (int at = rest.IndexOf((byte)'\\'); at >= 0; at = rest.IndexOf((byte)'\\'))
        {
            rest = rest[at..];
            int unit = EscapedUnit(rest);
            if (unit < 0 || !char.IsSurrogate((char)unit))
            {
                rest = rest[(unit < 0 ? 2 : EscapeLength)..];
                continue;
            }

            int second = rest.Length > EscapeLength ? EscapedUnit(rest[EscapeLength..]) : -1;
            if (second < 0 || !char.IsSurrogatePair((char)unit, (char)second))
            {
                return false;
            }

            rest = rest[(2 * EscapeLength)..];
        }

        return true;
    }

    /// <summary>The UTF-16 unit of an escape <c>\uXXXX</c> at the beginning of a text of JSON; -1 where there is none.</summary>
    private static int EscapedUnit(ReadOnlySpan<byte> text) =>
        text.Length >= EscapeLength && text[0] == '\\' && text[1] == 'u'
            && int.TryParse(text[2..EscapeLength], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out int unit) ? unit : -1;

    /// <summary>Bytes up to what follows a field that is left out at the beginning, the comma included.</summary>
    private static int LengthToNext(ReadOnlySpan<byte> rest)
    {
        int at = rest.IndexOfAnyExcept(" \t\r\n"u8);
        return at >= 0 && rest[at] == ',' ? at + 1 : 0;
    }

    private static string Shortened(ReadOnlySpan<byte> number) =>
        number.Length <= 40 ? Encoding.UTF8.GetString(number) : $"{Encoding.UTF8.GetString(number[..40])}… ({number.Length} digits)";

    private static string Named(JsonTokenType token) => token switch
    {
        JsonTokenType.StartArray => "an array",
        JsonTokenType.StartObject => "an object",
        JsonTokenType.String => "a string",
        JsonTokenType.Number => "a number",
        _ => token.ToString().ToLowerInvariant(),
    };
}
