using System.Buffers.Text;
using System.Globalization;
using System.Text.Json;
using VectorMigration.SideFiles.Pickles;
using VectorMigration.SideFiles.Stores.Json;

namespace VectorMigration.SideFiles.Stores;

/// <summary>
/// Looks into JSON of no known structure for a list, or an object, with one entry for each vector, at any depth. The file is read block by block.
/// </summary>
internal sealed class UnusedJson
{
    /// <summary>Containers whose names are told.</summary>
    private const int MostNamed = 6;

    /// <summary>What is this much off is the texts of an earlier or a later state of the index.</summary>
    private const int Nearly = 10;

    private readonly string path;
    private readonly long vectors;
    private readonly Stack<Frame> frames = new();
    private Frame root;
    private Frame? exact;
    private Frame? near;
    private bool ended;

    private UnusedJson(string path, long vectors)
    {
        this.path = path;
        this.vectors = vectors;
    }

    /// <summary>What speaks for texts in a JSON file; null where nothing does.</summary>
    public static UnusedFile? Of(FileBytes bytes, string path, long vectors, CancellationToken cancellationToken)
    {
        UnusedJson look = new(path, vectors);
        try
        {
            look.Read(new JsonFileReader(bytes, path), cancellationToken);
        }
        catch (MigrationException error)
        {
            return look.ended ? look.OfSeveral(bytes, cancellationToken) : look.OfDamaged(bytes, error);
        }

        return look.ended ? look.Found() : null;
    }

    private UnusedFile? Found()
    {
        if (exact is Frame found)
        {
            return found.IsRoot ? OfRoot(found) : Because(
                $"its field '{found.Name}' has one entry per vector ({Grouped.Of(vectors)}), and the structure of the file is not "
                    + "known", found.HasTexts, fits: true);
        }

        if (root is { IsList: true, HasTexts: true, Count: > 1 })
        {
            return Because(Counts(root.Count), true, fits: false);
        }

        return near is Frame other ? Because($"its field '{other.Name}' has {Of(other.Count, "entry", "entries")}, and the index has "
            + $"{Of(vectors, "vector", "vectors")}", true, fits: false) : null;
    }

    private UnusedFile OfRoot(Frame found) => found.IsList
        ? Because($"it is a list with one entry per vector ({Grouped.Of(vectors)}), and the structure of its entries is not known", found.HasTexts, fits: true)
        : Because($"it is an object with one field per vector ({Grouped.Of(vectors)}), whose names are no FAISS ids", found.HasTexts, fits: true) with
        {
            Numbers = found.Whole == found.Count ? found.Numbers : null,
        };

    /// <summary>Several values one behind the other, each over several lines.</summary>
    private UnusedFile OfSeveral(FileBytes bytes, CancellationToken cancellationToken)
    {
        long count = Values(bytes, cancellationToken);
        return Because(count == vectors ? $"it has one JSON object per vector ({Grouped.Of(vectors)}) over several lines; JSON Lines has one object per line"
            : $"it has {Of(count, "JSON value", "JSON values")} one after the other, and the index has {Of(vectors, "vector", "vectors")}", true,
            count == vectors) with
        { IsSeveral = true };
    }

    /// <summary>Settings with comments are no JSON either, and nobody's texts.</summary>
    private UnusedFile? OfDamaged(FileBytes bytes, MigrationException error)
    {
        byte[] head = new byte[(int)Math.Min(4 << 10, bytes.Length)];
        int read = bytes.Read(0, head);
        ReadOnlySpan<byte> text = head.AsSpan(0, read);
        foreach (Range line in text.Split((byte)'\n'))
        {
            ReadOnlySpan<byte> begun = text[line].TrimStart(" \t"u8);
            if (begun.StartsWith("//"u8) || begun.StartsWith("/*"u8) || begun.StartsWith("#"u8))
            {
                return null;
            }
        }

        return new UnusedFile(path, "it cannot be read as JSON", error, MayBeTexts: true);
    }

