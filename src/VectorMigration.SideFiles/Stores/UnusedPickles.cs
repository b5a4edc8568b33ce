using System.Globalization;
using VectorMigration.SideFiles.Pickles;
using VectorMigration.SideFiles.Stores.Json;

namespace VectorMigration.SideFiles.Stores;

/// <summary>
/// Looks into pickles that are taken for nothing: for lists, dictionaries and arrays with one entry for each vector. Models and other objects of programs hold
/// none, and are nobody's texts.
/// </summary>
internal static class UnusedPickles
{
    private const long MostRead = 256 << 20;

    private const int MostDepth = 4;

    /// <summary>Values of a container that are looked into for more of them.</summary>
    private const int MostWidth = 64;

    /// <summary>Entries that show what a container holds.</summary>
    private const int Shown = 16;

    /// <summary>Modules whose objects are tables and documents, which are not read.</summary>
    private static readonly string[] DataModules = ["pandas.", "polars.", "pyarrow.", "datasets.", "langchain", "llama_index", "haystack", "numpy."];

    /// <summary>What speaks for texts in a pickle; null where nothing does.</summary>
    public static UnusedFile? Of(string path, string index, long vectors, CancellationToken cancellationToken)
    {
        if (new FileInfo(path).Length > MostRead)
        {
            return new UnusedFile(path, $"it is a pickle of more than {MostRead >> 20} MB, and is not looked through", null, MayBeTexts: false);
        }

        PickleValue root;
        try
        {
            root = PickledDocuments.RootOf(path, cancellationToken);
        }
        catch (MigrationException error)
        {
            return new UnusedFile(path, "it cannot be read as a pickle", error, MayBeTexts: true);
        }

        return ClassOf(root) is string name ? OfObject(path, name)
            : NumbersOf(root, vectors) is ulong numbers && TextsAsNames.Of(path, numbers, index, vectors, isJson: false, cancellationToken) is UnusedFile turned
                ? turned
            : Look(path, root, vectors);
    }

    /// <summary>Whether a value, or one of the first in it, is a text or a record.</summary>
    private static bool HoldsTexts(PickleValue value) => value switch
    {
        PickleText or PickleDict { Size: > 0 } or PickleRecord { Class.Form: PickleClassKind.Document } => true,
        PickleArray { Type: { } type } => type.IsObject || type.IsText,
        PickleContainer container => Any(container.Items, HoldsTexts),
        _ => false,
    };

    private static UnusedFile? Look(string path, PickleValue root, long vectors)
    {
        (PickleValue Value, long Count)[] sized = [.. Sized(root, 0)];
        if (Array.Find(sized, found => found.Count == vectors && HoldsValues(found.Value)) is { Value: { } texts })
        {
            return new UnusedFile(path, $"it is a pickle in which {Named(texts, root)} has one entry per vector ({Grouped.Of(vectors)}), and its "
                + "structure is not known",
                null, MayBeTexts: true)
            { Fits = true };
        }

        return root is PickleList or PickleDict or PickleArray && SizeOf(root) is > 1 and long count && HoldsValues(root)
            && (root is not PickleDict || Math.Abs(count - vectors) <= vectors / 2)
            ? new UnusedFile(path, string.Create(CultureInfo.InvariantCulture,
                $"it is a pickle with {count:N0} entries, and the index has {vectors:N0} vectors"), null, MayBeTexts: true)
            : null;
    }

    /// <summary>Of a dictionary with one text for each vector, whose values are whole numbers, the sum of their hashes.</summary>
    private static ulong? NumbersOf(PickleValue root, long vectors)
    {
        if (root is not PickleDict dictionary || dictionary.Count != vectors)
        {
            return null;
        }

        ulong sum = 0;
        for (int i = 0; i < dictionary.Size; i += 2)
        {
            if (dictionary.Items[i] is not PickleText || dictionary.Items[i + 1] is not PickleInteger number)
            {
                return null;
            }

            sum = unchecked(sum + RowNumbers.Hash(number.Value));
        }

        return sum;
    }

    private static UnusedFile? OfObject(string path, string name) =>
        Array.Exists(DataModules, module => name.StartsWith(module, StringComparison.Ordinal))
            ? new UnusedFile(path, $"it is a pickled object of {name}, which is not read", null, MayBeTexts: true) : null;

    private static string? ClassOf(PickleValue root) => root switch
    {
        PickleToken token => token.FullName,
        PickleRecord record => record.Class.FullName,
        PickleClass type => type.FullName,
        _ => null,
    };

    private static string Named(PickleValue found, PickleValue root) => ReferenceEquals(found, root) ? "the value" : found switch
    {
        PickleDict => "a dictionary",
        PickleArray => "a NumPy array",
        PickleTuple => "a tuple",
        _ => "a list",
    };

    private static IEnumerable<(PickleValue Value, long Count)> Sized(PickleValue value, int depth)
    {
        if (SizeOf(value) is not long count)
        {
            yield break;
        }

        yield return (value, count);
        if (depth == MostDepth || value is not PickleContainer { Size: <= MostWidth } container)
        {
            yield break;
        }

        foreach (PickleValue item in container.Items.ToArray())
        {
            foreach ((PickleValue, long) found in Sized(item, depth + 1))
            {
                yield return found;
            }
        }
    }

    private static long? SizeOf(PickleValue value) => value switch
    {
        PickleDict dictionary => dictionary.Count,
        PickleArray { Shape: [long first, ..] } => first,
        PickleList or PickleTuple or PickleSet => ((PickleContainer)value).Size,
        _ => null,
    };

    /// <summary>Whether a container holds texts. The keys of a dictionary are none: a vocabulary has numbers for its words.</summary>
    public static bool HoldsValues(PickleValue value)
    {
        if (value is not PickleDict dictionary)
        {
            return HoldsTexts(value);
        }

        for (int i = 1; i < Math.Min(dictionary.Size, 2 * Shown); i += 2)
        {
            if (HoldsTexts(dictionary.Items[i]))
            {
                return true;
            }
        }

        return false;
    }

    private static bool Any(ReadOnlySpan<PickleValue> items, Func<PickleValue, bool> holds)
    {
        foreach (PickleValue item in items[..Math.Min(items.Length, Shown)])
        {
            // What is deep in itself is looked into no further than its first values.
            if (item.Depth <= MostDepth * 2 && holds(item))
            {
                return true;
            }
        }

        return false;
    }
}
