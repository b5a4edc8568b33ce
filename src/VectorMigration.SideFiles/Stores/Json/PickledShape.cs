using System.Globalization;
using VectorMigration.SideFiles.Pickles;

namespace VectorMigration.SideFiles.Stores.Json;

/// <summary>
/// The entries of a pickle, whatever containers they are in: a list, an array of NumPy, a dictionary of FAISS ids, or texts, metadata and ids side by side. A
/// structure with more than one meaning is refused.
/// </summary>
/// <param name="Values">One entry for each document.</param>
/// <param name="Keys">Their FAISS ids; null where entry n belongs to the vector that was added n-th.</param>
internal sealed record PickledShape(PickleValue[] Values, long[]? Keys)
{
    /// <summary>Name and rows of the vectors that lie next to the entries, one for each; null where there are none.</summary>
    public (string Name, PickleValue Rows)? Vectors { get; init; }

    private const string Expected = "a list, or a dictionary of positions";

    private static readonly string[] TextNames =
        ["texts", "text", "documents", "docs", "chunks", "contents", "content", "page_contents", "passages", "sentences", "items", "data"];

    private static readonly string[] MetadataNames = ["metadatas", "metadata", "metas", "meta"];

    private static readonly string[] IdNames = ["ids", "faiss_ids", "id", "indices", "positions"];

    /// <summary>The entries of a pickle.</summary>
    /// <param name="path">The file, for messages.</param>
    /// <param name="root">What it holds.</param>
    /// <exception cref="MigrationException">It is of no such structure.</exception>
    public static PickledShape Of(string path, PickleValue root) => root switch
    {
        PickleList list => new PickledShape(list.Items.ToArray(), null),
        PickleArray array when EntriesOf(array) is PickleValue[] values => new PickledShape(values, null),
        PickleTuple { Items: [PickleValue texts, PickleValue metadata] } => OfPair(path, root, texts, metadata),
        PickleDict dictionary when HasNames(dictionary) => OfColumns(path, dictionary),
        PickleDict dictionary => OfPositions(path, dictionary),
        PickleToken or PickleClass => throw PickleErrors.NoData(path, "the object in it", root),
        _ => throw JsonErrors.Invalid(path, Expected, root.Kind),
    };

    private static PickledShape OfPair(string path, PickleValue root, PickleValue texts, PickleValue metadata) =>
        EntriesOf(texts) is PickleValue[] values && EntriesOf(metadata) is PickleValue[] others && values.Length == others.Length
            && Array.TrueForAll(values, static value => value is PickleText) && Array.TrueForAll(others, static value => value is PickleDict)
            ? new PickledShape(Paired(values, others), null)
            : throw JsonErrors.Invalid(path, "a tuple of two lists of one length, texts and metadata", root.Kind);

    /// <summary>A dictionary whose keys are names: at most texts, metadata and ids are in it side by side.</summary>
    private static PickledShape OfColumns(string path, PickleDict dictionary)
    {
        PickleValue? texts = null;
        PickleValue? metadata = null;
        PickleValue? ids = null;
        (string Name, PickleValue Rows)? vectors = null;
        foreach ((string name, PickleValue value) in Fields(dictionary))
        {
            if (value is not PickleContainer and not PickleArray || AreVectors(value))
            {
                vectors ??= value is PickleContainer or PickleArray ? (name, value) : null;
                continue;
            }

            bool isKnown = Take(ref texts, TextNames, name, value) || Take(ref metadata, MetadataNames, name, value) || Take(ref ids, IdNames, name, value);
            if (!isKnown)
            {
                throw JsonErrors.Invalid(path, "texts, metadata and ids as the lists of the dictionary", $"{value.Kind} in '{PickleErrors.Clean(name)}'");
            }
        }

        if (texts is PickleDict nested && metadata is null && ids is null)
        {
            return Of(path, nested);
        }

        PickleValue[] values = texts is not null && EntriesOf(texts) is PickleValue[] found ? found
            : throw JsonErrors.Invalid(path, "positions from 0 on as keys of the dictionary, or a list of texts in it", texts?.Kind ?? "none");
        PickleValue[]? others = metadata is null ? null : EntriesOf(metadata);
        if (metadata is not null && (others?.Length != values.Length || !Array.TrueForAll(others, static value => value is PickleDict)
            || !Array.TrueForAll(values, static value => value is PickleText)))
        {
            throw JsonErrors.Invalid(path, $"an object as metadata of each of {Grouped.Of(values.Length)} texts", metadata.Kind);
        }

        return new PickledShape(others is null ? values : Paired(values, others), ids is null ? null : IdsOf(path, ids, values.Length)) { Vectors = vectors };
    }

