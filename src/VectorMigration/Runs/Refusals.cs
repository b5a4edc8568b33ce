using VectorMigration.Errors;

namespace VectorMigration.Runs;

/// <summary>The reasons for which a run is refused: a real run ends with the first, a dry run goes on and collects them all.</summary>
internal sealed class Refusals(bool collects)
{
    private readonly List<MigrationError> all = [];

    /// <summary>What was collected, each reason once.</summary>
    public IReadOnlyList<MigrationError> All => [.. all.Distinct()];

    /// <summary>Refuses for a reason.</summary>
    /// <exception cref="MigrationException">The reason, where the first one ends the run.</exception>
    public void Add(MigrationException reason)
    {
        if (!collects)
        {
            throw reason;
        }

        all.Add(reason.ToRecord());
    }

    /// <summary>Makes a check that fails by an exception.</summary>
    public bool Check(Action check)
    {
        try
        {
            check();
            return true;
        }
        catch (MigrationException e) when (collects)
        {
            all.Add(e.ToRecord());
            return false;
        }
    }

    /// <summary>Asks the target something; false when it did not answer.</summary>
    public async Task<bool> CheckAsync(Func<Task> check)
    {
        try
        {
            await check().ConfigureAwait(false);
            return true;
        }
        catch (MigrationException e) when (collects)
        {
            all.Add(e.ToRecord());
            return false;
        }
    }
}
