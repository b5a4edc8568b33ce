namespace VectorMigration.Commands;

/// <summary>Completes index files: the endings that FAISS indexes have in practice.</summary>
public sealed class IndexFileCompleter() : FileCompleter(".faiss", ".index", ".faissindex", ".ivf", ".bin");
