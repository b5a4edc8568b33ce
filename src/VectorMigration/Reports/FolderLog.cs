using System.Globalization;
using Microsoft.Win32.SafeHandles;
using VectorMigration.Files;

namespace VectorMigration.Reports;

/// <summary>
/// The <c>migration.log</c> of a log folder, which all runs in it share: a line at the begin and one at the end of each. Processes append to it one after the
/// other, under a lock on a file beside it that the system frees however a process ends.
/// </summary>
/// <param name="directory">Full path of the log folder.</param>
internal sealed class FolderLog(string directory)
{
    /// <summary>A log that has grown to so many bytes is renamed to <c>migration-&lt;time&gt;.log</c>, and a new one is begun.</summary>
    public const long MostBytes = 8 << 20;

    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(10);

    /// <summary>Full path of the log.</summary>
    public string Path { get; } = System.IO.Path.Combine(directory, RunFolder.LogName);

    /// <summary>Logs that were renamed, the first one first.</summary>
    public static string[] Archives(string directory) =>
        [.. Directory.EnumerateFiles(directory, "migration-*Z.log").Order(StringComparer.Ordinal)];

    /// <summary>Makes the log where there is none.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    public void Open()
    {
        SpecialFile.Refuse(Path + ".lock");
        OpenFile().Dispose();
    }

    /// <summary>Appends a line, with its line feed.</summary>
    /// <param name="line">The line.</param>
    /// <param name="now">Names the log that is put aside.</param>
    /// <exception cref="IOException">It cannot be written; nothing of it is there.</exception>
    public void Append(ReadOnlySpan<byte> line, DateTimeOffset now)
    {
        using FileStream held = Lock();
        PutAside(now);
        using SafeFileHandle file = OpenFile();
        long length = RandomAccess.GetLength(file);

        // A line that was being written when its process was killed stays a line of its own.
        Span<byte> last = stackalloc byte[1];
        bool torn = length > 0 && RandomAccess.Read(file, last, length - 1) == 1 && last[0] != (byte)'\n';
        byte[] whole = torn ? [(byte)'\n', .. line] : line.ToArray();
        try
        {
            RandomAccess.Write(file, whole, length);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            RandomAccess.SetLength(file, length);
            throw new IOException(e.Message, e);
        }
    }

    /// <summary>Does something while no other process writes to the log.</summary>
    public void Hold(Action act)
    {
        using FileStream held = Lock();
        act();
    }

    private void PutAside(DateTimeOffset now)
    {
        if (new FileInfo(Path) is { Exists: true, Length: > MostBytes })
        {
            string time = now.UtcDateTime.ToString("yyyyMMdd'T'HHmmssfff'Z'", CultureInfo.InvariantCulture);
            try
            {
                File.Move(Path, System.IO.Path.Combine(directory, $"migration-{time}.log"), overwrite: false);
            }
            catch (Exception e) when (HeldFile.MayBeHeld(e))
            {
                // Somebody reads it. It grows until it can be renamed.
            }
        }
    }

    private SafeFileHandle OpenFile()
    {
        SpecialFile.Refuse(Path);
        return HeldFile.Try(() => File.OpenHandle(Path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete));
    }

    private FileStream Lock()
    {
        string path = Path + ".lock";
        SpecialFile.Refuse(path);
        long until = Environment.TickCount64 + (long)LongestWait.TotalMilliseconds;
        while (true)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
            }
            catch (IOException e) when (e is not (DirectoryNotFoundException or PathTooLongException) && File.Exists(path) && Environment.TickCount64 < until)
            {
                // Another run writes its line, which takes no time worth counting.
                Thread.Sleep(Look);
            }
        }
    }
}
