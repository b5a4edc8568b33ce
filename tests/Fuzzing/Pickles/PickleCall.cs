using VectorMigration.SideFiles.Pickles;

namespace VectorMigration.Fuzzing.Pickles;

/// <summary>What a pickle writes as a call of a class or function: name, arguments, and a state where there is one. For the writer alone.</summary>
internal sealed class PickleCall(string module, string name, PickleTuple arguments, PickleValue? state = null) : PickleValue
{
    /// <summary>Module of the function.</summary>
    public string Module => module;

    /// <summary>Its name.</summary>
    public string Name => name;

    /// <summary>Its arguments.</summary>
    public PickleTuple Arguments => arguments;

    /// <summary>What BUILD gives it.</summary>
    public PickleValue? State => state;

    /// <summary>True where Python makes the object by <c>__new__</c> and not by a call.</summary>
    public bool IsObject { get; init; }

    /// <inheritdoc/>
    public override string Kind => $"a call of {module}.{name}";
}

/// <summary>A class or function by its name. For the writer alone.</summary>
internal sealed class PickleName(string module, string name) : PickleValue
{
    /// <summary>Module.</summary>
    public string Module => module;

    /// <summary>Name.</summary>
    public string Name => name;

    /// <inheritdoc/>
    public override string Kind => $"{module}.{name}";
}
