using System.Buffers.Binary;
using System.Text;
using Microsoft.Win32.SafeHandles;
using VectorMigration.Errors;
using VectorMigration.Files;
using VectorMigration.Vectors;

namespace VectorMigration.Journal;

/// <summary>
/// What a pipeline sent for each position of its index, kept beside the journal: <c>NAME.journal.sent</c>, 16 bytes a position. The journal knows positions
/// alone; a script may give the vector at a position another id, other components or another payload. A position is written before the journal has it as
/// acknowledged, so that of a killed run every acknowledged position is known.
/// </summary>
internal sealed class SentPoints : IDisposable
{
    /// <summary>What the name of a journal becomes the name of its record by.</summary>
    public const string Suffix = ".sent";

    /// <summary>What a record begins with.</summary>
    public const string Magic = "VectorMigration-sent 1 ";

    private const int HeaderLength = 128;
    private const int OwnIdsAt = HeaderLength - 1;
    private const int ChangedAt = HeaderLength - 2;
    private const int Entry = 16;

    private readonly SafeFileHandle file;
    private readonly string path;
    private bool hasOwnIds;
    private bool hasChanged;

    private SentPoints(SafeFileHandle file, string path, Guid record, bool hasOwnIds, bool hasChanged)
    {
        this.file = file;
        this.path = path;
        this.hasOwnIds = hasOwnIds;
        this.hasChanged = hasChanged;
        Record = record;
    }

    /// <summary>Which record it is; the journal beside it names the same one.</summary>
    public Guid Record { get; }

    /// <summary>A script gave ids of its own: the positions do not tell which points were written.</summary>
    public bool HasOwnIds => Volatile.Read(ref hasOwnIds);

    /// <summary>A script changed vectors or payloads, or left some out: the index does not tell what was sent. Not known of earlier records.</summary>
    public bool HasChanged => Volatile.Read(ref hasChanged);

    /// <summary>Opens the record of a journal, or makes a new one in its place.</summary>
    /// <param name="journal">Full path of the journal.</param>
    /// <param name="record">The record to go on with; null for a new one.</param>
    /// <exception cref="MigrationException">It cannot be written, or a file of a user is in its place.</exception>
    public static SentPoints Take(string journal, Guid? record)
    {
        SideFile.Refuse(journal);
        try
        {
            if (record is Guid known && Open(journal, known, FileAccess.ReadWrite) is SentPoints there)
            {
                return there;
            }

            string path = journal + Suffix;
            Guid made = Guid.NewGuid();
            byte[] header = new byte[HeaderLength];
            Encoding.ASCII.GetBytes($"{Magic}{made:D}\n", header);
            using (FileStream created = PrivateFile.Create(path))
            {
                created.Write(header);
                created.Flush(flushToDisk: true);
            }

            return Open(journal, made, FileAccess.ReadWrite) ?? throw new IOException($"'{path}' is not what was just written.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw JournalErrors.Unusable(journal + Suffix, e);
        }
    }

    /// <summary>The record of a journal, to read; null where it is not there, or another one is.</summary>
    /// <exception cref="MigrationException">It cannot be read.</exception>
    public static SentPoints? Find(string journal, Guid record)
    {
        try
        {
            return Open(journal, record, FileAccess.Read);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw JournalErrors.Unreadable(journal + Suffix, e);
        }
    }

    /// <summary>What was sent for a position; null where that is not known.</summary>
    /// <exception cref="MigrationException">The file cannot be read.</exception>
    public PointDigest? Of(long ordinal)
    {
        Span<byte> entry = stackalloc byte[Entry];
        try
        {
            int read = RandomAccess.Read(file, entry, PlaceOf(ordinal));
            PointDigest digest = new(BinaryPrimitives.ReadUInt64LittleEndian(entry), BinaryPrimitives.ReadUInt64LittleEndian(entry[8..]));
            return read < Entry || digest.Content == 0 ? null : digest;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw JournalErrors.Unreadable(path, e);
        }
    }

    /// <summary>Notes points that were acknowledged. From any thread.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="isSent">Whether the vector at a position was sent, or is in the collection as it would have been.</param>
    /// <exception cref="MigrationException">The file cannot be written.</exception>
    public void Note(VectorBatch batch, Func<long, bool> isSent)
    {
        byte[] entries = new byte[batch.Count * Entry];
        int row = 0;
        while (row < batch.Count)
        {
            int length = 0;
            long first = batch.Ordinal(row);
            for (; row < batch.Count && batch.Ordinal(row) == first + (length / Entry) && isSent(batch.Ordinal(row)); row++, length += Entry)
            {
                PointDigest digest = PointDigest.Of(batch.PointIds.Span[row], batch.Vector(row), batch.Payload is null ? [] : batch.Payload[row].Span);
                BinaryPrimitives.WriteUInt64LittleEndian(entries.AsSpan(length), digest.Id);
                BinaryPrimitives.WriteUInt64LittleEndian(entries.AsSpan(length + 8), digest.Content);
            }

            Write(entries.AsSpan(0, length), PlaceOf(first));
            row += length == 0 ? 1 : 0;
        }
    }

    /// <summary>Notes that a script gives ids of its own, before the first of them is sent.</summary>
    /// <exception cref="MigrationException">The file cannot be written.</exception>
    public void NoteOwnIds()
    {
        if (!HasOwnIds)
        {
            Write([1], OwnIdsAt);
            Volatile.Write(ref hasOwnIds, true);
        }
    }

    /// <summary>Notes that what comes is not what the index has, before the first of it is sent.</summary>
    /// <exception cref="MigrationException">The file cannot be written.</exception>
    public void NoteChanged()
    {
        if (!HasChanged)
        {
            Write([1], ChangedAt);
            Volatile.Write(ref hasChanged, true);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => file.Dispose();

    private static long PlaceOf(long ordinal) => HeaderLength + (ordinal * Entry);

    private static SentPoints? Open(string journal, Guid record, FileAccess access)
    {
        string path = journal + Suffix;
        if (!File.Exists(path))
        {
            return null;
        }

        SafeFileHandle file = File.OpenHandle(path, FileMode.Open, access, FileShare.ReadWrite | FileShare.Delete);
        byte[] header = new byte[HeaderLength];
        int read = RandomAccess.Read(file, header, 0);
        if (read == HeaderLength && header.AsSpan().StartsWith(Encoding.ASCII.GetBytes($"{Magic}{record:D}\n")))
        {
            return new SentPoints(file, path, record, header[OwnIdsAt] != 0, header[ChangedAt] != 0);
        }

        file.Dispose();
        return null;
    }

    private void Write(ReadOnlySpan<byte> bytes, long at)
    {
        try
        {
            RandomAccess.Write(file, bytes, at);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw JournalErrors.Broken(path, e);
        }
    }
}
