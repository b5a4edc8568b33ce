using Microsoft.Win32.SafeHandles;
using VectorMigration.Errors;
using VectorMigration.Files;
using VectorMigration.Vectors;

namespace VectorMigration.Journal;

/// <summary>
/// What was acknowledged, on disk: append-only, checksummed, moved on only after acknowledgement. Every range is handed to the system as it is
/// acknowledged, so a killed process loses nothing; it is brought to the disk about once a second, so a power cut loses a second, which is sent
/// again. Ranges are merged and the file written anew before it has grown by <see cref="Growth"/>, so that it stays small at any size.
/// One loop writes what is acknowledged; attempts are noted from any thread.
/// </summary>
internal sealed class MigrationJournal : IDisposable
{
    /// <summary>Bytes appended before the file is compacted.</summary>
    public const int Growth = 256 << 10;

    private static readonly TimeSpan FlushInterval = TimeSpan.FromSeconds(1);

    private readonly JournalLock held;
    private readonly Lock gate = new();
    private readonly OrdinalSet attempted;
    private readonly TimeProvider time;
    private SafeFileHandle? file;
    private long length;
    private long compactAt;
    private uint lastSum;
    private long flushedAt;
    private Task flushing = Task.CompletedTask;
    private Exception? broken;

    private MigrationJournal(string path, JournalLock held, JournalContent content, TimeProvider time)
    {
        Path = path;
        this.held = held;
        this.time = time;
        Header = content.Header;
        Acknowledged = content.Acknowledged;
        Owned = content.Owned;
        attempted = content.Attempted;
        TornBytes = content.TornBytes;
        length = content.ValidLength;
        lastSum = content.LastSum;
        flushedAt = time.GetTimestamp();
    }

    /// <summary>Full path.</summary>
    public string Path { get; }

    /// <summary>What it belongs to; null until it was begun.</summary>
    public JournalHeader? Header { get; private set; }

    /// <summary>Ordinals that need not be sent again.</summary>
    public OrdinalSet Acknowledged { get; private set; }

    /// <summary>Ordinals that the migration wrote before this journal was begun anew; they are sent again, over points of its own.</summary>
    public OrdinalSet Owned { get; private set; }

    /// <summary>Bytes of a half-written last line that was dropped at the opening.</summary>
    public long TornBytes { get; }

    /// <summary>Bytes of the file.</summary>
    public long Length => length;

    /// <summary>Opens a journal for writing and keeps other runs away from it. Nothing is written to it yet, but that it can be is certain.</summary>
    /// <param name="path">Full path; made when it is begun.</param>
    /// <param name="restart">Forget what it says, damaged or not. A file that is no journal is refused all the same.</param>
    /// <param name="time">Clock.</param>
    /// <exception cref="MigrationException">It is in use, damaged, no journal, or cannot be read or written.</exception>
    public static MigrationJournal Open(string path, bool restart, TimeProvider time)
    {
        JournalLock held = JournalLock.Take(path);
        try
        {
            JournalContent content = restart ? Forgotten(path) : JournalContent.Read(path);
            SideFile.Refuse(path);
            RequireRoom(path);
            return new MigrationJournal(path, held, content, time);
        }
        catch
        {
            held.Discard();
            throw;
        }
    }

    /// <summary>What is left of a journal that is to be begun anew: nothing, provided that it is one.</summary>
    /// <exception cref="MigrationException">It is no journal.</exception>
    public static JournalContent Forgotten(string path)
    {
        try
        {
            JournalContent.Read(path);
        }
        catch (MigrationException e) when (e.ErrorId is ErrorIds.JournalCorrupt or ErrorIds.JournalVersion)
        {
            // An unreadable journal is no obstacle to starting anew.
        }

        return new JournalContent(null, new OrdinalSet(), 0, JournalLine.Seed, 0);
    }

