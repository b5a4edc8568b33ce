namespace VectorMigration.Commands;

/// <summary>Completes what a run has left: logs, and summaries.</summary>
public sealed class RunFileCompleter() : FileCompleter(".log", ".json");
