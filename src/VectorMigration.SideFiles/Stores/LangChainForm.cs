namespace VectorMigration.SideFiles.Stores;

/// <summary>What of LangChain's FAISS store a pickle holds.</summary>
public enum LangChainForm
{
    /// <summary>Documents and map, as <c>save_local</c> writes them beside the index.</summary>
    Saved = 0,

    /// <summary>The whole vector store object, as was usual before <c>save_local</c>; the index lies beside it.</summary>
    WholeObject = 1,

    /// <summary>Index, documents and map in one, as <c>serialize_to_bytes</c> gives them.</summary>
    Serialized = 2,
}

/// <summary>How the documents of a store were made: by which generation of LangChain.</summary>
public enum LangChainGeneration
{
    /// <summary>A plain object: fields and nothing else, before pydantic.</summary>
    Plain = 0,

    /// <summary>State of pydantic 1.</summary>
    Pydantic1 = 1,

    /// <summary>State of pydantic 2.</summary>
    Pydantic2 = 2,
}

/// <summary>An index whose bytes lie in a pickle.</summary>
/// <param name="Class">Its class, as the pickle names it.</param>
/// <param name="Offset">Where its bytes begin in the file, so that they are read from there; −1 where they do not stand there as they are.</param>
/// <param name="Length">How many bytes it has.</param>
/// <param name="Bytes">The bytes themselves, where they are few or do not stand in the file as they are; otherwise empty.</param>
public sealed record EmbeddedIndex(string Class, long Offset, long Length, ReadOnlyMemory<byte> Bytes);
