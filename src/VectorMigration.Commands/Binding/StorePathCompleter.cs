namespace VectorMigration.Commands;

/// <summary>Completes files that stores keep their documents in.</summary>
public sealed class StorePathCompleter() : FileCompleter(".db", ".sqlite", ".sqlite3", ".pkl", ".json");