    /// <summary>Begins the journal anew for a migration, whatever it said before; the old one is replaced in one step.</summary>
    /// <param name="header">What it belongs to.</param>
    /// <param name="owned">Ordinals that the same migration wrote before; null for none.</param>
    /// <param name="tried">Ordinals that the same migration attempted before; null for none.</param>
    /// <exception cref="MigrationException">It cannot be written.</exception>
    public void Begin(JournalHeader header, OrdinalSet? owned = null, OrdinalSet? tried = null)
    {
        lock (gate)
        {
            Header = header;
            Acknowledged = new OrdinalSet();
            Owned = owned ?? new OrdinalSet();
            attempted.Clear();
            attempted.AddAll(tried ?? new OrdinalSet());
            Compact();
        }
    }

    /// <summary>Goes on with what the journal says: drops a torn last line and appends from there.</summary>
    /// <param name="record">The record of written ids beside it; null leaves it with what it has.</param>
    /// <param name="sent">The record of what a pipeline sends; null leaves it with what it has.</param>
    /// <exception cref="MigrationException">It cannot be written.</exception>
    public void Resume(Guid? record = null, Guid? sent = null)
    {
        lock (gate)
        {
            Header = Header! with
            {
                Record = record ?? Header.Record,
                Sent = sent ?? Header.Sent,
                SentIsPartial = Header.SentIsPartial || (sent is not null && Header.Sent is null),
            };
            Compact();
        }
    }

    /// <summary>Whether a batch with this vector was ever about to be sent: only then can its point be ours.</summary>
    public bool HasAttempted(long ordinal)
    {
        lock (gate)
        {
            return attempted.Contains(ordinal);
        }
    }

    /// <summary>The ordinals that were attempted and not acknowledged, or maybe were.</summary>
    public OrdinalSet CopyAttempted()
    {
        lock (gate)
        {
            return attempted.Copy();
        }
    }

    /// <summary>Notes that vectors are about to be sent. From any thread; the line is with the system before the request is.</summary>
    /// <exception cref="MigrationException">It cannot be written; nothing may be sent then.</exception>
    public void Attempt(IReadOnlyList<OrdinalRange> ranges)
    {
        lock (gate)
        {
            foreach (OrdinalRange range in ranges)
            {
                if (attempted.CountWithin(range.First, range.Count) < range.Count)
                {
                    attempted.Add(range);
                    Write(JournalLine.OfAttempted(range));
                }
            }
        }
    }

    /// <summary>Notes that a range was acknowledged.</summary>
    /// <exception cref="MigrationException">It cannot be written; the journal stays as it was and takes nothing more.</exception>
    public void Append(OrdinalRange range)
    {
        lock (gate)
        {
            Acknowledged.Add(range);
            Write(JournalLine.Of(range));
        }
    }

    private void Write(string text)
    {
        ThrowIfBroken();
        byte[] line = JournalLine.Encode(text, ref lastSum);
        try
        {
            RandomAccess.Write(file!, line, length);
            length += line.Length;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Break(e);
        }

        if (length >= compactAt)
        {
            Compact();
        }
        else if (time.GetElapsedTime(flushedAt) > FlushInterval && flushing.IsCompleted)
        {
            flushedAt = time.GetTimestamp();
            flushing = Task.Run(Flush);
        }
    }

    /// <summary>Forgets everything that was acknowledged, because what was sent can no longer be relied upon.</summary>
    public void Invalidate()
    {
        lock (gate)
        {
            Acknowledged = new OrdinalSet();
            Owned = new OrdinalSet();
            attempted.Clear();
            try
            {
                Compact();
            }
            catch (MigrationException)
            {
                // If it cannot be written, try to delete it. The run ends for an earlier reason anyway.
                TryDelete(Path);
            }
        }
    }

    /// <summary>Brings what was written to the disk.</summary>
    /// <exception cref="MigrationException">It cannot be.</exception>
    public void Complete()
    {
        flushing.GetAwaiter().GetResult();
        ThrowIfBroken();
        if (file is not null)
        {
            Flush();
            ThrowIfBroken();
        }
    }

