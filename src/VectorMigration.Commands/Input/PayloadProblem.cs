using System.Management.Automation;

namespace VectorMigration.Commands;

/// <summary>Why an object cannot be a payload: what was found, and under which keys.</summary>
/// <param name="Found">What was found.</param>
/// <param name="Path">The keys to it, outermost first.</param>
/// <param name="Type">Type of what stands under the outermost key.</param>
internal sealed record PayloadProblem(string Found, string Path = "", string? Type = null)
{
    private const int LongestPath = 120;

    /// <summary>The same problem, seen from the object around it.</summary>
    public PayloadProblem Within(string key, object? value) => this with
    {
        Path = Path.Length == 0 ? key : Path[0] == '[' ? key + Path : $"{key}.{Path}",
        Type = value switch
        {
            null => Type,
            PSObject { BaseObject: PSCustomObject } => "PSCustomObject",
            PSObject wrapped => wrapped.BaseObject.GetType().Name,
            _ => value.GetType().Name,
        },
    };

    /// <inheritdoc/>
    public override string ToString() =>
        Path.Length == 0 ? Found : $"{Found} at '{(Path.Length > LongestPath ? Path[..LongestPath] + "…" : Path)}'"
            + $"{(Type is null ? string.Empty : $" (a {Type})")}";
}
