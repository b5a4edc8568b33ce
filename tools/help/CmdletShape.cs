using System.Reflection;

namespace VectorMigration.Help;

/// <summary>A cmdlet as its class declares it.</summary>
internal sealed record CmdletShape(string Name, string DefaultSet, IReadOnlyList<ParameterShape> Parameters, IReadOnlyList<string> Sets)
{
    private const string AllSets = "__AllParameterSets";

    /// <summary>The cmdlets of an assembly by name.</summary>
    public static IReadOnlyList<CmdletShape> ReadAll(string path) =>
        [.. Assembly.LoadFrom(Path.GetFullPath(path)).GetExportedTypes()
            .Where(type => !type.IsAbstract && Attribute(type, "CmdletAttribute") is not null)
            .Select(Read)
            .OrderBy(cmdlet => cmdlet.Name, StringComparer.Ordinal)];

    private static CmdletShape Read(Type type)
    {
        CustomAttributeData cmdlet = Attribute(type, "CmdletAttribute")!;
        string name = $"{cmdlet.ConstructorArguments[0].Value}-{cmdlet.ConstructorArguments[1].Value}";
        List<ParameterShape> parameters = Declared(type);
        // What cmdlets share is declared in groups, which they have as properties that are not public.
        IEnumerable<PropertyInfo> groups = type.GetProperties(BindingFlags.NonPublic | BindingFlags.Instance)
            .Where(static property => IsGroup(property.PropertyType));
        foreach (PropertyInfo group in groups)
        {
            bool fromPipeline = Attribute(group, "NotFromPipelineAttribute") is null;
            parameters.AddRange(Declared(group.PropertyType).Select(parameter => parameter with { ByName = parameter.ByName && fromPipeline }));
        }

        // A parameter of a group may belong only to some of the sets of a cmdlet.
        if (Attribute(type, "InSetsAttribute") is CustomAttributeData inSets)
        {
            string only = (string)inSets.ConstructorArguments[0].Value!;
            string[] among = [.. ((IEnumerable<CustomAttributeTypedArgument>)inSets.ConstructorArguments[1].Value!).Select(set => (string)set.Value!)];
            parameters = [.. parameters.SelectMany(parameter => parameter.Name == only
                ? among.Select(set => parameter with { Set = set })
                : [parameter])];
        }

        if (Flag(cmdlet, "SupportsPaging"))
        {
            parameters.AddRange(Implicit("First", "UInt64"), Implicit("Skip", "UInt64"), Implicit("IncludeTotalCount", "SwitchParameter"));
        }

        if (Flag(cmdlet, "SupportsShouldProcess"))
        {
            parameters.AddRange(Implicit("WhatIf", "SwitchParameter") with { IsStandard = true },
                Implicit("Confirm", "SwitchParameter") with { IsStandard = true });
        }

        List<string> sets = [.. parameters.Select(parameter => parameter.Set).Where(set => set != AllSets).Distinct()];
        string defaultSet = Text(cmdlet, "DefaultParameterSetName") ?? string.Empty;
        if (defaultSet.Length > 0 && !sets.Contains(defaultSet))
        {
            sets.Insert(0, defaultSet);
        }

        return new CmdletShape(name, defaultSet, parameters, sets.Count == 0 ? [AllSets] : [.. sets.OrderBy(set => set != defaultSet)]);
    }

    private static bool IsGroup(Type? type) => type is not null && (type.Name == "ParameterGroup" || IsGroup(type.BaseType));

    private static List<ParameterShape> Declared(Type type) => [.. type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
        .SelectMany(property => property.CustomAttributes
            .Where(attribute => attribute.AttributeType.Name == "ParameterAttribute")
            .Select(attribute => Parameter(property, attribute)))];

    /// <summary>The parameters of one set, the mandatory and positional ones first.</summary>
    public IEnumerable<ParameterShape> In(string set) => Parameters
        .Where(parameter => parameter.Set == set || parameter.Set == AllSets)
        .OrderBy(parameter => parameter.Position ?? int.MaxValue)
        .ThenBy(parameter => !parameter.IsMandatory)
        .ThenBy(parameter => parameter.IsStandard);

    private static ParameterShape Parameter(PropertyInfo property, CustomAttributeData attribute)
    {
        object? position = attribute.NamedArguments.FirstOrDefault(argument => argument.MemberName == "Position").TypedValue.Value;
        Type type = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
        IEnumerable<string> values = type.IsEnum ? Enum.GetNames(type) : [];
        CustomAttributeData? alias = Attribute(property, "AliasAttribute");
        return new ParameterShape(property.Name, type.Name, Text(attribute, "ParameterSetName") ?? AllSets)
        {
            IsMandatory = Flag(attribute, "Mandatory"),
            Position = position is int known && known >= 0 ? known : null,
            ByValue = Flag(attribute, "ValueFromPipeline"),
            ByName = Flag(attribute, "ValueFromPipelineByPropertyName"),
            Wildcards = Attribute(property, "SupportsWildcardsAttribute") is not null,
            Values = [.. values],
            Aliases = alias is null ? [] : [.. ((IEnumerable<CustomAttributeTypedArgument>)alias.ConstructorArguments[0].Value!)
                .Select(value => (string)value.Value!)],
        };
    }

    private static ParameterShape Implicit(string name, string type) => new(name, type, AllSets);

    // Read as data: the reference assembly's attributes hold nothing when they are made.
    private static CustomAttributeData? Attribute(MemberInfo member, string name) =>
        member.CustomAttributes.FirstOrDefault(attribute => attribute.AttributeType.Name == name);

    private static bool Flag(CustomAttributeData attribute, string name) =>
        attribute.NamedArguments.Any(argument => argument.MemberName == name && argument.TypedValue.Value is true);

    private static string? Text(CustomAttributeData attribute, string name) =>
        attribute.NamedArguments.FirstOrDefault(argument => argument.MemberName == name).TypedValue.Value as string;
}

/// <summary>A parameter of one parameter set.</summary>
internal sealed record ParameterShape(string Name, string Type, string Set)
{
    /// <summary>Must be given.</summary>
    public bool IsMandatory { get; init; }

    /// <summary>Position, or null.</summary>
    public int? Position { get; init; }

    /// <summary>Takes pipeline objects.</summary>
    public bool ByValue { get; init; }

    /// <summary>Takes properties of pipeline objects.</summary>
    public bool ByName { get; init; }

    /// <summary>Takes wildcards.</summary>
    public bool Wildcards { get; init; }

    /// <summary>Values it takes, where they are few.</summary>
    public IReadOnlyList<string> Values { get; init; } = [];

    /// <summary>Other names.</summary>
    public IReadOnlyList<string> Aliases { get; init; } = [];

    /// <summary>True for -WhatIf and -Confirm, which need no words of their own.</summary>
    public bool IsStandard { get; init; }
}
