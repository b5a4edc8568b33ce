using System.Globalization;
using System.Text;

namespace VectorMigration;

/// <summary>
/// Keeps a journal to one run: a file beside it that is locked as long as the run lives. The system frees it when the process dies, however it
/// dies; the file itself stays, because deleting it could take it from under the next run.
/// </summary>
internal sealed class JournalLock : IDisposable
{
    private readonly FileStream file;

    private JournalLock(FileStream file) => this.file = file;

    /// <summary>Takes the lock.</summary>
    /// <exception cref="MigrationException">Another run has it, or the file cannot be made.</exception>
    public static JournalLock Take(string journal)
    {
        string path = journal + ".lock";
        FileStream? file = null;
        try
        {
            if (Path.GetDirectoryName(path) is { Length: > 0 } folder)
            {
                Directory.CreateDirectory(folder);
            }

            file = PrivateFile.Open(path, FileMode.OpenOrCreate, FileShare.None);
            file.SetLength(0);
            file.Write(Encoding.UTF8.GetBytes(string.Create(
                CultureInfo.InvariantCulture, $"process {Environment.ProcessId} on {Environment.MachineName} since {DateTime.UtcNow:u}")));
            file.Flush(flushToDisk: false);
            return new JournalLock(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            bool opened = file is not null;
            file?.Dispose();
            throw !opened && e is IOException and not (FileNotFoundException or DirectoryNotFoundException or PathTooLongException) && File.Exists(path)
                ? JournalErrors.InUse(journal, Holder(path))
                : JournalErrors.Unwritable(journal, e);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => file.Dispose();

    private static string Holder(string path)
    {
        try
        {
            using FileStream told = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
            byte[] bytes = new byte[200];
            int length = told.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
            string text = Encoding.UTF8.GetString(bytes, 0, length);
            return text.Length > 0 && !text.Any(char.IsControl) ? $" ({text})" : string.Empty;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Where locked files cannot be read, who holds it stays unsaid.
            return string.Empty;
        }
    }
}