    /// <summary>Closes a journal that the run, refused, does not need, and takes away what its opening made.</summary>
    public void Discard() => held.Discard();

    /// <inheritdoc/>
    public void Dispose()
    {
        flushing.GetAwaiter().GetResult();
        file?.Dispose();
        held.Dispose();
    }

    private void Flush()
    {
        try
        {
            RandomAccess.FlushToDisk(file!);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            broken ??= e;
        }
    }

    /// <summary>Writes header and merged ranges to a new file and puts it in the place of the old one.</summary>
    private void Compact()
    {
        ThrowIfBroken();
        flushing.GetAwaiter().GetResult();
        SideFile.Refuse(Path);
        string fresh = Fresh(Path);
        bool isBegun = file is not null;
        try
        {
            uint sum = JournalLine.Seed;
            using var text = new MemoryStream();
            text.Write(JournalLine.Encode(Header!.ToText(), ref sum));
            foreach (OrdinalRange range in Owned.Ranges)
            {
                text.Write(JournalLine.Encode(JournalLine.OfOwned(range), ref sum));
            }

            // What was acknowledged needs no note of its attempt.
            attempted.RemoveAll(Acknowledged);
            foreach (OrdinalRange range in attempted.Ranges)
            {
                text.Write(JournalLine.Encode(JournalLine.OfAttempted(range), ref sum));
            }

            foreach (OrdinalRange range in Acknowledged.Ranges)
            {
                text.Write(JournalLine.Encode(JournalLine.Of(range), ref sum));
            }

            using (FileStream written = PrivateFile.Create(fresh))
            {
                written.Write(text.GetBuffer(), 0, (int)text.Length);
                written.Flush(flushToDisk: true);
            }

            // Windows moves neither an open file nor onto one.
            file?.Dispose();
            file = null;
            file = Put(fresh, Path, text.GetBuffer().AsSpan(0, (int)text.Length));
            length = text.Length;
            lastSum = sum;
            compactAt = length + Math.Max(length, Growth);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            TryDelete(fresh);
            throw Break(e, isBegun);
        }
    }

    /// <summary>Puts a journal in its place and opens it.</summary>
    private static SafeFileHandle Put(string fresh, string path, ReadOnlySpan<byte> content)
    {
        try
        {
            HeldFile.Replace(fresh, path);
            return Reopen(path);
        }
        catch (Exception e) when (HeldFile.MayBeHeld(e) && File.Exists(path))
        {
            // A reader keeps it open for longer. It is written over where it is: a crash just then leaves lines whose sums do not fit, and they are refused.
            SafeFileHandle open = Reopen(path);
            try
            {
                RandomAccess.Write(open, content, 0);
                RandomAccess.SetLength(open, content.Length);
                RandomAccess.FlushToDisk(open);
                TryDelete(fresh);
                return open;
            }
            catch
            {
                open.Dispose();
                throw;
            }
        }
    }

    private static SafeFileHandle Reopen(string path) =>
        HeldFile.Try(() => File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete));

    /// <summary>Where a journal is written before it takes its place.</summary>
    private static string Fresh(string path) => path + ".new";

    /// <summary>A place in which nothing can be written is found out before anything depends on it.</summary>
    private static void RequireRoom(string path)
    {
        try
        {
            PrivateFile.Create(Fresh(path)).Dispose();
            HeldFile.Try(() => File.Delete(Fresh(path)));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw JournalErrors.Unusable(path, e);
        }
    }

    private static void TryDelete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It was never made, or stays beside the journal, which is whole.
        }
    }

    private void ThrowIfBroken()
    {
        if (broken is Exception reason)
        {
            throw JournalErrors.Broken(Path, reason);
        }
    }

    private MigrationException Break(Exception reason, bool isBegun = true)
    {
        broken ??= reason;
        return isBegun ? JournalErrors.Broken(Path, reason) : JournalErrors.Unusable(Path, reason);
    }
}
