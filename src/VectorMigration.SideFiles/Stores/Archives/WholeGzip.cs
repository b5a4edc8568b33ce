using System.IO.Compression;
using System.Security.Cryptography;

namespace VectorMigration.SideFiles.Stores.Archives;

/// <summary>
/// Decompresses a gzip file and refuses one that is cut off or followed by other bytes. <see cref="GZipStream"/> compares checksums, but takes the end of
/// its input for the end of the data: the rest of a text is then missing without a word. Here a member of random bytes follows the file. Only if the last
/// member of the file is complete do these bytes come out at the end.
/// </summary>
internal sealed class WholeGzip : ReadOnlyStream
{
    private const int Block = 64 << 10;
    private const string Incomplete = "its gzip data is damaged or incomplete, or other bytes follow it";
    private static readonly byte[] End = RandomNumberGenerator.GetBytes(16);
    private static readonly byte[] EndMember = Packed(End);

    private readonly GZipStream content;
    private readonly byte[] held = new byte[Block + End.Length];
    private int start;
    private int count;
    private bool ended;

    /// <summary>Begins to read.</summary>
    /// <param name="packed">The file; disposed with the stream.</param>
    public WholeGzip(Stream packed) => content = new GZipStream(new Followed(packed), CompressionMode.Decompress);

    /// <inheritdoc/>
    /// <exception cref="InvalidDataException">The data is damaged, cut off, or followed by other bytes.</exception>
    public override int Read(Span<byte> buffer)
    {
        if (buffer.IsEmpty)
        {
            return 0;
        }

        // The last bytes are kept back until it is known whether they are those of the end.
        while (!ended && count <= End.Length)
        {
            held.AsSpan(start, count).CopyTo(held);
            start = 0;
            int read = Unpack(held.AsSpan(count));
            count += read;
            ended = read == 0;
        }

        if (ended && !(count == End.Length && held.AsSpan(start, count).SequenceEqual(End)))
        {
            throw new InvalidDataException(Incomplete);
        }

        int given = Math.Min(buffer.Length, count - End.Length);
        held.AsSpan(start, given).CopyTo(buffer);
        start += given;
        count -= given;
        return given;
    }

    /// <summary>The words of the base class library are about other formats.</summary>
    private int Unpack(Span<byte> buffer)
    {
        try
        {
            return content.Read(buffer);
        }
        catch (InvalidDataException damage)
        {
            throw new InvalidDataException(Incomplete, damage);
        }
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

    private static byte[] Packed(byte[] bytes)
    {
        MemoryStream packed = new();
        using (GZipStream member = new(packed, CompressionLevel.NoCompression, leaveOpen: true))
        {
            member.Write(bytes);
        }

        return packed.ToArray();
    }

    /// <summary>A file, and then the member that marks its end.</summary>
    private sealed class Followed(Stream file) : ReadOnlyStream
    {
        private int at;

        public override int Read(Span<byte> buffer)
        {
            int read = at == 0 ? file.Read(buffer) : 0;
            if (read > 0)
            {
                return read;
            }

            int given = Math.Min(buffer.Length, EndMember.Length - at);
            EndMember.AsSpan(at, given).CopyTo(buffer);
            at += given;
            return given;
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                file.Dispose();
            }

            base.Dispose(disposing);
        }
    }
}
