using System.IO.Compression;
using VectorMigration.SideFiles.Stores;
using VectorMigration.SideFiles.Stores.Archives;
using VectorMigration.SideFiles.Stores.Json;
using VectorMigration.SideFiles.Stores.Tables;

namespace VectorMigration.SideFiles.VectorFiles;

/// <summary>An archive of NumPy arrays (.npz). The array of vectors is unpacked into a private folder, which goes with it.</summary>
internal static class NumpyArchive
{
    private const string Extension = ".npy";
    private const int MostEntries = 10_000;

    /// <summary>What may be unpacked for each byte of the archive.</summary>
    private const long MostRatio = 100;
    private const long AlwaysAllowed = 64 << 20;
    private const int CopyBlock = 1 << 20;

    /// <summary>Whether a zip archive holds an array of NumPy.</summary>
    public static bool Is(FileBytes bytes)
    {
        try
        {
            using ZipArchive archive = new(new FileBytesStream(bytes), ZipArchiveMode.Read);
            return archive.Entries.Count <= MostEntries && archive.Entries.Any(static entry => entry.Name.EndsWith(Extension, StringComparison.Ordinal));
        }
        catch (Exception error) when (error is InvalidDataException or IOException or NotSupportedException or ArgumentException)
        {
            return false;
        }
    }

    /// <summary>Opens the one array of an archive that holds vectors.</summary>
    /// <exception cref="MigrationException">There is none, or several; the archive is damaged, or takes far more room than it should.</exception>
    public static DenseRows Open(StorePart archive, CancellationToken cancellationToken)
    {
        PrivateFolder folder = new();
        try
        {
            using (archive)
            {
                return Open(archive, folder, cancellationToken);
            }
        }
        catch (Exception error)
        {
            folder.Dispose();
            if (error is InvalidDataException)
            {
                throw VectorFileErrors.Invalid(archive.Path, "NumPy archive (.npz)", error.Message.TrimEnd('.'));
            }

            throw;
        }
    }

    private static DenseRows Open(StorePart archive, PrivateFolder folder, CancellationToken cancellationToken)
    {
        using ZipArchive zip = new(new FileBytesStream(archive.Bytes), ZipArchiveMode.Read);
        List<ZipArchiveEntry> vectors = [];
        List<string> others = [];
        foreach (ZipArchiveEntry entry in zip.Entries.Where(static entry => entry.Name.EndsWith(Extension, StringComparison.Ordinal)))
        {
            if (HoldsVectors(entry))
            {
                vectors.Add(entry);
            }
            else
            {
                others.Add(Name(entry));
            }
        }

        if (vectors is not [ZipArchiveEntry only])
        {
            throw vectors.Count == 0
                ? VectorFileErrors.NoVectors(archive.Path, "none of its arrays has two dimensions and real numbers")
                : VectorFileErrors.SeveralArrays(archive.Path, "arrays", [.. vectors.Select(Name)]);
        }

        // A fixed name: what stands in an archive is no path.
        string path = folder.PathOf("vectors.npy");
        Unpack(archive, only, folder, cancellationToken);
        StorePart part = new(archive.Path, new DiskBytes(path, FileShare.ReadWrite | FileShare.Delete));
        return VectorFile.OpenArray(part, $"NumPy archive (.npz), array '{Pickles.PickleErrors.Clean(Name(only))}'", folder,
            others.Count == 0 ? null : string.Join(", ", others.Select(static name => $"'{Pickles.PickleErrors.Clean(name)}'")));
    }

    private static void Unpack(StorePart archive, ZipArchiveEntry entry, PrivateFolder folder, CancellationToken cancellationToken)
    {
        long most = AlwaysAllowed + Math.Min(archive.Bytes.Length, long.MaxValue / MostRatio / 2) * MostRatio;
        using CheckedEntry from = new(entry);
        using FileStream to = folder.Create("vectors.npy");
        byte[] block = new byte[CopyBlock];
        long written = 0;
        for (int read; (read = from.Read(block)) > 0;)
        {
            cancellationToken.ThrowIfCancellationRequested();
            written += read;
            if (written > most)
            {
                throw VectorFileErrors.ArchiveTooLarge(archive.Path, Pickles.PickleErrors.Clean(entry.FullName), most);
            }

            PayloadErrors.GuardSpill(() => to.Write(block, 0, read));
        }
    }

    private static bool HoldsVectors(ZipArchiveEntry entry)
    {
        using Stream stream = entry.Open();
        byte[] head = new byte[Math.Min(entry.Length, 1 << 10)];
        int length = stream.ReadAtLeast(head, head.Length, throwOnEndOfStream: false);
        try
        {
            using StorePart part = new(entry.FullName, new HeldBytes(head[..length]));
            return VectorFile.TypeOf(NumpyHeader.Of(part)) is not null;
        }
        catch (MigrationException)
        {
            return false;
        }
    }

    private static string Name(ZipArchiveEntry entry) => entry.FullName[..^Extension.Length];
}
