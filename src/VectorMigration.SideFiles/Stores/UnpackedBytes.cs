using System.Buffers;
using System.IO.Compression;
using VectorMigration.SideFiles.Stores.Archives;
using VectorMigration.SideFiles.Stores.Tables;

namespace VectorMigration.SideFiles.Stores;

/// <summary>
/// A list, a table or a store that gzip compressed, read as what is in it: from a copy in a private folder, which all that have the file open share. The copy
/// is removed when nothing has it open and no caller of <see cref="Keep"/> needs it.
/// </summary>
internal sealed class UnpackedBytes : FileBytes
{
    /// <summary>Bytes unpacked for each byte of the file. Texts shrink to a tenth; what shrinks more was made for it.</summary>
    private const long MostRatio = 200;

    private const long AlwaysAllowed = 64 << 20;

    /// <summary>Bytes that are unpacked at most.</summary>
    private const long MostBytes = 4L << 30;

    /// <summary>Bytes at the beginning that show what is in it.</summary>
    private const int Sample = 4 << 10;

    private const int CopyBlock = 64 << 10;

    private const string Extension = ".gz";

    private static readonly Lock Gate = new();
    private static readonly Dictionary<(string Path, long Length, DateTime Written), Copy> Copies = [];
    private static int scopes;

    private readonly DiskBytes packed;
    private readonly DiskBytes plain;
    private readonly Copy copy;
    private bool isClosed;

    private UnpackedBytes(DiskBytes packed, Copy copy, string path)
    {
        this.packed = packed;
        this.copy = copy;
        plain = new DiskBytes(path, FileShare.Read | FileShare.Delete);
        CopyPath = path;
    }

    /// <inheritdoc/>
    public override long Length => plain.Length;

    /// <inheritdoc/>
    public override DateTime LastWriteTimeUtc => packed.LastWriteTimeUtc;

    /// <summary>Full path of the copy.</summary>
    internal string CopyPath { get; }

    /// <summary>Opens a file; one that gzip compressed is read as what is in it, if that may be a list or a table.</summary>
    /// <param name="path">Full path.</param>
    /// <exception cref="MigrationException">It unpacks to more than is allowed, is damaged, or cannot be copied.</exception>
    public static FileBytes Open(string path) => Of(new DiskBytes(path, FileShare.ReadWrite | FileShare.Delete), path);

    /// <summary>The same of an open file, which belongs to the result.</summary>
    public static FileBytes Of(DiskBytes file, string path) => Of(file, path, () => NewCopy(file, path));

