using System.Management.Automation;

namespace VectorMigration.Commands;

/// <summary>
/// What is wrong with the values of one object of the pipeline. Left to itself the binder passes over an object whose values it cannot take: the error would
/// not say which row it is of, and the row would have no result. So the attributes of the parameters note here what they find, and let the object pass.
/// </summary>
internal sealed class RowFaults
{
    private readonly Dictionary<string, string> found = [];
    private (string Parameter, System.Collections.IList Values)? several;

    /// <summary>Objects are being bound. What was given on the command line is refused by the binder.</summary>
    public bool IsOpen { get; set; }

    /// <summary>The result of a migration that stands for the index, where one was piped or named last; null otherwise.</summary>
    public MigrationResult? Migration { get; set; }

    /// <summary>The row of a table that was bound last; null where the object was something else.</summary>
    public PSObject? Row { get; set; }

    /// <summary>Another object begins; what was found in one that could not be bound at all is not of this one.</summary>
    public void Clear()
    {
        several = null;
        found.Clear();
    }

    /// <summary>Notes a fault where objects are being bound.</summary>
    /// <returns>False where nobody asks for faults, so that it is an error of the binder.</returns>
    public bool Note(string parameter, string fault) => IsOpen && (found.TryAdd(parameter, fault) || true);

    /// <summary>Notes several values where a parameter takes one, also of the command line: the binder would speak of types.</summary>
    public void NoteSeveral(string parameter, System.Collections.IList values) => several = (parameter, values);

    /// <summary>Takes the several values of a parameter, which then are no fault; null where there are none.</summary>
    public System.Collections.IList? TakeSeveral(params ReadOnlySpan<string> parameters)
    {
        if (several is not (string given, var values) || !parameters.Contains(given))
        {
            return null;
        }

        several = null;
        return values;
    }

    /// <summary>Answers with what is wrong with the object that was bound.</summary>
    /// <exception cref="MigrationException">A value of it cannot be used.</exception>
    public void Require()
    {
        if (several is (string given, var values))
        {
            Clear();
            throw CommandErrors.SeveralPaths(given, values.Count);
        }

        if (found.Count == 0)
        {
            return;
        }

        (string parameter, string fault) = found.First();
        Clear();
        throw CommandErrors.UnusableValue(parameter, fault);
    }
}

/// <summary>An attribute of a parameter that objects of the pipeline can bind.</summary>
internal interface IRowAttribute
{
    /// <summary>The faults of the cmdlet that the parameter is of; null for a parameter that belongs to no group.</summary>
    RowFaults? Faults { get; set; }

    /// <summary>Name of the parameter.</summary>
    string Parameter { get; set; }
}
