using System.Buffers.Binary;
using VectorMigration.SideFiles.Stores.Json;

namespace VectorMigration.SideFiles.Stores.Sqlite;

/// <summary>
/// A SQLite file as it is opened: the file itself where nothing is in a journal beside it, and a private copy of file and journal where there is, because
/// SQLite writes when it takes a journal in, and reading without the journal would give stale texts. Nothing is written beside the file.
/// </summary>
internal sealed class SqliteSource : IDisposable
{
    private const int CopyBlock = 1 << 20;
    private const int SuperJournalTail = 16;

    private readonly List<StorePart> parts = [];
    private PrivateFolder? copy;

    /// <summary>Opens the file and the journals beside it, and copies them where that is needed.</summary>
    /// <param name="path">Path of the file.</param>
    /// <param name="glance">Leave the journals aside: for a look at what it is, which need not copy a large file.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="MigrationException">A file cannot be read or copied, or changes meanwhile.</exception>
    public SqliteSource(string path, bool glance, CancellationToken cancellationToken)
    {
        try
        {
            parts.Add(new StorePart(path));
            foreach (string journal in glance ? [] : Journals(parts[0].Path))
            {
                parts.Add(new StorePart(journal));
            }

            // A log that was written back between the two looks has changed the file.
            ThrowIfChanged();
            if (parts.Count > 1)
            {
                parts.Skip(1).ToList().ForEach(ThrowIfOfSeveralDatabases);
                Copy(cancellationToken);
            }
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Path of the file as it was named.</summary>
    public string Path => parts[0].Path;

    /// <summary>The files: that of the database, and its journals with something in them.</summary>
    public IReadOnlyList<StorePart> Parts => parts;

    /// <summary>True where a private copy is read.</summary>
    public bool IsCopy => copy is not null;

    /// <summary>
    /// What SQLite is given: a path of the copy, or the file as one that nobody changes, for which no lock and no shared memory is made. Whether somebody
    /// changes it all the same is seen by its parts.
    /// </summary>
    public string Uri => copy is null ? UriOf(Path) + "?immutable=1&mode=ro" : UriOf(copy.PathOf(CopyName(0))) + "?mode=rw";

    /// <summary>Whether something is in a journal beside a file.</summary>
    public static bool HasJournal(string path) => Journals(path).Any();

    /// <inheritdoc/>
    public void Dispose()
    {
        parts.ForEach(static part => part.Dispose());
        copy?.Dispose();
    }

    private static IEnumerable<string> Journals(string path) =>
        ((string[])["-wal", "-journal"]).Select(suffix => path + suffix).Where(static journal => new FileInfo(journal) is { Exists: true, Length: > 0 });

    private void ThrowIfChanged() => parts.ForEach(static part => part.ThrowIfChanged());

    private void Copy(CancellationToken cancellationToken)
    {
        try
        {
            copy = new PrivateFolder();
            byte[] block = new byte[CopyBlock];
            for (int i = 0; i < parts.Count; i++)
            {
                using FileStream target = copy.Create(CopyName(i));
                for (long at = 0; at < parts[i].Bytes.Length;)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    int read = parts[i].Bytes.Read(at, block.AsSpan(0, (int)Math.Min(block.Length, parts[i].Bytes.Length - at)));
                    if (read == 0)
                    {
                        break;
                    }

                    target.Write(block, 0, read);
                    at += read;
                }
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw SqliteErrors.CopyFailed(Path, error);
        }

        ThrowIfChanged();
    }

    private string CopyName(int part) => "store.db" + parts[part].Path[Path.Length..];

    /// <summary>
    /// A journal whose end names another journal would make SQLite open that path, and delete it when it takes this one in: whatever it is.
    /// </summary>
    private static void ThrowIfOfSeveralDatabases(StorePart part)
    {
        Span<byte> tail = stackalloc byte[SuperJournalTail];
        if (part.Bytes.Length < tail.Length || part.Bytes.Read(part.Bytes.Length - tail.Length, tail) != tail.Length)
        {
            return;
        }

        if (BinaryPrimitives.ReadUInt64BigEndian(tail[8..]) == 0xD9D505F920A163D7)
        {
            throw SqliteErrors.OfSeveralDatabases(part.Path);
        }
    }

    /// <summary>The URI of a file; what means something in a URI is escaped.</summary>
    private static string UriOf(string path)
    {
        string plain = OperatingSystem.IsWindows() ? "/" + path.Replace('\\', '/') : path;
        return "file://" + plain.Replace("%", "%25", StringComparison.Ordinal).Replace("?", "%3f", StringComparison.Ordinal)
            .Replace("#", "%23", StringComparison.Ordinal);
    }
}
