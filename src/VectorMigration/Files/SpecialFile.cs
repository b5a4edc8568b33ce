using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace VectorMigration.Files;

/// <summary>
/// Names what is no regular file, without opening it: a named pipe, a device, a socket. Such a path has a length of 0 and may be opened, waited for or
/// replaced like a file; none of that is what anybody means.
/// </summary>
internal static class SpecialFile
{
    private const int WorkingFolder = -100;
    private const uint TypeOnly = 1;
    private const int StatBytes = 256;

    /// <summary>Where struct statx keeps the mode, on every architecture.</summary>
    private const int ModeAt = 28;

    /// <summary>What a path leads to, through links, within a sentence ("a named pipe"); null for a regular file, a folder, and what is not there.</summary>
    public static string? KindOf(string path)
    {
        if (OperatingSystem.IsLinux() && TypeOf(path) is int type)
        {
            return (type & 0xF000) switch
            {
                0x1000 => "a named pipe",
                0x2000 or 0x6000 => "a device",
                0xC000 => "a socket",
                _ => null,
            };
        }

        try
        {
            UnblockedOpening.RequireSeekable(path);
            return null;
        }
        catch (NotSupportedException)
        {
            return "a pipe or a device";
        }
    }

    /// <summary>Why nothing may be written to a path, or put in its place: it leads to a pipe, a device or a socket. Null for all else.</summary>
    public static IOException? Refusal(string path) =>
        KindOf(path) is string kind ? new IOException($"'{path}' is {kind}. A regular file was expected.") : null;

    /// <summary>Refuses a path that leads to a pipe, a device or a socket: what is written there is lost, and what is put in its place destroys it.</summary>
    /// <exception cref="IOException">It does.</exception>
    public static void Refuse(string path)
    {
        if (Refusal(path) is IOException refusal)
        {
            throw refusal;
        }
    }

    /// <summary>The mode that the system has for a path; null where it cannot be asked.</summary>
    private static int? TypeOf(string path)
    {
        try
        {
            byte[] stat = new byte[StatBytes];
            return Statx(WorkingFolder, path, 0, TypeOnly, stat) == 0 ? BinaryPrimitives.ReadUInt16LittleEndian(stat.AsSpan(ModeAt)) : 0;
        }
        catch (EntryPointNotFoundException)
        {
            // A system library from before 2018.
            return null;
        }
    }

    [DllImport("libc", EntryPoint = "statx")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Statx(int folder, [MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags, uint mask, byte[] stat);
}
