using System.Globalization;
using System.IO.Compression;
using VectorMigration.SideFiles.Stores.Archives;
using VectorMigration.SideFiles.Stores.Tables;

namespace VectorMigration.SideFiles.Stores;

/// <summary>Looks for texts in files that are compressed or packed, and are not read as lists or tables.</summary>
internal static class PackedTexts
{
    /// <summary>Bytes that are unpacked at most; what is longer is told by its name.</summary>
    private const long MostUnpacked = 256 << 20;

    private const int MostEntries = 10_000;

    /// <summary>What a file is that gzip wrote; null where it holds nobody's texts.</summary>
    /// <param name="path">The file.</param>
    /// <param name="judge">What the unpacked file is.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public static UnusedFile? OfGzip(string path, Func<string, UnusedFile?> judge, CancellationToken cancellationToken)
    {
        PrivateFolder? folder = null;
        try
        {
            folder = new PrivateFolder();
            return OfGzip(path, folder, judge, cancellationToken);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return OrdinaryFiles.IsNamedData(path)
                ? new UnusedFile(path, $"it is compressed with gzip, but cannot be decompressed: {error.Message}", null, MayBeTexts: true) : null;
        }
        finally
        {
            folder?.Dispose();
        }
    }

    private static UnusedFile? OfGzip(string path, PrivateFolder folder, Func<string, UnusedFile?> judge, CancellationToken cancellationToken)
    {
        string name = Path.GetFileNameWithoutExtension(path);
        try
        {
            using (FileStream packed = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete))
            using (WholeGzip source = new(packed))
            using (FileStream copy = folder.Create(name))
            {
                if (!Copy(source, copy, cancellationToken))
                {
                    return OrdinaryFiles.IsNamedData(path)
                        ? new UnusedFile(path, $"it is compressed with gzip, and decompresses to more than {MostUnpacked >> 20} "
                            + "MB", null, MayBeTexts: true) : null;
                }
            }
        }
        catch (InvalidDataException)
        {
            return OrdinaryFiles.IsNamedData(path) ? new UnusedFile(path, "it is compressed with gzip, but damaged", null, MayBeTexts: true) : null;
        }

        return judge(folder.PathOf(name)) is UnusedFile found
            ? found with { Path = path, Why = $"it is compressed with gzip; unpacked, {found.Why}", Error = null } : null;
    }

    /// <summary>What a zip archive holds: arrays of NumPy, a workbook, or one file of data; null for all else, models among it.</summary>
    public static UnusedFile? OfZip(string path, long vectors)
    {
        try
        {
            using ZipArchive archive = ZipFile.OpenRead(path);
            if (archive.Entries.Count > MostEntries)
            {
                return null;
            }

            if (archive.GetEntry("xl/workbook.xml") is not null)
            {
                return new UnusedFile(path, "it is an Excel workbook, which is not read", null, MayBeTexts: true);
            }

            UnusedFile? found = null;
            foreach (ZipArchiveEntry entry in archive.Entries)
            {
                string extension = Path.GetExtension(entry.Name).ToUpperInvariant();
                UnusedFile? one = extension == ".NPY" ? OfArray(path, entry, vectors)
                    : archive.Entries.Count == 1 && OrdinaryFiles.IsNamedData(entry.Name)
                        ? new UnusedFile(path, $"it is a zip archive with {Pickles.PickleErrors.Clean(entry.Name)}", null, MayBeTexts: true) : null;
                found = one is { Fits: true } || found is null ? one ?? found : found;
            }

            return found;
        }
        catch (InvalidDataException)
        {
            return OrdinaryFiles.IsNamedData(path) ? new UnusedFile(path, "it is a damaged zip archive", null, MayBeTexts: true) : null;
        }
    }

    private static UnusedFile? OfArray(string path, ZipArchiveEntry entry, long vectors)
    {
        byte[] head = new byte[(int)Math.Min(64 << 10, entry.Length)];
        using (Stream content = entry.Open())
        {
            content.ReadAtLeast(head, head.Length, throwOnEndOfStream: false);
        }

        if (NumpyHeader.Begins(head) && NumpyHeader.Look(head) is NumpyHeader { HoldsTexts: true, Shape: [long count, ..] })
        {
            string name = Pickles.PickleErrors.Clean(Path.GetFileNameWithoutExtension(entry.Name));
            return new UnusedFile(path, string.Create(CultureInfo.InvariantCulture, $"its array '{name}' has {count:N0} strings or objects, and the index has "
                + $"{vectors:N0} vectors. Such arrays are not read from a .npz file"), null, MayBeTexts: true)
            { Fits = count == vectors };
        }

        return null;
    }

    private static bool Copy(Stream source, FileStream copy, CancellationToken cancellationToken)
    {
        byte[] block = new byte[64 << 10];
        long written = 0;
        for (int read; (read = source.Read(block)) > 0; written += read)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (written + read > MostUnpacked)
            {
                return false;
            }

            copy.Write(block, 0, read);
        }

        return true;
    }
}
