using System.Buffers;

namespace VectorMigration.SideFiles.Stores.Json;

/// <summary>The documents of a store, by number: they stay where they are and are made into payloads as batches ask for them. Thread-safe.</summary>
internal abstract class StoredDocuments(IReadOnlyList<StorePart> parts) : IDisposable
{
    /// <summary>The files, that of the documents first.</summary>
    public IReadOnlyList<StorePart> Parts => parts;

    /// <summary>The framework, or what else it is.</summary>
    public abstract string Framework { get; }

    /// <summary>How the framework wrote them.</summary>
    public virtual string? Generation => null;

    /// <summary>A rule of the framework says that entry n belongs to the vector that was added n-th.</summary>
    public virtual bool IsOrderedByFramework => false;

    /// <summary>The entries are nothing but ids or texts, without fields.</summary>
    public virtual bool HoldsNoFields => false;

    /// <summary>What one of them is called in a list in the order of adding, in the singular.</summary>
    public virtual string RowName => "row";

    /// <summary>What makes the first line of a table a row and no header, in words; null where nothing does.</summary>
    public virtual string? HeaderDoubt => null;

    /// <summary>What is odd about the documents, with counts, in words for a warning; null where nothing is.</summary>
    public virtual string? Doubt => null;

    /// <summary>How many there are.</summary>
    public abstract int Count { get; }

    /// <summary>Which of the framework's layouts payloads get.</summary>
    public PayloadLayout Layout { get; set; }

    /// <summary>The framework's integrations for Qdrant have a layout, which may differ by language.</summary>
    public virtual bool HasLayouts => false;

    /// <summary>Documents have ids of their own.</summary>
    public virtual bool HasIds => false;

    /// <summary>The id under which the store keeps a document; null where it has none of its own.</summary>
    public virtual string? IdOf(int document) => null;

    /// <summary>A document in words, for messages.</summary>
    public abstract string NameOf(int document);

    /// <summary>Writes a document as the payload that it becomes, before the rules of payloads.</summary>
    public abstract void Write(int document, LargeInteger largeInteger, IBufferWriter<byte> output);

    /// <summary>The JSON object whose fields are described; empty where there is none.</summary>
    public abstract ReadOnlyMemory<byte> Metadata(int document);

    /// <summary>Says, before all documents are written once in their order, in which order they will be asked for then.</summary>
    /// <param name="scattered">In none.</param>
    public virtual void Prepare(bool scattered)
    {
    }

    /// <summary>Fields that hold, in one of the first documents, a vector of so many components.</summary>
    public virtual IReadOnlyList<string> FindVectorFields(int dimension)
    {
        ArrayBufferWriter<byte> row = new();
        for (int document = 0; !HoldsNoFields && document < Math.Min(Count, RowVectors.FirstRows); document++)
        {
            row.ResetWrittenCount();
            Write(document, LargeInteger.Text, row);
            if (RowVectors.FindFields(row.WrittenSpan, dimension) is { Count: > 0 } found)
            {
                return found;
            }
        }

        return [];
    }

    /// <summary>Reads the vector in a field of a document; false where there is none of that dimension.</summary>
    public virtual bool TryReadVector(string field, int document, Span<float> components)
    {
        ArrayBufferWriter<byte> row = new();
        Write(document, LargeInteger.Text, row);
        return RowVectors.TryRead(row.WrittenSpan, field, components);
    }

    /// <summary>Field of the payload that this object lies in; null where its fields lie at the top.</summary>
    public virtual string? MetadataField => null;

    /// <summary>Refuses files that do not belong together.</summary>
    public virtual void CheckParts()
    {
    }

    /// <summary>Passes once through a file whose rows may go to the disk; the documents are closed where that fails.</summary>
    /// <param name="documents">The documents, nothing of which is read yet.</param>
    /// <param name="parse">Reads them.</param>
    protected static T Parsed<T>(T documents, Func<bool> parse)
        where T : StoredDocuments
    {
        try
        {
            PayloadErrors.GuardSpill(() => documents.Parts[0].Guard(parse));
            return documents;
        }
        catch
        {
            documents.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public virtual void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Closes the files.</summary>
    protected virtual void Dispose(bool disposing)
    {
        foreach (StorePart part in parts)
        {
            part.Dispose();
        }
    }
}
