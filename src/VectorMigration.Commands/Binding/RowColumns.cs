using System.Management.Automation;

namespace VectorMigration.Commands;

/// <summary>
/// Looks at the columns of a table whose rows are piped to a cmdlet. PowerShell ignores a column that is no parameter: a mistyped one would leave an index
/// with other ids, or without its texts, and nobody would be told.
/// </summary>
/// <param name="parameters">The parameters of the cmdlet.</param>
/// <param name="isGiven">Whether a parameter was given with the cmdlet itself, which then takes it from no row.</param>
internal sealed class RowColumns(IReadOnlyList<RowParameter> parameters, Func<string, bool> isGiven)
{
    /// <summary>Letters that a word must have, so that one that is nearly the same is no accident.</summary>
    private const int LeastLetters = 4;

    private const string Plain = "System.Management.Automation.PSCustomObject";

    /// <summary>Properties by which results and descriptions of this module, and files, are known after they went through JSON, CSV or Select-Object.</summary>
    private static readonly string[][] Results =
        [["RunId", "Status"], ["Kind", "Dimension"], ["Passed", "Compared"], ["Recommended", "Path"], ["FullName"], ["PSPath"]];

    private readonly HashSet<string> told = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether an object is a row that somebody wrote, as Import-Csv makes them, and not the result of a cmdlet.</summary>
    public static bool IsRow(PSObject? row) => row is { BaseObject: PSCustomObject }
        && row.TypeNames.FirstOrDefault() is Plain or $"Selected.{Plain}" or $"CSV:{Plain}"
        && !Results.Any(names => names.All(name => row.Properties[name] is not null));

    /// <summary>The first column with a value that is nearly the name of a parameter which the row does not set otherwise; null where there is none.</summary>
    public (string Column, string Parameter)? Mistyped(PSObject row)
    {
        string[] open = [.. parameters.Where(parameter => parameter.IsPiped && !isGiven(parameter.Name) && !parameter.Names.Any(name => HasValue(row, name)))
            .SelectMany(static parameter => parameter.Names)];
        foreach (string column in Unknown(row).Where(column => HasValue(row, column)))
        {
            string letters = string.Concat(column.Where(char.IsLetterOrDigit));
            if (letters.Length >= LeastLetters && NearestName.Of(letters, open, Math.Clamp(letters.Length / 4, 1, 2)) is string near)
            {
                return (column, near);
            }
        }

        return null;
    }

    /// <summary>Columns that are ignored and were not told yet, each with the reason.</summary>
    public IReadOnlyList<string> Ignored(PSObject row) => [.. Columns(row)
        .Where(column => !parameters.Any(parameter => parameter.IsPiped && parameter.Is(column)) && told.Add(column))];

    /// <summary>Columns that no parameter has the name of.</summary>
    private IEnumerable<string> Unknown(PSObject row) => Columns(row).Where(column => !parameters.Any(parameter => parameter.Is(column)));

    private static IEnumerable<string> Columns(PSObject row) =>
        row.Properties.Where(static property => property.MemberType == PSMemberTypes.NoteProperty).Select(static property => property.Name);

    private static bool HasValue(PSObject row, string name) => !string.IsNullOrWhiteSpace(row.Properties[name]?.Value?.ToString());
}

/// <summary>A parameter, as a column of a table may name it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Names">Its name and its aliases.</param>
/// <param name="IsPiped">Whether a row can set it.</param>
internal sealed record RowParameter(string Name, IReadOnlyList<string> Names, bool IsPiped)
{
    /// <summary>A parameter with its attributes.</summary>
    public static RowParameter Of(string name, IEnumerable<Attribute> attributes)
    {
        Attribute[] all = [.. attributes];
        return new RowParameter(
            name,
            [name, .. all.OfType<AliasAttribute>().SelectMany(static alias => alias.AliasNames)],
            all.OfType<ParameterAttribute>().Any(static parameter => parameter.ValueFromPipeline || parameter.ValueFromPipelineByPropertyName));
    }

    /// <summary>Whether a column has its name, or one of its aliases.</summary>
    public bool Is(string column) => Names.Contains(column, StringComparer.OrdinalIgnoreCase);
}
