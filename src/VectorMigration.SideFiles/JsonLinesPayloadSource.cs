using System.Buffers;
using System.Globalization;

namespace VectorMigration.SideFiles;

/// <summary>
/// Payloads from a JSON Lines file: one JSON object a line, in the order of the vectors; UTF-8, with or without a byte order mark,
/// lines ended by LF or CRLF. The file is never loaded: rows are read with positional reads as batches ask for them.
/// </summary>
public sealed class JsonLinesPayloadSource : IPayloadSource, IChangeDetector
{
    private static readonly byte[] ByteOrderMark = [0xEF, 0xBB, 0xBF];

    private readonly FileBytes bytes;
    private readonly LineIndex lines;
    private readonly string fingerprint;

    /// <summary>Opens the file; no row is read yet.</summary>
    /// <param name="path">Path of the file.</param>
    /// <exception cref="MigrationException">The file is missing, cannot be read, or is no UTF-8 text.</exception>
    public JsonLinesPayloadSource(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        Path = System.IO.Path.GetFullPath(path);
        if (Directory.Exists(Path))
        {
            throw PayloadErrors.IsDirectory(Path);
        }

        bytes = Open(Path);
        try
        {
            lines = new LineIndex(bytes, Path, FirstOffset());
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

    /// <inheritdoc/>
    public string Path { get; }

    /// <inheritdoc/>
    public string Identity => string.Create(CultureInfo.InvariantCulture, $"{bytes.Length} bytes, {fingerprint}");

    /// <summary>Rows of the file without blank lines at its end; null until the file has been passed through.</summary>
    public long? Count => lines.Count;

    /// <summary>Passes through the file once, without judging its rows, and answers how many it holds.</summary>
    /// <exception cref="MigrationException">The file cannot be read or has changed.</exception>
    public long CountRows(CancellationToken cancellationToken) => lines.CountAll(cancellationToken);

    /// <inheritdoc/>
    public PayloadBlock Read(long firstOrdinal, ReadOnlySpan<long> faissIds, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(firstOrdinal);
        try
        {
            PayloadBlock block = ReadRows(firstOrdinal, faissIds.Length, cancellationToken);
            RefuseChanged();
            return block;
        }
        catch (MigrationException)
        {
            // What was found wrong in the middle of a change is the change's.
            RefuseChanged();
            throw;
        }
    }

    /// <inheritdoc/>
    void IChangeDetector.ThrowIfChanged() => RefuseChanged();

    /// <inheritdoc/>
    void IChangeDetector.ThrowIfContentChanged()
    {
        RefuseChanged();
        if (FileFingerprint.Of(bytes) != fingerprint)
        {
            throw PayloadErrors.Changed(Path, "its sampled blocks are no longer those it was opened with");
        }
    }

    /// <inheritdoc/>
    public void Dispose() => bytes.Dispose();

    private static DiskBytes Open(string path)
    {
        try
        {
            return new DiskBytes(path, FileShare.ReadWrite | FileShare.Delete);
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            throw PayloadErrors.Missing(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw PayloadErrors.Unreadable(path, error);
        }
    }

    private PayloadBlock ReadRows(long firstOrdinal, int count, CancellationToken cancellationToken)
    {
        int[] offsets = new int[count + 1];
        ArrayBufferWriter<byte> text = new();
        using LineReader? reader = lines.Open(firstOrdinal, cancellationToken);
        for (int row = 0; row < count; row++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (reader is null || !reader.TryRead(out ReadOnlySpan<byte> line))
            {
                throw PayloadErrors.TooFewRows(Path, lines.CountAll(cancellationToken), firstOrdinal + count);
            }

            Judge(line, firstOrdinal + row, firstOrdinal + count, cancellationToken);
            text.Write(line);
            offsets[row + 1] = text.WrittenCount;
        }

        if (reader is not null)
        {
            lines.Note(reader);
        }

        return new PayloadBlock(text.WrittenMemory, offsets);
    }

    private void Judge(ReadOnlySpan<byte> line, long ordinal, long expected, CancellationToken cancellationToken)
    {
        if (JsonRow.IsBlank(line))
        {
            long rows = lines.CountAll(cancellationToken);
            throw ordinal < rows ? PayloadErrors.RowBlank(Path, ordinal + 1) : PayloadErrors.TooFewRows(Path, rows, expected);
        }

        if (JsonRow.Fault(line) is string fault)
        {
            throw PayloadErrors.RowInvalid(Path, ordinal + 1, fault);
        }
    }

    private long FirstOffset()
    {
        Span<byte> head = stackalloc byte[4];
        head = head[..bytes.Read(0, head)];
        return head switch
        {
            [0xEF, 0xBB, 0xBF, ..] => ByteOrderMark.Length,
            [0xFF, 0xFE, ..] or [0xFE, 0xFF, ..] => throw PayloadErrors.NotUtf8(Path, "it begins with the byte order mark of UTF-16"),
            [0x1F, 0x8B, ..] => throw PayloadErrors.NotUtf8(Path, "it is compressed with gzip"),
            _ => 0,
        };
    }

    private void RefuseChanged()
    {
        if (bytes.Change() is string change)
        {
            throw PayloadErrors.Changed(Path, change);
        }
    }
}
