namespace VectorMigration.Commands;

/// <summary>What becomes of ids and payloads of pipeline objects.</summary>
internal sealed class InputRules
{
    /// <summary>Sets the rules up.</summary>
    public InputRules(IdMapping mapping, string? idField, LargeInteger largeInteger)
    {
        Mapping = mapping;
        IdField = idField;
        Plain = new PayloadRows(new PayloadRules { LargeInteger = largeInteger });
        WithIdField = new PayloadRows(new PayloadRules { LargeInteger = largeInteger, Reserved = idField ?? Feeds.IdField.Default });
        Untouched = new PayloadRows(
            new PayloadRules { LargeInteger = largeInteger, Reserved = idField ?? Feeds.IdField.Default, KeepsRepeatedFields = true });
    }

    /// <summary>How ids become point ids.</summary>
    public IdMapping Mapping { get; }

    /// <summary>Field that keeps an id which became a UUID; null for <c>faiss_id</c>.</summary>
    public string? IdField { get; }

    /// <summary>Judges payloads to which nothing is added.</summary>
    public PayloadRows Plain { get; }

    /// <summary>Judges payloads to which the id is added.</summary>
    public PayloadRows WithIdField { get; }

    /// <summary>The same for payloads that are as a file has them.</summary>
    public PayloadRows Untouched { get; }

    /// <summary>Objects whose payload, as it was read from a file, has a field twice: they are sent as they are.</summary>
    public long Repeated { get; private set; }

    /// <summary>The first of them, with its place; null without any.</summary>
    public string? FirstRepeated { get; private set; }

    /// <summary>Notes such an object.</summary>
    /// <param name="position">Position in the pipeline, from 1.</param>
    /// <param name="id">Its id.</param>
    /// <param name="fault">What it has.</param>
    public void NoteRepeated(long position, object id, RowFault fault)
    {
        Repeated++;
        FirstRepeated ??= $"The payload of input object {position} (counted from 1, id {id}): {fault.Found}.";
    }
}
