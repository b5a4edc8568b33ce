using VectorMigration.Errors;

namespace VectorMigration.Runs;

/// <summary>The reasons for which a run is refused: a real run ends with the first, a dry run is told all of them.</summary>
internal static class Refusals
{
    /// <summary>Each reason once.</summary>
    /// <param name="reasons">The reasons, in the order in which they are told.</param>
    /// <param name="collects">Collect them instead of ending with the first.</param>
    /// <exception cref="MigrationException">The first reason, where they are not collected.</exception>
    public static IReadOnlyList<MigrationError> Of(IEnumerable<MigrationException> reasons, bool collects) => collects
        ? [.. reasons.Select(static reason => reason.ToRecord()).Distinct()]
        : reasons.FirstOrDefault() is MigrationException first ? throw first : [];
}
