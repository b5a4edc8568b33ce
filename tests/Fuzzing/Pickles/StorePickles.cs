using System.Text;
using VectorMigration.SideFiles.Pickles;

namespace VectorMigration.Fuzzing.Pickles;

/// <summary>Values in short, and stores as each generation of LangChain saves them.</summary>
internal static class StorePickles
{
    /// <summary>A text.</summary>
    public static PickleText Text(string text) => new(Encoding.UTF8.GetBytes(text));

    /// <summary>A whole number.</summary>
    public static PickleValue Number(long number) => PickleInteger.Of(number);

    /// <summary>A tuple.</summary>
    public static PickleTuple Tuple(params PickleValue[] items) => items.Length == 0 ? PickleTuple.Empty : new PickleTuple(items);

    /// <summary>A list.</summary>
    public static PickleList List(params PickleValue[] items) => new(items);

    /// <summary>A set.</summary>
    public static PickleSet Set(params PickleValue[] items) => new(items);

    /// <summary>A dictionary with texts as keys.</summary>
    public static PickleDict Dict(params (string Key, PickleValue Value)[] entries) =>
        new([.. entries.SelectMany(entry => new[] { Text(entry.Key), entry.Value })]);

    /// <summary>A dictionary of any keys.</summary>
    public static PickleDict DictOf(params (PickleValue Key, PickleValue Value)[] entries) =>
        new([.. entries.SelectMany(entry => new[] { entry.Key, entry.Value })]);

    /// <summary>A call, as REDUCE writes it.</summary>
    public static PickleCall Call(string name, params PickleValue[] arguments)
    {
        int dot = name.LastIndexOf('.');
        return new PickleCall(name[..dot], name[(dot + 1)..], Tuple(arguments));
    }

    /// <summary>A name.</summary>
    public static PickleName Name(string name)
    {
        int dot = name.LastIndexOf('.');
        return new PickleName(name[..dot], name[(dot + 1)..]);
    }

    /// <summary>An object with a state, made by <c>__new__</c>.</summary>
    public static PickleCall Object(string name, PickleValue? state)
    {
        int dot = name.LastIndexOf('.');
        return new PickleCall(name[..dot], name[(dot + 1)..], Tuple(), state) { IsObject = true };
    }

    /// <summary>A document before pydantic.</summary>
    public static PickleValue PlainDocument(string text, PickleDict metadata) => Object(
        "langchain.docstore.document.Document",
        Dict(("page_content", Text(text)), ("lookup_str", Text("")), ("lookup_index", Number(0)), ("metadata", metadata)));

    /// <summary>A document in pydantic 1.</summary>
    public static PickleValue Pydantic1Document(
        string text, PickleDict metadata, string type = "langchain.schema.document.Document", bool withArguments = false) =>
        Object(
            type,
            Dict(
                ("__dict__", Dict(("page_content", Text(text)), ("metadata", metadata), ("type", Text("Document")))),
                ("__fields_set__", Set(Text("page_content"), Text("metadata"))),
                ("__private_attribute_values__", withArguments ? Dict(("_lc_kwargs", Dict(("page_content", Text(text)), ("metadata", metadata)))) : Dict())));

    /// <summary>A document in pydantic 2.</summary>
    public static PickleValue Pydantic2Document(string? id, string text, PickleDict metadata) => Object(
        "langchain_core.documents.base.Document",
        Dict(
            ("__dict__", Dict(
                ("id", id is null ? PickleNone.Value : Text(id)), ("metadata", metadata), ("page_content", Text(text)), ("type", Text("Document")))),
            ("__pydantic_extra__", PickleNone.Value),
            ("__pydantic_fields_set__", Set(Text("page_content"), Text("metadata"))),
            ("__pydantic_private__", PickleNone.Value)));

    /// <summary>A docstore.</summary>
    public static PickleValue Docstore(params (string Id, PickleValue Document)[] documents) =>
        Object("langchain_community.docstore.in_memory.InMemoryDocstore", Dict(("_dict", Dict(documents))));

    /// <summary>A map of positions 0 to n − 1.</summary>
    public static PickleDict Map(params string[] ids) =>
        new([.. ids.SelectMany((id, position) => new PickleValue[] { Number(position), Text(id) })]);

    /// <summary>A whole vector store object with what frameworks leave in it: an embedding object with a key, a bound method, a function.</summary>
    public static PickleValue WholeObject(PickleValue docstore, PickleDict map, string secret)
    {
        PickleValue embeddings = Object(
            "langchain.embeddings.openai.OpenAIEmbeddings",
            Dict(
                ("__dict__", Dict(("client", Name("openai.api_resources.embedding.Embedding")), ("openai_api_key", Text(secret)))),
                ("__fields_set__", Set())));
        return Object(
            "langchain.vectorstores.faiss.FAISS",
            Dict(
                ("embedding_function", Call("builtins.getattr", embeddings, Text("embed_query"))),
                ("index", PickleNone.Value),
                ("docstore", docstore),
                ("index_to_docstore_id", map),
                ("relevance_score_fn", Name("langchain.vectorstores.faiss._default_relevance_score_fn")),
                ("distance_strategy", Call("langchain.vectorstores.utils.DistanceStrategy", Text("EUCLIDEAN_DISTANCE"))),
                ("_normalize_L2", PickleBool.False)));
    }

    /// <summary>A FAISS index in a pickle.</summary>
    public static PickleValue Index(byte[] bytes) => Object("faiss.swigfaiss_avx2.IndexFlatL2", Dict(("this", new PickleBytes(bytes))));
}
