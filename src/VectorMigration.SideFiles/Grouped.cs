using System.Globalization;

namespace VectorMigration.SideFiles;

/// <summary>Counts and sizes in a text for people: with separators of thousands, the same in every culture.</summary>
internal static class Grouped
{
    /// <summary>12,345.</summary>
    public static string Of(Int128 number) => number.ToString("N0", CultureInfo.InvariantCulture);
}
