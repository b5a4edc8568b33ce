namespace VectorMigration.Commands;

/// <summary>Completes folders alone.</summary>
public sealed class FolderCompleter() : FileCompleter();
