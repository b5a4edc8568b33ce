using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace VectorMigration.Files;

/// <summary>Looks whether a path is a file with positions, without waiting: the opening of a named pipe waits for a writer, perhaps for ever.</summary>
internal static class UnblockedOpening
{
    // fcntl.h: O_RDONLY | O_NONBLOCK | O_CLOEXEC
    private const int Linux = 0x800 | 0x80000;
    private const int MacOS = 0x4 | 0x1000000;

    /// <summary>Refuses what has no positions. Whatever else keeps the path from being opened is left to the opening itself.</summary>
    /// <exception cref="NotSupportedException">It is a pipe, a terminal or a socket.</exception>
    public static void RequireSeekable(string path)
    {
        if (!OperatingSystem.IsLinux() && !OperatingSystem.IsMacOS())
        {
            return;
        }

        using SafeFileHandle handle = Open(path, OperatingSystem.IsLinux() ? Linux : MacOS);
        if (!handle.IsInvalid)
        {
            _ = RandomAccess.GetLength(handle);
        }
    }

    [DllImport("libc", EntryPoint = "open")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern SafeFileHandle Open([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags);
}
