using System.Buffers;
using VectorMigration.SideFiles.Pickles;

namespace VectorMigration.SideFiles.Stores;

/// <summary>
/// A FAISS store as LangChain saves it: documents, and which of them belongs to which position of the index. Every generation is read: the six class paths of
/// documents and docstores in every mixture, objects before pydantic, states of pydantic 1 and 2, the whole pickled object, <c>serialize_to_bytes</c>.
/// The pickle is read as data; nothing of it is loaded or called. All of it is in memory. Thread-safe.
/// </summary>
public sealed class LangChainStore
{
    /// <summary>Opcodes that are looked at to recognise a store.</summary>
    private const int GlimpsedOpcodes = 400;

    /// <summary>What all documents may take as JSON, in lengths of the file: documents may share values.</summary>
    private const int MostExpansion = 256;

    private const long AlwaysAllowed = 64 << 20;

    private readonly long[] positions;
    private readonly LangChainDocument?[] documents;
    private readonly PickleText[] ids;
    private readonly long length;

    private LangChainStore(string path, long length, PickleContent content)
    {
        Path = path;
        this.length = length;
        Protocol = content.Protocol;
        InertClasses = content.InertClasses;
        LangChainParts parts = LangChainParts.Of(content.Root, path);
        Form = parts.Form;
        DocstoreClass = parts.Docstore.Class.FullName;
        Index = parts.Index;
        DistanceStrategy = parts.DistanceStrategy;
        NormalizesL2 = parts.NormalizesL2;
        LangChainTable table = new(path, parts);
        positions = table.Positions;
        documents = table.Documents;
        ids = table.Ids;
        DocumentCount = table.DocumentCount;
        DocumentsWithoutVector = table.DocumentsWithoutVector;
        RepeatedIds = table.RepeatedIds;
        PositionsWithoutDocument = documents.Count(static document => document is null);
        DocumentClasses = table.Classes;
        Generations = table.Generations;
        OtherFields = table.OtherFields;
    }

    /// <summary>Full path of the file.</summary>
    public string Path { get; }

    /// <summary>What it holds.</summary>
    public LangChainForm Form { get; }

    /// <summary>Protocol of the pickle; 0 for protocols 0 and 1.</summary>
    public int Protocol { get; }

    /// <summary>Class of the docstore, as the pickle names it.</summary>
    public string DocstoreClass { get; }

    /// <summary>Classes of the documents, as the pickle names them, with the number of documents of each.</summary>
    public IReadOnlyDictionary<string, int> DocumentClasses { get; }

    /// <summary>Generations of the documents, with the number of documents of each.</summary>
    public IReadOnlyDictionary<LangChainGeneration, int> Generations { get; }

    /// <summary>Fields of documents that no generation of LangChain has, with how many documents have them. They are not a part of payloads.</summary>
    public IReadOnlyDictionary<string, int> OtherFields { get; }

    /// <summary>Names of classes and functions in the pickle that are no data (an embedding object, a function), which nothing looked into.</summary>
    public IReadOnlyList<string> InertClasses { get; }

    /// <summary>The index, where its bytes lie in the pickle.</summary>
    public EmbeddedIndex? Index { get; }

    /// <summary>The strategy that a whole store object names, such as <c>EUCLIDEAN_DISTANCE</c>.</summary>
    public string? DistanceStrategy { get; }

    /// <summary>Whether a whole store object says that it normalises vectors; null where nothing says so.</summary>
    public bool? NormalizesL2 { get; }

    /// <summary>Documents in the docstore.</summary>
    public int DocumentCount { get; }

    /// <summary>Entries of the map.</summary>
    public int PositionCount => positions.Length;

    /// <summary>Documents that no position of the map names.</summary>
    public int DocumentsWithoutVector { get; }

    /// <summary>Positions whose id the docstore does not have.</summary>
    public int PositionsWithoutDocument { get; }

    /// <summary>Positions whose id an earlier position has too.</summary>
    public int RepeatedIds { get; }

    /// <summary>Positions of the map, ascending, each once. They are FAISS ids.</summary>
    public IReadOnlyList<long> Positions => positions;

