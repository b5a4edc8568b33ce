using System.Management.Automation;

namespace VectorMigration.Commands;

/// <summary>A parameter that takes one path: several are noted for an error that says how several files are worked on.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class OnePathAttribute : ArgumentTransformationAttribute, IRowAttribute
{
    RowFaults? IRowAttribute.Faults { get; set; }

    string IRowAttribute.Parameter { get; set; } = string.Empty;

    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object? inputData) =>
        One(this, inputData);

    /// <summary>The one value; of several the first, and their number is noted.</summary>
    internal static object? One(IRowAttribute row, object? value)
    {
        if ((value is PSObject wrapped ? wrapped.BaseObject : value) is not System.Collections.IList { Count: > 0 } several)
        {
            return value;
        }

        if (several.Count > 1)
        {
            row.Faults?.NoteSeveral(row.Parameter, several);
        }

        return several[0];
    }
}