    private static bool Take(ref PickleValue? column, string[] names, string name, PickleValue value)
    {
        if (column is not null || !names.Contains(name, StringComparer.OrdinalIgnoreCase))
        {
            return false;
        }

        column = value;
        return true;
    }

    private static long[] IdsOf(string path, PickleValue ids, int count)
    {
        PickleValue[]? entries = EntriesOf(ids);
        return entries?.Length == count
            ? [.. entries.Select((entry, at) => Position(entry) ?? throw JsonErrors.Invalid(path, $"a whole number from 0 on as id {at}", entry.Kind))]
            : throw JsonErrors.Invalid(path, $"one id for each of {Grouped.Of(count)} texts", entries is null ? ids.Kind : $"{Grouped.Of(entries.Length)} ids");
    }

    private static PickledShape OfPositions(string path, PickleDict dictionary)
    {
        PickleValue[] found = new PickleValue[dictionary.Count];
        long[] positions = new long[dictionary.Count];
        for (int i = 0; i < found.Length; i++)
        {
            positions[i] = Position(dictionary.Items[2 * i])
                ?? throw JsonErrors.Invalid(path, "positions from 0 on as keys of the dictionary", dictionary.Items[2 * i].Kind);
            found[i] = dictionary.Items[(2 * i) + 1];
        }

        return new PickledShape(found, positions);
    }

    /// <summary>A FAISS id: a whole number, as pandas writes it as a double, or as the digits of a text.</summary>
    private static long? Position(PickleValue value) => value switch
    {
        PickleInteger { Value: >= 0 } number => number.Value,
        PickleFloat { Value: >= 0 and < 1L << 53 } real when real.Value == Math.Floor(real.Value) => (long)real.Value,
        PickleText text when text.Utf8 is { Length: > 0 and <= 18 } digits && !digits.AsSpan().ContainsAnyExceptInRange((byte)'0', (byte)'9')
            && (digits.Length == 1 || digits[0] != '0') => long.Parse(text.ToString(), CultureInfo.InvariantCulture),
        _ => null,
    };

    private static bool HasNames(PickleDict dictionary)
    {
        if (dictionary.Count == 0)
        {
            return false;
        }

        for (int i = 0; i < dictionary.Size; i += 2)
        {
            if (dictionary.Items[i] is not PickleText || Position(dictionary.Items[i]) is not null)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The components of row <paramref name="number"/> of vectors; false where they are not as many, or not all numbers.</summary>
    public static bool TryReadRow(PickleValue rows, int number, Span<float> components)
    {
        PickleValue row = rows is PickleList list ? list.Items[number] : rows;
        PickleArray? array = row as PickleArray;
        bool fits = row is PickleContainer container ? container.Size == components.Length
            : array is { Type: not null } && array.Shape[^1] == components.Length && array.Shape.Length == (row == rows ? 2 : 1);
        for (int i = 0; fits && i < components.Length; i++)
        {
            PickleValue? component = row is PickleContainer items ? items.Items[i] : array!.Element(row == rows ? [number, i] : [i]);
            fits = component is PickleFloat or PickleInteger;
            components[i] = component switch
            {
                PickleFloat real => (float)real.Value,
                PickleInteger whole => whole.Value,
                _ => 0,
            };
        }

        return fits;
    }

    /// <summary>Rows of vectors.</summary>
    public static long RowsOf(PickleValue vectors) => vectors is PickleArray { Shape: [long rows, ..] } ? rows : ((PickleContainer)vectors).Size;

    private static IEnumerable<(string Name, PickleValue Value)> Fields(PickleDict dictionary)
    {
        for (int i = 0; i < dictionary.Size; i += 2)
        {
            yield return (dictionary.Items[i].ToString()!, dictionary.Items[i + 1]);
        }
    }

    /// <summary>The vectors themselves, which the index has.</summary>
    private static bool AreVectors(PickleValue value) => value switch
    {
        PickleArray array => array.Shape.Length > 1 && array.Type is { IsObject: false, IsText: false },
        PickleList { Items: [PickleContainer { Items: [PickleFloat, ..] }, ..] } or PickleList { Items: [PickleArray, ..] } => true,
        _ => false,
    };

    private static PickleValue[]? EntriesOf(PickleValue value)
    {
        if (value is PickleList or PickleTuple)
        {
            return ((PickleContainer)value).Items.ToArray();
        }

        if (value is not PickleArray { Type: not null, Shape: [long count] } array || count > StoreLimits.MostEntries)
        {
            return null;
        }

        PickleValue?[] values = new PickleValue?[count];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = array.Element([i]);
        }

        return Array.TrueForAll(values, static entry => entry is not null) ? [.. values.OfType<PickleValue>()] : null;
    }

    private static PickleValue[] Paired(PickleValue[] texts, PickleValue[] metadata) =>
        [.. texts.Select((text, at) => new PickleTuple([text, metadata[at]]))];
}
