using System.Diagnostics;

namespace VectorMigration.EndToEnd.Tests.Faults;

/// <summary>A small file system in memory that can be filled. It needs the right to mount.</summary>
internal sealed class SmallDisk : IDisposable
{
    private SmallDisk(string folder) => Folder = folder;

    public string Folder { get; }

    /// <summary>Mounts one; null, with the reason, where this machine does not let us.</summary>
    public static SmallDisk? TryMount(long bytes, out string reason)
    {
        string folder = Directory.CreateTempSubdirectory("vm-disk-").FullName;
        (int code, string said) = Run("mount", "-t", "tmpfs", "-o", $"size={bytes},mode=0700", "tmpfs", folder);
        reason = code == 0 ? string.Empty : $"a file system cannot be mounted here ({said.Trim()})";
        if (code != 0)
        {
            Directory.Delete(folder);
            return null;
        }

        return new SmallDisk(folder);
    }

    /// <summary>Fills it up to so many bytes.</summary>
    public void Fill(long leave)
    {
        using FileStream filler = new(Path.Combine(Folder, "filler"), FileMode.Create, FileAccess.Write);
        byte[] block = new byte[4_096];
        try
        {
            while (new DriveInfo(Folder).AvailableFreeSpace > leave)
            {
                filler.Write(block);
                filler.Flush();
            }
        }
        catch (IOException)
        {
            // Full.
        }
    }

    /// <summary>Makes room again.</summary>
    public void Free() => File.Delete(Path.Combine(Folder, "filler"));

    public void Dispose()
    {
        Run("umount", "-l", Folder);
        Directory.Delete(Folder);
    }

    private static (int Code, string Said) Run(string program, params string[] arguments)
    {
        try
        {
            using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true, RedirectStandardOutput = true })!;
            string said = process.StandardError.ReadToEnd();
            process.WaitForExit();
            return (process.ExitCode, said);
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            return (-1, e.Message);
        }
    }
}
