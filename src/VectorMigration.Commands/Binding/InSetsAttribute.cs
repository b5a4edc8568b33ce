namespace VectorMigration.Commands;

/// <summary>On a cmdlet: a parameter of one of its groups belongs only to some of its parameter sets.</summary>
/// <param name="parameter">The parameter.</param>
/// <param name="sets">The sets.</param>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class InSetsAttribute(string parameter, params string[] sets) : Attribute
{
    /// <summary>The parameter.</summary>
    public string Parameter => parameter;

    /// <summary>The sets.</summary>
    public IReadOnlyList<string> Sets => sets;
}
