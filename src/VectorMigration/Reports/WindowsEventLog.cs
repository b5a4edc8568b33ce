using System.ComponentModel;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace VectorMigration.Reports;

/// <summary>
/// The Application log of Windows, by the system's own calls: the package for it is none of the base class library. An entry needs no registered source. One
/// that is registered only adds the text around it.
/// </summary>
[SupportedOSPlatform("windows")]
internal sealed partial class WindowsEventLog : IDisposable
{
    /// <summary>Name of the source.</summary>
    public const string Source = "VectorMigration";

    // The system takes at most 31,839 characters of one text.
    private const int MostText = 31_000;

    private readonly IntPtr handle;

    private WindowsEventLog(IntPtr handle) => this.handle = handle;

    /// <summary>Opens the log.</summary>
    /// <exception cref="Win32Exception">The system does not open it.</exception>
    public static WindowsEventLog Open()
    {
        IntPtr handle = RegisterEventSource(null, Source);
        return handle == IntPtr.Zero ? throw new Win32Exception(Marshal.GetLastPInvokeError()) : new WindowsEventLog(handle);
    }

    /// <summary>Writes an entry; false where the system does not take it.</summary>
    public bool Write(EventLogEntry entry)
    {
        string text = entry.Text.Length > MostText ? entry.Text[..MostText] + "…" : entry.Text;
        IntPtr shown = Marshal.StringToHGlobalUni(text.Replace('\0', ' '));
        try
        {
            return ReportEvent(handle, (ushort)entry.Level, 0, (uint)entry.Id, IntPtr.Zero, 1, 0, [shown], IntPtr.Zero);
        }
        finally
        {
            Marshal.FreeHGlobal(shown);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _ = DeregisterEventSource(handle);

    [LibraryImport("advapi32.dll", EntryPoint = "RegisterEventSourceW", SetLastError = true, StringMarshalling = StringMarshalling.Utf16)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static partial IntPtr RegisterEventSource(string? server, string source);

    [LibraryImport("advapi32.dll", EntryPoint = "ReportEventW", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static partial bool ReportEvent(
        IntPtr log, ushort type, ushort category, uint id, IntPtr user, ushort texts, uint dataSize, [In] IntPtr[] text, IntPtr data);

    [LibraryImport("advapi32.dll", EntryPoint = "DeregisterEventSource", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static partial bool DeregisterEventSource(IntPtr log);
}
