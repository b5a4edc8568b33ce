using System.Globalization;

namespace VectorMigration.SideFiles.Stores.Json;

/// <summary>One file of a store, open, that notices what others do to it.</summary>
internal sealed class StorePart : IDisposable
{
    private readonly FileBytes bytes;
    private readonly string fingerprint;

    /// <summary>Opens a file.</summary>
    /// <exception cref="MigrationException">It is missing, no regular file, or cannot be read.</exception>
    public StorePart(string path)
        : this(StoreFile.FullPath(path), StoreFile.OpenPlain(path))
    {
    }

    /// <summary>A file that is open, which belongs to it from here on.</summary>
    internal StorePart(string path, FileBytes bytes)
    {
        Path = path;
        this.bytes = bytes;
        try
        {
            fingerprint = FileFingerprint.Of(bytes);
        }
        catch (Exception error)
        {
            bytes.Dispose();
            if (error is IOException or UnauthorizedAccessException)
            {
                throw PayloadErrors.Unreadable(Path, error);
            }

            throw;
        }
    }

    /// <summary>Full path.</summary>
    public string Path { get; }

    /// <summary>Its bytes.</summary>
    public FileBytes Bytes => bytes;

    /// <summary>Length and digest of samples.</summary>
    public string Identity => string.Create(CultureInfo.InvariantCulture, $"{bytes.Length} bytes, {fingerprint}");

    /// <summary>Reads something of the file; what is found wrong in the middle of a change is the change's.</summary>
    public T Guard<T>(Func<T> read)
    {
        try
        {
            T result = read();
            ThrowIfChanged();
            return result;
        }
        catch (MigrationException)
        {
            ThrowIfChanged();
            throw;
        }
    }

    /// <summary>A run of its bytes.</summary>
    public byte[] Read(long offset, int length)
    {
        byte[] run = new byte[length];
        try
        {
            for (int read = 0, got; read < length; read += got)
            {
                got = bytes.Read(offset + read, run.AsSpan(read));
                if (got == 0)
                {
                    throw PayloadErrors.Changed(Path, $"it ends at byte {offset + read} now");
                }
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw PayloadErrors.Unreadable(Path, error);
        }

        return run;
    }

    /// <summary>Compares length and time of the last write with those of the opening.</summary>
    public void ThrowIfChanged()
    {
        if (bytes.Change() is string change)
        {
            throw PayloadErrors.Changed(Path, change);
        }
    }

    /// <summary>Compares the sampled blocks too.</summary>
    public void ThrowIfContentChanged()
    {
        ThrowIfChanged();
        if (HasOtherContent())
        {
            throw PayloadErrors.Changed(Path, "its sampled blocks have changed since it was opened");
        }
    }

    /// <summary>Whether its sampled blocks have changed since it was opened.</summary>
    public bool HasOtherContent() => FileFingerprint.Of(bytes) != fingerprint;

    /// <inheritdoc/>
    public void Dispose() => bytes.Dispose();
}
