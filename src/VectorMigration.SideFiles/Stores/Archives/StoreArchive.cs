using System.IO.Compression;

namespace VectorMigration.SideFiles.Stores.Archives;

/// <summary>
/// A store that lies in an archive, as txtai saves it: <c>.tar.gz</c> or <c>.zip</c>. It is unpacked as a stream into a private folder, which is removed at
/// the end.
/// </summary>
internal static class StoreArchive
{
    private const int MostEntries = 10_000;
    private const int MostName = 4 << 10;
    private const long MostBytes = 1L << 40;

    /// <summary>Bytes unpacked for each byte of the archive. Texts shrink to a tenth; what shrinks more was made for it.</summary>
    private const long MostRatio = 200;
    private const long AlwaysAllowed = 64 << 20;
    private const int CopyBlock = 1 << 20;
    private const int PassBlock = 64 << 10;
    private const int UnixTypeMask = 0xF000, UnixFile = 0x8000, UnixFolder = 0x4000;

    /// <summary>The names that a store of txtai has at its root; other archives are nobody's.</summary>
    private static readonly string[] Telling = ["embeddings", "config", "config.json"];

    /// <summary>Whether a file is an archive that may hold a store.</summary>
    public static bool Is(string path)
    {
        try
        {
            using DiskBytes bytes = new(path, FileShare.ReadWrite | FileShare.Delete);
            byte[] head = new byte[FileForms.Sample];
            int read = bytes.Length == 0 ? 0 : bytes.Read(0, head);
            return FileForms.Of(head.AsSpan(0, read)) switch
            {
                FileForm.Gzip => IsTar(bytes),
                FileForm.Zip => IsStore(bytes),
                _ => false,
            };
        }
        catch (Exception error) when (IsDamage(error) || error is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>Unpacks an archive; the folder belongs to the caller.</summary>
    /// <param name="path">Full path of the archive.</param>
    /// <param name="folder">The private folder.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>The folder that the store lies in.</returns>
    /// <exception cref="MigrationException">It is damaged, or holds what is refused.</exception>
    public static string Unpack(string path, PrivateFolder folder, CancellationToken cancellationToken)
    {
        // Named as the archive is, so that messages tell which one.
        string root = folder.PathOf(Path.GetFileName(path));
        try
        {
            using DiskBytes bytes = StoreFile.Open(path);
            Directory.CreateDirectory(root);
            using FileBytesStream stream = new(bytes);
            Unpacking unpacking = new(path, root, bytes.Length, cancellationToken);
            Span<byte> head = stackalloc byte[2];
            bytes.Read(0, head);
            if (head.SequenceEqual("PK"u8))
            {
                UnpackZip(stream, path, unpacking);
            }
            else
            {
                using WholeGzip plain = new(stream);
                TarEntries entries = new(plain, path);
                while (entries.Next() is (string name, _))
                {
                    unpacking.Write(name, entries.Read);
                }

                PassToEnd(plain, path);
            }

            return Inner(root);
        }
        catch (Exception error) when (IsDamage(error))
        {
            throw ArchiveErrors.Invalid(path, Pickles.PickleErrors.Clean(error.Message));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw ArchiveErrors.CannotUnpack(path, error);
        }
    }

    /// <summary>What the readers of the base class library throw at damaged archives: more than they say.</summary>
    private static bool IsDamage(Exception error) => error is InvalidDataException or ArgumentException or NotSupportedException or OverflowException
        or IndexOutOfRangeException or EndOfStreamException or (InvalidOperationException and not ObjectDisposedException);

    private static void UnpackZip(Stream stream, string path, Unpacking unpacking)
    {
        using ZipArchive archive = new(stream, ZipArchiveMode.Read);
        foreach (ZipArchiveEntry entry in archive.Entries)
        {
            int type = (entry.ExternalAttributes >> 16) & UnixTypeMask;
            if (entry.IsEncrypted)
            {
                throw ArchiveErrors.EntryRefused(path, entry.FullName, "encrypted");
            }

            if (type is not (0 or UnixFile or UnixFolder))
            {
                throw ArchiveErrors.EntryRefused(path, entry.FullName, "a link, a device or a pipe");
            }

            if (!entry.FullName.EndsWith('/'))
            {
                using CheckedEntry content = new(entry);
                unpacking.Write(entry.FullName, content.Read);
            }
        }
    }

    /// <summary>Reads what follows the last entry, so that a damaged or incomplete archive is recognized.</summary>
    private static void PassToEnd(Stream stream, string path)
    {
        byte[] block = new byte[PassBlock];
        long passed = 0;
        for (int read; (read = stream.Read(block)) > 0;)
        {
            if ((passed += read) > AlwaysAllowed)
            {
                throw ArchiveErrors.TooLarge(path, $"more than {Grouped.Of(AlwaysAllowed)} bytes after its last entry");
            }
        }
    }

    private static bool IsTar(DiskBytes bytes)
    {
        using FileBytesStream stream = new(bytes);
        using GZipStream plain = new(stream, CompressionMode.Decompress);
        byte[] block = new byte[512];
        return plain.ReadAtLeast(block, block.Length, throwOnEndOfStream: false) == block.Length && block.AsSpan(257, 5).SequenceEqual("ustar"u8);
    }

    private static bool IsStore(DiskBytes bytes)
    {
        using FileBytesStream stream = new(bytes);
        using ZipArchive archive = new(stream, ZipArchiveMode.Read);
        return archive.Entries.Take(MostEntries).Any(static entry => Telling.Contains(entry.Name, StringComparer.Ordinal));
    }

    /// <summary>A folder that holds nothing but one folder is passed through.</summary>
    private static string Inner(string root) =>
        Directory.GetFiles(root).Length == 0 && Directory.GetDirectories(root) is [string only] ? Inner(only) : root;

    private delegate int Reading(Span<byte> buffer);

    /// <summary>Writes entries below a folder and keeps the limits.</summary>
    private sealed class Unpacking(string file, string root, long length, CancellationToken cancellationToken)
    {
        private readonly byte[] block = new byte[CopyBlock];
        private readonly long most = Math.Min(MostBytes, AlwaysAllowed + (MostRatio * length));
        private long written;
        private int entries;

        public void Write(string name, Reading read)
        {
            if (++entries > MostEntries)
            {
                throw ArchiveErrors.TooLarge(file, $"more than {Grouped.Of(MostEntries)} entries");
            }

            string target = PathOf(name);
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            if (File.Exists(target) || Directory.Exists(target))
            {
                throw ArchiveErrors.EntryRefused(file, name, "in the archive twice");
            }

            using FileStream stream = new(target, FileMode.CreateNew, FileAccess.Write);
            for (int count; (count = read(block)) > 0;)
            {
                cancellationToken.ThrowIfCancellationRequested();
                written += count;
                if (written > most)
                {
                    throw ArchiveErrors.TooLarge(file, $"more than {Grouped.Of(most)} bytes unpacked, of {Grouped.Of(length)} in the archive");
                }

                stream.Write(block, 0, count);
            }
        }

        /// <summary>The path of an entry below the folder: each part a plain name, whatever the system takes for a separator.</summary>
        private string PathOf(string name)
        {
            if (name.Length is 0 or > MostName)
            {
                throw ArchiveErrors.EntryRefused(file, name, "without a name, or with too long a name");
            }

            string target = root;
            foreach (string part in name.Split('/'))
            {
                if (part is ".")
                {
                    continue;
                }

                if (part is "" or ".." || part.AsSpan().IndexOfAny('\\', ':') >= 0 || part.Any(char.IsControl))
                {
                    throw ArchiveErrors.EntryRefused(file, name, "a path that is outside the folder, or not a plain path");
                }

                target = Path.Combine(target, part);
            }

            return target != root ? target : throw ArchiveErrors.EntryRefused(file, name, "without a name");
        }
    }
}
