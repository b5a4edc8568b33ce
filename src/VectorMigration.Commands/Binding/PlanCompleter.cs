namespace VectorMigration.Commands;

/// <summary>Completes plans of slices.</summary>
public sealed class PlanCompleter() : FileCompleter(".json");