    /// <summary>The same with a way of unpacking.</summary>
    internal static FileBytes Of(DiskBytes file, string path, Func<PrivateFolder> unpack)
    {
        try
        {
            return IsPacked(file) && !OrdinaryFiles.Is(path) && MayBeList(file) ? Unpack(file, path, unpack) : file;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Length of what a file holds.</summary>
    public static long LengthOf(string path)
    {
        using FileBytes bytes = Open(path);
        return bytes.Length;
    }

    /// <summary>The path without the ending that says that gzip compressed the file.</summary>
    public static string PlainName(string path) => path.EndsWith(Extension, StringComparison.OrdinalIgnoreCase) ? path[..^Extension.Length] : path;

    /// <summary>Keeps copies that nothing has open, until it is disposed.</summary>
    public static IDisposable Keep() => new Scope();

    /// <inheritdoc/>
    public override int Read(long offset, Span<byte> buffer) => plain.Read(offset, buffer);

    /// <inheritdoc/>
    public override string? Change() => packed.Change();

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        plain.Dispose();
        packed.Dispose();
        lock (Gate)
        {
            copy.Users -= isClosed ? 0 : 1;
            isClosed = true;
            RemoveUnused();
        }

        base.Dispose(disposing);
    }

    private static bool IsPacked(DiskBytes file)
    {
        Span<byte> head = stackalloc byte[3];
        return file.Length > head.Length && file.Read(0, head) == head.Length && head.SequenceEqual((ReadOnlySpan<byte>)[0x1F, 0x8B, 0x08]);
    }

    /// <summary>Whether what is in it begins like JSON, a table, a pickle or an array of NumPy. Archives, indexes and all else stay as they are.</summary>
    private static bool MayBeList(DiskBytes file)
    {
        byte[] head = new byte[Sample];
        int read;
        try
        {
            using FileBytesStream stream = new(file);
            using GZipStream content = new(stream, CompressionMode.Decompress);
            read = content.ReadAtLeast(head, head.Length, throwOnEndOfStream: false);
        }
        catch (InvalidDataException)
        {
            return false;
        }

        ReadOnlySpan<byte> text = head.AsSpan(0, read);
        return read > 1 && !FaissIndex.BeginsLikeIndex(text) && (NumpyHeader.Begins(text)
            || FileForms.Of(text[..Math.Min(read, FileForms.Sample)]) is FileForm.JsonObject or FileForm.JsonArray or FileForm.Text or FileForm.Pickle);
    }

    // Who unpacks holds the lock of its own copy alone: other files are opened and closed meanwhile.
    private static UnpackedBytes Unpack(DiskBytes file, string path, Func<PrivateFolder> unpack)
    {
        (string, long, DateTime) key = (path, file.Length, file.LastWriteTimeUtc);
        Copy? copy;
        lock (Gate)
        {
            if (!Copies.TryGetValue(key, out copy))
            {
                copy = new Copy();
                Copies.Add(key, copy);
            }

            copy.Users++;
        }

        try
        {
            PrivateFolder folder = copy.Folder(unpack);
            return new UnpackedBytes(file, copy, folder.PathOf(Path.GetFileName(PlainName(path))));
        }
        catch
        {
            lock (Gate)
            {
                copy.Users--;
                RemoveUnused();
            }

            throw;
        }
    }

    private static PrivateFolder NewCopy(DiskBytes file, string path)
    {
        PrivateFolder? folder = null;
        byte[] block = ArrayPool<byte>.Shared.Rent(CopyBlock);
        try
        {
            folder = new PrivateFolder();
            long most = Math.Min(MostBytes, AlwaysAllowed + (file.Length > MostBytes / MostRatio ? MostBytes : file.Length * MostRatio));
            using FileBytesStream stream = new(file);
            using WholeGzip content = new(stream);
            using FileStream target = folder.Create(Path.GetFileName(PlainName(path)));
            for (int read; (read = content.Read(block)) > 0;)
            {
                if (target.Position + read > most)
                {
                    throw StoreErrors.UnpacksToMore(path, most);
                }

                target.Write(block, 0, read);
            }

            return folder;
        }
        catch (Exception error)
        {
            folder?.Dispose();
            throw error switch
            {
                InvalidDataException => StoreErrors.PackedDamaged(path),
                IOException or UnauthorizedAccessException => StoreErrors.NotUnpacked(path, error),
                _ => error,
            };
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(block);
        }
    }

    private static void RemoveUnused()
    {
        // Without users nobody unpacks: the lock of a copy is free then.
        foreach (((string, long, DateTime) key, Copy unused) in Copies.Where(static entry => entry.Value.Users == 0).ToArray())
        {
            if (scopes == 0 || !unused.IsUnpacked)
            {
                Copies.Remove(key);
                unused.Dispose();
            }
        }
    }

    /// <summary>A copy, which is made by the first who needs it. <see cref="Users"/> is guarded by the gate of all copies.</summary>
    private sealed class Copy : IDisposable
    {
        private readonly Lock unpacking = new();
        private PrivateFolder? folder;

        public int Users { get; set; }

        public bool IsUnpacked => folder is not null;

        public PrivateFolder Folder(Func<PrivateFolder> unpack)
        {
            lock (unpacking)
            {
                return folder ??= unpack();
            }
        }

        public void Dispose() => folder?.Dispose();
    }

    private sealed class Scope : IDisposable
    {
        private bool isClosed;

        public Scope()
        {
            lock (Gate)
            {
                scopes++;
            }
        }

        public void Dispose()
        {
            lock (Gate)
            {
                scopes -= isClosed ? 0 : 1;
                isClosed = true;
                RemoveUnused();
            }
        }
    }
}
