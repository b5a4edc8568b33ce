using System.Collections.Concurrent;
using System.Security.Cryptography;

namespace VectorMigration.Files;

/// <summary>
/// A folder of its owner alone, for copies that are needed as long as something is open. It is removed at the end, also when the process is stopped;
/// what a killed run left behind is removed when the next one makes such a folder.
/// </summary>
public sealed class PrivateFolder : IDisposable
{
    private const string CopyPrefix = "vector-migration-copy-";
    private const string HoldName = ".in-use";
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>What was swept in this process.</summary>
    private static readonly ConcurrentDictionary<string, bool> Swept = new(StringComparer.Ordinal);

    private readonly FileStream hold;
    private int removed;

    /// <summary>Makes the folder in that of the system for temporary files; the exceptions of the file system go through.</summary>
    public PrivateFolder()
        : this(CopyPrefix)
    {
    }

    /// <summary>Makes a folder whose name begins with <paramref name="prefix"/>, which says what it is for.</summary>
    internal PrivateFolder(string prefix)
        : this(prefix, System.IO.Path.GetTempPath())
    {
    }

    /// <summary>Makes a folder whose name begins with <paramref name="prefix"/> within <paramref name="parent"/>.</summary>
    internal PrivateFolder(string prefix, string parent)
    {
        if (Swept.TryAdd(System.IO.Path.Combine(parent, prefix), true))
        {
            Sweep(parent, prefix);
        }

        Path = Make(prefix, parent);
        hold = PrivateFile.Open(System.IO.Path.Combine(Path, HoldName), FileMode.CreateNew, FileShare.None);
        AppDomain.CurrentDomain.ProcessExit += OnProcessExit;
    }

    /// <summary>Ends what uses the folder when the process ends before it is disposed; null where nothing has to be ended.</summary>
    internal Action? EndUse { get; set; }

    /// <summary>Whether a path leads into such a folder.</summary>
    /// <param name="path">Full path of a file.</param>
    public static bool IsCopy(string path) =>
        path?.Split(System.IO.Path.DirectorySeparatorChar).Any(static part => part.StartsWith(CopyPrefix, StringComparison.Ordinal)) == true;

    /// <summary>A path as a user knows it: the folder of a copy is gone when the run has ended, so only what the copy is of is shown.</summary>
    /// <param name="path">Full path of a file.</param>
    internal static string Shown(string path)
    {
        string[] parts = path.Split(System.IO.Path.DirectorySeparatorChar);
        int copy = Array.FindLastIndex(parts, static part => part.StartsWith(CopyPrefix, StringComparison.Ordinal));
        return copy < 0 || copy == parts.Length - 1 ? path : string.Join('/', parts[(copy + 1)..]);
    }

    /// <summary>Full path.</summary>
    public string Path { get; }

    /// <summary>Makes a file in it, for its owner alone.</summary>
    /// <param name="name">Its name, or a path below the folder whose folders are there.</param>
    public FileStream Create(string name) => PrivateFile.Open(PathOf(name), FileMode.CreateNew, FileShare.Read);

    /// <summary>The path of a file in it.</summary>
    public string PathOf(string name) => System.IO.Path.Combine(Path, name);

    /// <inheritdoc/>
    public void Dispose()
    {
        AppDomain.CurrentDomain.ProcessExit -= OnProcessExit;
        Remove();
    }

    /// <summary>Only its owner may enter what is made so.</summary>
    private static string Make(string prefix, string parent)
    {
        if (OperatingSystem.IsWindows() || parent == System.IO.Path.GetTempPath())
        {
            return Directory.CreateTempSubdirectory(prefix).FullName;
        }

        string path = System.IO.Path.Combine(parent, prefix + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(6)));
        return !Directory.Exists(path) ? Directory.CreateDirectory(path, OwnerOnly).FullName : throw new IOException($"'{path}' is there already.");
    }

    private void OnProcessExit(object? sender, EventArgs e)
    {
        EndUse?.Invoke();
        Remove();
    }

    private void Remove()
    {
        if (Interlocked.Exchange(ref removed, 1) != 0)
        {
            return;
        }

        hold.Dispose();
        Delete(Path);
    }

    private static void Delete(string folder)
    {
        try
        {
            HeldFile.Try(() => Directory.Delete(folder, recursive: true));
        }
        catch (Exception inUse) when (inUse is IOException or UnauthorizedAccessException)
        {
            // Something still has a file of it open: the next run removes it.
        }
    }

    /// <summary>Removes what no living run holds: the file in it is locked as long as the folder is used.</summary>
    private static void Sweep(string folder, string prefix)
    {
        foreach (string left in Directory.EnumerateDirectories(folder, prefix + "*"))
        {
            try
            {
                if (new DirectoryInfo(left).LinkTarget is null)
                {
                    using (new FileStream(System.IO.Path.Combine(left, HoldName), FileMode.Open, FileAccess.ReadWrite, FileShare.None, bufferSize: 0))
                    {
                    }

                    Delete(left);
                }
            }
            catch (Exception inUse) when (inUse is IOException or UnauthorizedAccessException)
            {
                // Another run's, or another user's: theirs to remove.
            }
        }
    }
}