    private void Read(JsonFileReader json, CancellationToken cancellationToken)
    {
        string? name = null;
        while (json.Read())
        {
            cancellationToken.ThrowIfCancellationRequested();
            switch (json.Token)
            {
                case JsonTokenType.PropertyName:
                    name = frames.Count <= MostNamed ? PickleErrors.Clean(json.ShownText()) : null;
                    break;
                case JsonTokenType.StartObject or JsonTokenType.StartArray:
                    Begin(json.Token == JsonTokenType.StartArray, name);
                    name = null;
                    break;
                case JsonTokenType.EndObject or JsonTokenType.EndArray:
                    End();
                    break;
                case JsonTokenType.Number when frames.Count == 1 && Utf8Parser.TryParse(json.Raw, out long number, out int length) && length == json.Raw.Length:
                    Note(isText: false, number);
                    break;
                default:
                    Note(json.Token == JsonTokenType.String);
                    break;
            }
        }
    }

    private void Begin(bool isList, string? name)
    {
        Note(isText: false);
        string? full = frames.Count == 0 ? null : frames.Peek().Name is string above && name is not null ? $"{above}.{name}" : name ?? frames.Peek().Name;
        frames.Push(new Frame(full, isList) { IsRoot = frames.Count == 0 });
    }

    private void End()
    {
        Frame closed = frames.Pop();
        if (frames.Count > 0)
        {
            Frame above = frames.Pop();
            above.HasTexts |= closed.HasTexts;
            frames.Push(above);
        }
        else
        {
            root = closed;
            ended = true;
        }

        // A list of texts outweighs one of numbers, which are labels or ids.
        if (closed.Count == vectors && (exact is not Frame known || (closed.HasTexts && !known.HasTexts)))
        {
            exact = closed;
        }
        else if (closed is { HasTexts: true, IsRoot: false } && Math.Abs(closed.Count - vectors) <= vectors / Nearly)
        {
            near ??= closed;
        }
    }

    private void Note(bool isText, long? number = null)
    {
        if (frames.Count > 0)
        {
            Frame frame = frames.Pop();
            frame.Count++;
            frame.HasTexts |= isText;
            frame.Whole += number is null ? 0 : 1;
            frame.Numbers = unchecked(frame.Numbers + (number is long whole ? RowNumbers.Hash(whole) : 0));
            frames.Push(frame);
        }
    }

    /// <summary>Values that follow one another, by their brackets.</summary>
    private static long Values(FileBytes bytes, CancellationToken cancellationToken)
    {
        byte[] block = new byte[64 << 10];
        long values = 0;
        int depth = 0;
        bool inText = false;
        bool isEscaped = false;
        for (long at = 0; at < bytes.Length;)
        {
            cancellationToken.ThrowIfCancellationRequested();
            int read = bytes.Read(at, block);
            if (read == 0)
            {
                break;
            }

            foreach (byte letter in block.AsSpan(0, read))
            {
                if (inText)
                {
                    inText = isEscaped || letter != '"';
                    isEscaped = !isEscaped && letter == '\\';
                    continue;
                }

                inText = letter == '"';
                depth += letter is (byte)'{' or (byte)'[' ? 1 : letter is (byte)'}' or (byte)']' ? -1 : 0;
                values += letter is (byte)'}' or (byte)']' && depth == 0 ? 1 : 0;
            }

            at += read;
        }

        return values;
    }

    private UnusedFile Because(string why, bool hasTexts, bool fits) => new(path, why, null, hasTexts) { Fits = fits };

    private string Counts(long count) => $"it has {Of(count, "entry", "entries")}, and the index has {Of(vectors, "vector", "vectors")}";

    private static string Of(long count, string one, string many) => string.Create(CultureInfo.InvariantCulture, $"{count:N0} {(count == 1 ? one : many)}");

    private record struct Frame(string? Name, bool IsList)
    {
        public long Count { get; set; }

        public bool HasTexts { get; set; }

        public bool IsRoot { get; init; }

        /// <summary>Values that are whole numbers, of the outermost container.</summary>
        public long Whole { get; set; }

        /// <summary>Sum of their hashes.</summary>
        public ulong Numbers { get; set; }
    }
}
