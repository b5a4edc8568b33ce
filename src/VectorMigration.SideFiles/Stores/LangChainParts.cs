using System.Globalization;
using VectorMigration.SideFiles.Pickles;

namespace VectorMigration.SideFiles.Stores;

/// <summary>Finds docstore, map and index in what a LangChain pickle holds, whichever way it was saved.</summary>
internal sealed class LangChainParts
{
    private readonly string file;

    private LangChainParts(string file, LangChainForm form, PickleValue docstore, PickleValue map)
    {
        this.file = file;
        Form = form;
        Docstore = docstore switch
        {
            PickleRecord { Class.Form: PickleClassKind.Docstore } record => record,
            PickleToken or PickleClass => throw StoreErrors.NoData(file, "the docstore", docstore),
            _ => throw StoreErrors.Unexpected(file, "an InMemoryDocstore", docstore.Kind),
        };
        Documents = (Docstore.State as PickleDict)?.Find("_dict"u8) switch
        {
            PickleDict dictionary => dictionary,
            PickleValue and (PickleToken or PickleClass) and PickleValue token => throw StoreErrors.NoData(file, "'_dict' of the docstore", token),
            PickleValue other => throw StoreErrors.Unexpected(file, "a dictionary in '_dict' of the docstore", other.Kind),
            null => throw StoreErrors.Unexpected(file, "'_dict' in the docstore", "none"),
        };
        Map = map switch
        {
            PickleDict dictionary => dictionary,
            PickleToken or PickleClass => throw StoreErrors.NoData(file, "index_to_docstore_id", map),
            _ => throw StoreErrors.Unexpected(file, "a dictionary of positions and ids", map.Kind),
        };
    }

    /// <summary>How it was saved.</summary>
    public LangChainForm Form { get; }

    /// <summary>The docstore.</summary>
    public PickleRecord Docstore { get; }

    /// <summary>Documents by id.</summary>
    public PickleDict Documents { get; }

    /// <summary>Position to id.</summary>
    public PickleDict Map { get; }

    /// <summary>The index, where its bytes lie in the pickle.</summary>
    public EmbeddedIndex? Index { get; private init; }

    /// <summary>The strategy that the store names, such as <c>EUCLIDEAN_DISTANCE</c>.</summary>
    public string? DistanceStrategy { get; private init; }

    /// <summary>Whether the store says that it normalises vectors.</summary>
    public bool? NormalizesL2 { get; private init; }

    /// <summary>Finds the parts.</summary>
    /// <exception cref="MigrationException">It is no LangChain store, or something in it is no data.</exception>
    public static LangChainParts Of(PickleValue root, string file) => root switch
    {
        PickleTuple { Items: [PickleValue docstore, PickleValue map] } => new LangChainParts(file, LangChainForm.Saved, docstore, map),
        PickleTuple { Items: [PickleValue index, PickleValue docstore, PickleValue map] } =>
            new LangChainParts(file, LangChainForm.Serialized, docstore, map) { Index = IndexOf(index) },
        PickleRecord { Class.Form: PickleClassKind.VectorStore, State: PickleDict state } => OfObject(state, file),
        PickleToken or PickleClass => throw StoreErrors.NoData(file, "the object in it", root),
        _ => throw StoreErrors.Unexpected(file, "documents and map, or a vector store object", root.Kind),
    };

    /// <summary>The position that a key of the map is.</summary>
    public long PositionOf(PickleValue key) => key switch
    {
        PickleInteger { Value: >= 0 } number => number.Value,
        PickleInteger number => throw StoreErrors.Unexpected(
            file, "positions from 0 on in index_to_docstore_id", number.Value.ToString(CultureInfo.InvariantCulture)),
        PickleToken or PickleClass => throw StoreErrors.NoData(file, "a position in index_to_docstore_id", key),
        _ => throw StoreErrors.Unexpected(file, "whole numbers as positions in index_to_docstore_id", key.Kind),
    };

    /// <summary>The id that a value of the map, or a key of the docstore, is.</summary>
    public PickleText IdOf(PickleValue value, string where) => value switch
    {
        PickleText text => text,
        PickleToken or PickleClass => throw StoreErrors.NoData(file, $"an id in {where}", value),
        _ => throw StoreErrors.Unexpected(file, $"strings as ids in {where}", value.Kind),
    };

    private static LangChainParts OfObject(PickleDict state, string file) => new(
        file,
        LangChainForm.WholeObject,
        state.Find("docstore"u8) ?? throw StoreErrors.Unexpected(file, "a field 'docstore' in the vector store object", "none"),
        state.Find("index_to_docstore_id"u8) ?? throw StoreErrors.Unexpected(file, "a field 'index_to_docstore_id' in the vector store object", "none"))
    {
        Index = state.Find("index"u8) is PickleValue index ? IndexOf(index) : null,
        DistanceStrategy = state.Find("distance_strategy"u8) switch
        {
            PickleRecord { Class.Form: PickleClassKind.Distance, Arguments.Items: [PickleText name] } => PickleErrors.Clean(name),
            PickleText name => PickleErrors.Clean(name),
            _ => null,
        },
        NormalizesL2 = (state.Find("_normalize_L2"u8) as PickleBool)?.Value,
    };

    private static EmbeddedIndex? IndexOf(PickleValue index) =>
        index is not PickleRecord { Class.Form: PickleClassKind.FaissIndex, State: PickleDict state } record ? null
        : state.Find("this"u8) switch
        {
            PickleBytes bytes => new EmbeddedIndex(record.Class.FullName, bytes.Offset, bytes.Length, bytes.Data),
            PickleArray { Bytes: byte[] bytes } => new EmbeddedIndex(record.Class.FullName, -1, bytes.Length, bytes),
            _ => null,
        };
}
