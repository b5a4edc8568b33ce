namespace VectorMigration.SideFiles.Pickles;

/// <summary>An object that is known and yet no value of its own: a time zone, a type of NumPy, an array that is still to be filled.</summary>
internal abstract class PickleMade : PickleValue
{
    /// <summary>Offset of the opcode that makes it.</summary>
    public long Offset { get; set; } = -1;
}

/// <summary>The name of a class or a function. Nothing stands behind it here.</summary>
internal sealed class PickleClass(string fullName, PickleClassKind form, long offset) : PickleValue
{
    /// <summary>Module and name, shortened and without characters that do things to terminals.</summary>
    public string FullName => fullName;

    /// <summary>What is known of it.</summary>
    public PickleClassKind Form => form;

    /// <summary>Offset of the opcode that names it.</summary>
    public long Offset => offset;

    /// <inheritdoc/>
    public override string Kind => $"the class {fullName} (offset {offset})";
}

/// <summary>An object of a class that is known: its class, what it was made with, and its state. Never more than a record.</summary>
internal sealed class PickleRecord(PickleClass type, PickleTuple arguments, long offset) : PickleValue
{
    private int depth = 1;

    /// <summary>Its class.</summary>
    public PickleClass Class => type;

    /// <summary>What it was made with.</summary>
    public PickleTuple Arguments => arguments;

    /// <summary>Offset of the opcode that makes it.</summary>
    public long Offset => offset;

    /// <summary>Its state; null where it has none.</summary>
    public PickleValue? State { get; private set; }

    /// <inheritdoc/>
    public override string Kind => $"an object of the class {type.FullName} (offset {offset})";

    /// <inheritdoc/>
    public override int Depth => depth;

    /// <summary>Gives it its state. The depth is that of now: a state may come to hold the record itself.</summary>
    public void Build(PickleValue state)
    {
        depth = 1 + state.Depth;
        State = state;
    }
}

/// <summary>
/// An object that is no data: of an unknown class, or the result of a function. It keeps neither arguments nor state, so that nothing that lies in it (a key of
/// an interface, say) outlives the reading; where a document would hold one, it is refused.
/// </summary>
internal sealed class PickleToken(string fullName, long offset, string? reason = null) : PickleValue
{
    /// <summary>Name of the class or function.</summary>
    public string FullName => fullName;

    /// <summary>Offset of the opcode that makes it.</summary>
    public long Offset => offset;

    /// <summary>Why one of a known class is none of it; null for unknown ones.</summary>
    public string? Reason => reason;

    /// <inheritdoc/>
    public override string Kind => $"an object of {fullName} (offset {offset}){(reason is null ? string.Empty : $" {reason}")}";
}
