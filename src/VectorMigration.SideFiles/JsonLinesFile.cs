using System.Globalization;

namespace VectorMigration.SideFiles;

/// <summary>
/// A file of JSON Lines, opened and seen to be one: UTF-8, with or without a byte order mark, lines ended by LF or CRLF. It notices when it is changed.
/// </summary>
internal sealed class JsonLinesFile : IDisposable
{
    /// <summary>What the file is called in messages.</summary>
    public const string Form = "JSON Lines";

    private const int ByteOrderMark = 3;

    private readonly string fingerprint;

    /// <summary>Opens the file; no row is read yet.</summary>
    /// <exception cref="MigrationException">The file is missing, cannot be read, or is of another form.</exception>
    public JsonLinesFile(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        Address.RequirePath(path);
        Path = System.IO.Path.GetFullPath(path);
        if (Directory.Exists(Path))
        {
            throw PayloadErrors.IsDirectory(Path);
        }

        Bytes = Stores.UnpackedBytes.Of(Open(Path), Path);
        try
        {
            FirstOffset = CheckForm();
            fingerprint = FileFingerprint.Of(Bytes);
        }
        catch (Exception error)
        {
            Bytes.Dispose();
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
    public FileBytes Bytes { get; }

    /// <summary>Offset of the first line.</summary>
    public long FirstOffset { get; }

    /// <summary>Length and digest of samples.</summary>
    public string Identity => string.Create(CultureInfo.InvariantCulture, $"{Bytes.Length} bytes, {fingerprint}");

    /// <summary>Compares length and time of the last write with those of the opening.</summary>
    public void ThrowIfChanged()
    {
        if (Bytes.Change() is string change)
        {
            throw PayloadErrors.Changed(Path, change);
        }
    }

    /// <summary>Compares the sampled blocks too.</summary>
    public void ThrowIfContentChanged()
    {
        ThrowIfChanged();
        if (FileFingerprint.Of(Bytes) != fingerprint)
        {
            throw PayloadErrors.Changed(Path, "its sampled blocks have changed since it was opened");
        }
    }

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

    /// <summary>Number, from 1, of the line that begins at an offset; it reads the file up to there.</summary>
    public long LineAt(long offset, CancellationToken cancellationToken)
    {
        using LineReader reader = new(Bytes, Path, FirstOffset, 0);
        while (reader.Offset < offset && reader.TryRead(out _))
        {
            cancellationToken.ThrowIfCancellationRequested();
        }

        return reader.Line + 1;
    }

    /// <inheritdoc/>
    public void Dispose() => Bytes.Dispose();

    /// <summary>Opens a file that must be a regular one.</summary>
    /// <exception cref="MigrationException">The file is missing, no regular one, or cannot be read.</exception>
    internal static DiskBytes Open(string path)
    {
        // Before it is opened: opening a pipe could wait for ever.
        if (new FileInfo(path).LinkTarget is string target && (target.StartsWith("pipe:", StringComparison.Ordinal)
            || target.StartsWith("socket:", StringComparison.Ordinal)))
        {
            throw PayloadErrors.NotRegular(path);
        }

        try
        {
            return new DiskBytes(path, FileShare.ReadWrite | FileShare.Delete);
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            throw PayloadErrors.Missing(path);
        }
        catch (NotSupportedException)
        {
            // It has no positions: a pipe, a terminal, a socket.
            throw PayloadErrors.NotRegular(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw PayloadErrors.Unreadable(path, error);
        }
    }

    private long CheckForm()
    {
        byte[] head = new byte[FileForms.Sample];
        int length = 0;
        for (int read = -1; read != 0 && length < head.Length; length += read)
        {
            read = Bytes.Read(length, head.AsSpan(length));
        }

        ReadOnlySpan<byte> text = head.AsSpan(0, length);
        long first = text.StartsWith((ReadOnlySpan<byte>)[0xEF, 0xBB, 0xBF]) ? ByteOrderMark : 0;
        text = text[(int)first..];
        if (text.TrimStart(" \t\r\n"u8) is [] or [(byte)'{', ..])
        {
            return first;
        }

        throw OtherForms.Refusal(Path, text);
    }
}
