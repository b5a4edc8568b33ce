using VectorMigration.Errors;

namespace VectorMigration.Runs;

/// <summary>The reasons that a series of checks finds: the first one is thrown, or all of them are collected.</summary>
/// <param name="collects">Collect them.</param>
internal sealed class ReasonList(bool collects)
{
    private readonly List<MigrationException> all = [];

    /// <summary>What was collected.</summary>
    public IReadOnlyList<MigrationException> All => all;

    /// <summary>Makes a check that fails by an exception; false when it failed.</summary>
    /// <exception cref="MigrationException">The reason, where the first one is thrown.</exception>
    public bool Check(Action check)
    {
        try
        {
            check();
            return true;
        }
        catch (MigrationException reason) when (collects)
        {
            all.Add(reason);
            return false;
        }
    }
}
