using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;
using VectorMigration.SideFiles.Pickles;

namespace VectorMigration.SideFiles.Stores;

/// <summary>
/// Writes values of a pickle as JSON. What JSON has no form for is refused with the document and the key, never changed; what a few bytes of a pickle may
/// repeat without end is bounded by the size of the document. Not thread-safe; one for each document.
/// </summary>
internal sealed class ValueJson
{
    /// <summary>Most bytes of the JSON of one document, as of a line of a payload file.</summary>
    public const int MostBytes = 64 << 20;

    /// <summary>Containers in each other; Qdrant takes fewer.</summary>
    public const int MostNested = 64;

    private static readonly JsonWriterOptions Options = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        SkipValidation = true,
        MaxDepth = MostNested + 8,
    };

    private readonly string file;
    private readonly PickleText document;
    private readonly LargeInteger largeInteger;
    private readonly List<(string? Key, int Index)> path = [];
    private readonly List<PickleValue> holders = [];
    private long written;

    /// <summary>A writer for one document.</summary>
    /// <param name="file">Path of the store.</param>
    /// <param name="document">Id of the document.</param>
    /// <param name="largeInteger">What becomes of whole numbers beyond 64 bits.</param>
    public ValueJson(string file, PickleText document, LargeInteger largeInteger)
    {
        this.file = file;
        this.document = document;
        this.largeInteger = largeInteger;
    }

    /// <summary>Writes an object of some fields.</summary>
    /// <exception cref="MigrationException">A value has no form in JSON.</exception>
    public void WriteObject(IBufferWriter<byte> output, ReadOnlySpan<(string Name, PickleValue Value)> fields)
    {
        using Utf8JsonWriter writer = new(output, Options);
        writer.WriteStartObject();
        foreach ((string name, PickleValue value) in fields)
        {
            writer.WritePropertyName(name);
            path.Add((name, 0));
            Write(writer, value);
            path.RemoveAt(path.Count - 1);
        }

        writer.WriteEndObject();
        writer.Flush();
    }

    /// <summary>Writes a dictionary as the object itself.</summary>
    /// <exception cref="MigrationException">A value has no form in JSON.</exception>
    public void WriteDictionary(IBufferWriter<byte> output, PickleDict dictionary)
    {
        using Utf8JsonWriter writer = new(output, Options);
        Write(writer, dictionary);
        writer.Flush();
    }

    private void Write(Utf8JsonWriter writer, PickleValue value)
    {
        switch (value)
        {
            case PickleNone: Count(4); writer.WriteNullValue(); break;
            case PickleBool truth: Count(5); writer.WriteBooleanValue(truth.Value); break;
            case PickleInteger number: Count(number.Value is >= 0 and < 100 ? 3 : 21); writer.WriteNumberValue(number.Value); break;
            case PickleBigInteger large: WriteLarge(writer, large); break;
            case PickleFloat number: WriteRaw(writer, Finite(number.Value)); break;
            case PickleText text: WriteText(writer, text); break;
            case PickleScalar { Form: PickleScalarKind.Decimal } number: WriteDecimal(writer, number.Text); break;
            case PickleScalar scalar: WriteString(writer, scalar.Text); break;
            case PickleDuration duration: WriteString(writer, duration.ToString()); break;
            case PickleRecord { Class.Form: PickleClassKind.Uuid } uuid: WriteString(writer, UuidText(uuid)); break;
            case PickleDict dictionary: WriteDictionary(writer, dictionary); break;
            case PickleSet set: WriteSet(writer, set); break;
            case PickleContainer sequence: WriteSequence(writer, sequence); break;
            case PickleArray { Type: not null } array: WriteArray(writer, array); break;
            case PickleBytes: throw Refused("bytes, which JSON cannot represent", "Store them as a string (Base64, for example), or omit them.");
            default: throw StoreErrors.NoData(file, document, PathText(), value);
        }
    }

    private void WriteSequence(Utf8JsonWriter writer, PickleContainer sequence)
    {
        Enter(sequence);
        writer.WriteStartArray();
        for (int i = 0; i < sequence.Size; i++)
        {
            WriteItem(writer, i, sequence.Items[i]);
        }

        writer.WriteEndArray();
        Leave();
    }

    private void WriteItem(Utf8JsonWriter writer, int index, PickleValue item)
    {
        path.Add((null, index));
        Write(writer, item);
        path.RemoveAt(path.Count - 1);
    }

    private void WriteDictionary(Utf8JsonWriter writer, PickleDict dictionary)
    {
        Enter(dictionary);
        writer.WriteStartObject();
        HashSet<string> keys = new(dictionary.Count, StringComparer.Ordinal);
        for (int i = 0; i < dictionary.Size; i += 2)
        {
            string key = KeyText(dictionary.Items[i]);
            path.Add((key, 0));
            Count(3);
            if (!keys.Add(key))
            {
                throw Refused("two keys that are the same string in JSON", "Rename one of them.");
            }

            writer.WritePropertyName(key);
            Write(writer, dictionary.Items[i + 1]);
            path.RemoveAt(path.Count - 1);
        }

        writer.WriteEndObject();
        Leave();
    }

    /// <summary>A set has no order of its own that lasts: numbers come first by value, then everything else by its JSON text.</summary>
    private void WriteSet(Utf8JsonWriter writer, PickleSet set)
    {
        Enter(set);
        List<(double? Number, byte[] Json)> items = [];
        for (int i = 0; i < set.Size; i++)
        {
            ArrayBufferWriter<byte> json = new();
            using (Utf8JsonWriter item = new(json, Options))
            {
                WriteItem(item, i, set.Items[i]);
            }

            double? number = set.Items[i] switch
            {
                PickleInteger whole => whole.Value,
                PickleFloat real => real.Value,
                _ => null,
            };
            items.Add((number, json.WrittenSpan.ToArray()));
        }

        writer.WriteStartArray();
        foreach ((_, byte[] json) in items.Order(Comparer<(double? Number, byte[] Json)>.Create(CompareItems)))
        {
            writer.WriteRawValue(json, skipInputValidation: true);
        }

        writer.WriteEndArray();
        Leave();
    }

    private static int CompareItems((double? Number, byte[] Json) left, (double? Number, byte[] Json) right)
    {
        int byKind = (left.Number is null).CompareTo(right.Number is null);
        int byNumber = byKind == 0 && left.Number is double number ? number.CompareTo(right.Number!.Value) : 0;
        return byKind != 0 ? byKind : byNumber != 0 ? byNumber : left.Json.AsSpan().SequenceCompareTo(right.Json);
    }

    private void WriteArray(Utf8JsonWriter writer, PickleArray array) => WriteDimension(writer, array, new long[array.Shape.Length], 0);

    private void WriteDimension(Utf8JsonWriter writer, PickleArray array, long[] index, int dimension)
    {
        if (dimension == index.Length)
        {
            Write(writer, array.Element(index) ?? throw Refused($"{array.Kind} with an invalid element", "Omit it."));
            return;
        }

        Enter(array);
        writer.WriteStartArray();
        for (long i = 0; i < array.Shape[dimension]; i++)
        {
            index[dimension] = i;
            WriteDimension(writer, array, index, dimension + 1);
        }

        writer.WriteEndArray();
        Leave();
    }

    /// <summary>The text of a key as Python's <c>json.dumps</c> writes it: texts, True, False, None and numbers.</summary>
    private string KeyText(PickleValue key) => key switch
    {
        PickleText text when Utf8.IsValid(text.Utf8) => Counted(text),
        PickleText => throw Refused("a key with half of a surrogate pair, which is not UTF-8", "Rename it."),
        PickleBool truth => truth.Value ? "true" : "false",
        PickleNone => "null",
        PickleInteger number => number.Value.ToString(CultureInfo.InvariantCulture),
        PickleBigInteger number => number.Value.ToString(CultureInfo.InvariantCulture),
        PickleFloat number => Finite(number.Value),
        _ => throw Refused($"a key that is {key.Kind}", "Use strings, numbers, True, False or None as keys."),
    };

    private string Counted(PickleText key)
    {
        Count(key.Utf8.Length);
        return key.ToString();
    }

    private void WriteText(Utf8JsonWriter writer, PickleText text)
    {
        Count(text.Utf8.Length + 2L);
        if (!Utf8.IsValid(text.Utf8))
        {
            throw Refused("a string with half of a surrogate pair, which is not UTF-8", "Correct the text in the source.");
        }

        writer.WriteStringValue(text.Utf8);
    }

    private void WriteString(Utf8JsonWriter writer, string text)
    {
        Count(text.Length + 2L);
        writer.WriteStringValue(text);
    }

    private void WriteRaw(Utf8JsonWriter writer, string number)
    {
        Count(number.Length + 1L);
        writer.WriteRawValue(number, skipInputValidation: true);
    }

    private void WriteLarge(Utf8JsonWriter writer, PickleBigInteger large)
    {
        if (largeInteger != LargeInteger.Text)
        {
            throw StoreErrors.IntegerTooLarge(file, document, PathText());
        }

        WriteString(writer, large.Value.ToString(CultureInfo.InvariantCulture));
    }

    private void WriteDecimal(Utf8JsonWriter writer, string text)
    {
        if (PythonDecimal.ToJsonNumber(text) is string number)
        {
            WriteRaw(writer, number);
            return;
        }

        WriteString(writer, text);
    }

    private string Finite(double number) => double.IsFinite(number)
        ? PythonText.FloatText(number)
        : throw Refused(double.IsNaN(number) ? "NaN, which is not JSON" : "an infinite number, which is not JSON",
            "In the application, replace the value by None, or remove the key. Then save the store again. "
                + "Excluding the field does not help, because every value is read.");

    private string UuidText(PickleRecord uuid)
    {
        if (uuid.State is not PickleDict state || state.Find("int"u8) is not PickleValue value)
        {
            throw StoreErrors.NoData(file, document, PathText(), uuid);
        }

        System.Numerics.BigInteger number = value switch
        {
            PickleInteger small => small.Value,
            PickleBigInteger large => large.Value,
            _ => -1,
        };
        return number.Sign >= 0 && number <= (System.Numerics.BigInteger)UInt128.MaxValue
            ? ((UInt128)number).ToString("x32", CultureInfo.InvariantCulture).Insert(20, "-").Insert(16, "-").Insert(12, "-").Insert(8, "-")
            : throw StoreErrors.NoData(file, document, PathText(), uuid);
    }

    private void Enter(PickleValue holder)
    {
        Count(3);
        for (int i = holders.Count - 1; i >= 0 && holder is not PickleArray; i--)
        {
            if (!ReferenceEquals(holders[i], holder))
            {
                continue;
            }

            throw Refused($"{holder.Kind} that contains itself", "Omit it.");
        }

        if (holders.Count >= MostNested)
        {
            throw Refused($"lists or dictionaries nested more deeply than {MostNested}", "Store deeper levels as a string.");
        }

        holders.Add(holder);
    }

    private void Leave() => holders.RemoveAt(holders.Count - 1);

    private void Count(long bytes)
    {
        written += bytes;
        if (written > MostBytes)
        {
            throw StoreErrors.DocumentTooLarge(file, document, MostBytes);
        }
    }

    private MigrationException Refused(string found, string action) => StoreErrors.ValueRefused(file, document, PathText(), found, action);

    private string PathText()
    {
        StringBuilder text = new();
        foreach ((string? key, int index) in path)
        {
            text.Append(key is null ? $"[{index}]" : text.Length == 0 ? key : $".{key}");
        }

        return PickleErrors.Clean(text.ToString());
    }
}
