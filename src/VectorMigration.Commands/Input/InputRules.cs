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
    }

    /// <summary>How ids become point ids.</summary>
    public IdMapping Mapping { get; }

    /// <summary>Field that keeps an id which became a UUID; null for <c>faiss_id</c>.</summary>
    public string? IdField { get; }

    /// <summary>Judges payloads to which nothing is added.</summary>
    public PayloadRows Plain { get; }

    /// <summary>Judges payloads to which the id is added.</summary>
    public PayloadRows WithIdField { get; }
}
