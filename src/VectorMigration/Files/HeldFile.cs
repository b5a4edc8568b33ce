namespace VectorMigration.Files;

/// <summary>
/// Files that another program holds for a moment, as antivirus scanners, indexers and readers of a log do. Windows neither replaces nor deletes such a file.
/// What fails for that reason is tried again for two seconds.
/// </summary>
internal static class HeldFile
{
    // winerror.h, as the low half of an HRESULT.
    private const int Win32 = unchecked((int)0x80070000);
    private const int SharingViolation = Win32 | 32;
    private const int LockViolation = Win32 | 33;

    // EWOULDBLOCK of Linux and of macOS, which .NET passes on as it is.
    private const int WouldBlockLinux = 11;
    private const int WouldBlockMac = 35;

    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    /// <summary>Whether a file could not be opened, replaced or deleted because a program has it open. Asked by code: messages differ by language.</summary>
    public static bool IsHeld(Exception error) => error is IOException
        && error.HResult is SharingViolation or LockViolation or WouldBlockLinux or WouldBlockMac;

    /// <summary>Whether a program may have the file open: Windows answers the replacement of an open file with "access is denied".</summary>
    public static bool MayBeHeld(Exception error) => IsHeld(error) || (error is UnauthorizedAccessException && OperatingSystem.IsWindows());

    /// <summary>Puts a file in the place of one that may be there, in one step. A device, a pipe or a socket stays what it is.</summary>
    /// <exception cref="IOException">It cannot be; what was there is still there.</exception>
    public static void Replace(string fresh, string path)
    {
        SpecialFile.Refuse(path);
        Try(() => File.Move(fresh, path, overwrite: true));
    }

    /// <summary>Does something with a file, again as long as another program holds it, for two seconds at most.</summary>
    public static void Try(Action act) => Try(() =>
    {
        act();
        return true;
    });

    /// <summary>Does something with a file, again as long as another program holds it, for two seconds at most.</summary>
    public static T Try<T>(Func<T> act)
    {
        long until = Environment.TickCount64 + (long)Longest.TotalMilliseconds;
        while (true)
        {
            try
            {
                return act();
            }
            catch (Exception e) when (MayBeHeld(e) && Environment.TickCount64 < until)
            {
                Thread.Sleep(Pause);
            }
        }
    }
}
