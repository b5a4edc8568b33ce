using System.IO.Compression;

namespace VectorMigration.SideFiles.Stores.Archives;

/// <summary>
/// The content of an entry of a zip archive, compared with the length and the checksum that the archive records for it. <see cref="ZipArchiveEntry"/> does
/// not compare the checksum.
/// </summary>
internal sealed class CheckedEntry : ReadOnlyStream
{
    private readonly ZipArchiveEntry entry;
    private readonly Stream content;
    private uint checksum = Crc32.Begin;
    private long length;

    /// <summary>Opens an entry.</summary>
    public CheckedEntry(ZipArchiveEntry entry)
    {
        this.entry = entry;
        content = entry.Open();
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidDataException">The entry is damaged.</exception>
    public override int Read(Span<byte> buffer)
    {
        int read = content.Read(buffer);
        checksum = Crc32.Add(checksum, buffer[..read]);
        length += read;
        return read > 0 || buffer.IsEmpty || (length == entry.Length && Crc32.End(checksum) == entry.Crc32) ? read
            : throw new InvalidDataException(
                $"The entry '{Pickles.PickleErrors.Clean(entry.FullName)}' is damaged: its checksum differs from the recorded one.");
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            content.Dispose();
        }

        base.Dispose(disposing);
    }
}
