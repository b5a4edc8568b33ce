using VectorMigration.Errors;

namespace VectorMigration.Files;

/// <summary>A source whose bytes can be compared with those it was opened with, besides length and time of the last write.</summary>
public interface IChangeDetector
{
    /// <summary>Compares length and time of the last write with those of the opening: a few calls of the system, for every batch.</summary>
    /// <exception cref="MigrationException">The file was written to, cut or replaced; not resumable.</exception>
    void ThrowIfChanged();

    /// <summary>Reads the sampled blocks again and compares their digest with the one of the opening.</summary>
    /// <exception cref="MigrationException">The file was written to, cut or replaced; not resumable.</exception>
    void ThrowIfContentChanged();
}
