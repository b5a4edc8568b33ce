using System.Globalization;

namespace VectorMigration.Jobs;

/// <summary>Which slice of how many.</summary>
/// <param name="Number">Counted from 1.</param>
/// <param name="Of">Slices of the plan.</param>
internal readonly record struct SliceNumber(int Number, int Of)
{
    /// <summary>Most slices that a plan has.</summary>
    public const int Most = 100_000;

    /// <summary>Reads <c>3/8</c>.</summary>
    /// <exception cref="Errors.MigrationException">It is none.</exception>
    public static SliceNumber Parse(string? text)
    {
        string[] halves = (text ?? string.Empty).Split('/');
        return halves.Length == 2 && Whole(halves[0]) is int number && Whole(halves[1]) is int of && number <= of ? new SliceNumber(number, of)
            : throw SliceErrors.NotASlice(text ?? string.Empty);
    }

    private static int? Whole(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number is >= 1 and <= Most ? number : null;

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Number}/{Of}");
}