    /// <summary>Bytes of memory that reading a file of that length takes at most.</summary>
    public static long PredictMemory(long length) => PickleLimits.PredictMemory(length);

    /// <summary>
    /// True for a file that is a pickle and names, near its beginning, a store or docstore of LangChain. An index in front of it is passed over where
    /// the stream can be positioned.
    /// </summary>
    /// <param name="stream">A stream that stands at its beginning.</param>
    /// <param name="length">Its length.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <exception cref="MigrationException">The stream cannot be read.</exception>
    public static bool Recognizes(Stream stream, long length, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(stream);
        return Look(stream, length, cancellationToken) == true;
    }

    /// <summary>Whether a stream holds a store; null for what cannot be read as a pickle from its beginning on.</summary>
    internal static bool? Look(Stream stream, long length, CancellationToken cancellationToken) =>
        PickleReader.Glimpse(stream, length, GlimpsedOpcodes, IsOfStore, cancellationToken)?.Any(IsOfStore);

    /// <summary>The same of a file.</summary>
    /// <exception cref="MigrationException">The file cannot be read.</exception>
    public static bool Recognizes(string path, CancellationToken cancellationToken)
    {
        using FileBytes bytes = StoreFile.OpenPlain(path);
        using FileBytesStream stream = new(bytes);
        return Recognizes(stream, bytes.Length, cancellationToken);
    }

    /// <summary>Reads a store.</summary>
    /// <exception cref="MigrationException">The file is missing, damaged, no LangChain store, or refused.</exception>
    public static LangChainStore Read(string path, CancellationToken cancellationToken)
    {
        using FileBytes bytes = StoreFile.OpenPlain(path);
        using FileBytesStream stream = new(bytes);
        return Read(stream, bytes.Length, StoreFile.FullPath(path), cancellationToken);
    }

    /// <summary>Reads a store from a stream that stands at its beginning.</summary>
    /// <exception cref="MigrationException">It is damaged, no LangChain store, or refused.</exception>
    public static LangChainStore Read(Stream stream, long length, string name, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(stream);
        return new LangChainStore(name, length, PickleReader.Read(stream, length, name, new PickleLimits(), cancellationToken));
    }

    /// <summary>The document of a position; null where there is no such position, or no document for it.</summary>
    public LangChainDocument? Find(long position)
    {
        int at = Array.BinarySearch(positions, position);
        return at < 0 ? null : documents[at];
    }

    /// <summary>The id of a position; null where the map lacks it.</summary>
    public string? IdOf(long position)
    {
        int at = Array.BinarySearch(positions, position);
        return at < 0 ? null : ids[at].ToString();
    }

    /// <summary>Renders every document that has a position once, so that none of them can end a run that has begun.</summary>
    /// <returns>Bytes of all payloads.</returns>
    /// <exception cref="MigrationException">A value has no form in JSON, or the documents share so much that they take far more than the file.</exception>
    public long Check(LargeInteger largeInteger, CancellationToken cancellationToken) =>
        Check(largeInteger, PayloadLayout.Default, static (_, _) => { }, cancellationToken);

    /// <summary>The same, and shows every document with its JSON to a judge.</summary>
    internal long Check(
        LargeInteger largeInteger, PayloadLayout layout, Action<LangChainDocument, ReadOnlySpan<byte>> judge, CancellationToken cancellationToken)
    {
        long most = length > (long.MaxValue - AlwaysAllowed) / MostExpansion ? long.MaxValue : AlwaysAllowed + (length * MostExpansion);
        ArrayBufferWriter<byte> output = new();
        long total = 0;
        foreach (LangChainDocument? document in documents)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (document is null)
            {
                continue;
            }

            document.WriteTo(output, largeInteger, layout);
            judge(document, output.WrittenSpan);
            total += output.WrittenCount;
            output.ResetWrittenCount();
            if (total > most)
            {
                throw StoreErrors.StoreTooLarge(Path, most);
            }
        }

        return total;
    }

    private static bool IsOfStore(PickleClassKind form) => form is PickleClassKind.Docstore or PickleClassKind.VectorStore;
}
