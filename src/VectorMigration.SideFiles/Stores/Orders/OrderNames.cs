using System.Text.RegularExpressions;

namespace VectorMigration.SideFiles.Stores.Orders;

/// <summary>
/// Whether a name says that a list holds the ids of the vectors, in their order: <c>ids.npy</c>, <c>doc_ids.txt</c>, <c>id_map.json</c>,
/// <c>index_to_docid</c>. A name with any other word in it does not: <c>bestsellers.npy</c>, <c>train_ids.npy</c>.
/// </summary>
internal static partial class OrderNames
{
    private static readonly HashSet<string> Ids = new(StringComparer.OrdinalIgnoreCase)
    {
        "id", "ids", "idx", "docid", "docids", "docno", "docnos", "uuid", "uuids", "guid", "guids", "key", "keys", "pk", "pks", "idmap", "map", "mapping",
        "lookup", "chunkid", "chunkids",
    };

    private static readonly HashSet<string> Neutral = new(StringComparer.OrdinalIgnoreCase)
    {
        "to", "by", "of", "for", "the", "doc", "docs", "document", "documents", "chunk", "chunks", "passage", "passages", "node", "nodes", "text", "texts",
        "row", "rows", "item", "items", "point", "points", "entity", "entities", "article", "articles", "record", "records", "vector", "vectors", "vec",
        "faiss",
        "embedding", "embeddings", "emb", "index", "position", "positions", "pos", "list", "pair", "pairs", "store", "docstore", "file", "data", "db",
    };

    /// <summary>Whether a name says so.</summary>
    /// <param name="name">The name of a file without its folder and extension, or of a list in it.</param>
    /// <param name="own">The name of the index without its extension: its words are neutral.</param>
    public static bool SayIds(string? name, string own)
    {
        string[] words = WordsOf(name);
        string[] known = WordsOf(own);
        return words.Any(Ids.Contains)
            && words.All(word => Ids.Contains(word) || Neutral.Contains(word) || known.Contains(word, StringComparer.OrdinalIgnoreCase) || IsNumber(word));
    }

    /// <summary>Whether a file has the name of an index in its own, between other words: <c>body_ids.npy</c> for <c>body.faiss</c>.</summary>
    public static bool HasNameOf(string file, string index)
    {
        string stem = Path.GetFileNameWithoutExtension(index);
        string name = Path.GetFileName(file);
        for (int at = name.IndexOf(stem, StringComparison.Ordinal); at >= 0 && stem.Length > 0; at = name.IndexOf(stem, at + 1, StringComparison.Ordinal))
        {
            if ((at == 0 || !char.IsLetterOrDigit(name[at - 1])) && (at + stem.Length == name.Length || !char.IsLetterOrDigit(name[at + stem.Length])))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsNumber(string word) => word.All(char.IsAsciiDigit);

    private static string[] WordsOf(string? name) => name is null ? [] : [.. Word().Matches(name).Select(static match => match.Value)];

    /// <summary>Words of a name: docIds, doc_ids and doc-ids are two.</summary>
    [GeneratedRegex(@"\p{Lu}+(?!\p{Ll})|\p{Lu}?\p{Ll}+|\p{Lo}+|\d+", RegexOptions.CultureInvariant)]
    private static partial Regex Word();
}
