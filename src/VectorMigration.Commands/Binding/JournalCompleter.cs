namespace VectorMigration.Commands;

/// <summary>Completes the journals of runs.</summary>
public sealed class JournalCompleter() : FileCompleter(".journal");
