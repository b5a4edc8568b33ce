namespace VectorMigration.Runs;

/// <summary>Earlier runs, by which a plan tells how long the next one will take.</summary>
public interface IRunHistory
{
    /// <summary>The expectation for a plan by the latest run that allows one; null without such a run.</summary>
    RunExpectation? Expect(MigrationPlan plan);
}
