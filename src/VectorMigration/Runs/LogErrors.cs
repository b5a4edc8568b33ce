using System.Net;
using System.Net.Sockets;
using VectorMigration.Errors;
using VectorMigration.Files;

namespace VectorMigration.Runs;

/// <summary>The errors of writing logs; made here and nowhere else.</summary>
internal static class LogErrors
{
    public static MigrationException Unwritable(string path, Exception e) => new(
        ErrorIds.LogUnwritable, ErrorKind.Permission, $"The log {path} cannot be written: {FolderProbe.Cause(e)}",
        Action(e), path, e);

    /// <summary>The warning of a run that goes on although its log does not.</summary>
    public static string Loss(string path, Exception e) =>
        $"The log {path} cannot be written: {FolderProbe.Cause(e)} The run continues without these lines; its result counts them.";

    public static MigrationException HeartbeatUnwritable(string path, Exception e) => new(
        ErrorIds.LogUnwritable, ErrorKind.Permission, $"The heartbeat file {path} cannot be written: {FolderProbe.Cause(e)}",
            "Use another -HeartbeatPath: a new file, or one of an earlier run, in a folder that exists and is writable.", path, e);

    /// <summary>The metrics file cannot be written.</summary>
    public static MigrationException MetricsUnwritable(string path, Exception e) => new(
        ErrorIds.LogUnwritable, ErrorKind.Permission, $"The metrics file {path} cannot be written: {FolderProbe.Cause(e)}",
            "Use another -MetricsPath: a new file, or one of an earlier run, in a folder that exists and is writable.", path, e);

    /// <summary>It is no address that metrics can be served at.</summary>
    public static MigrationException MetricsAddressInvalid(string text) => new(
        ErrorIds.MetricsAddressInvalid, ErrorKind.InvalidArgument,
            $"'{text}' is not an address that metrics can be served at. Expected an IP address and a port, for example 127.0.0.1:9464.",
            "Use -MetricsListen 127.0.0.1:9464, or port 0 to use a free port.", text);

    /// <summary>Metrics cannot be served at an address.</summary>
    public static MigrationException MetricsUnserved(IPEndPoint at, SocketException e) => new(
        ErrorIds.MetricsAddressUnavailable, e.SocketErrorCode == SocketError.AccessDenied ? ErrorKind.Permission : ErrorKind.Conflict,
            $"Metrics cannot be served at {at}: " + e.SocketErrorCode switch
            {
                SocketError.AddressAlreadyInUse => "The port is in use.",
                SocketError.AccessDenied => "This user is not allowed to use the port.",
                SocketError.AddressNotAvailable => "This machine does not have the address.",
                SocketError.AddressFamilyNotSupported => "This machine does not have this kind of address.",
                _ => e.Message,
            },
            "Use another address or port with -MetricsListen, or port 0 to use a free port.", at.ToString(), e);

    /// <summary>There is no Windows event log on this system.</summary>
    public static MigrationException NoEventLog() => new(
        ErrorIds.EventLogUnavailable, ErrorKind.NotSupported, "-EventLog needs the event log of Windows, which this system does not have.",
            "Remove -EventLog. On this system, use -MetricsPath and the alert rules in docs/monitoring.");

    /// <summary>The Windows event log cannot be opened.</summary>
    public static MigrationException EventLogUnopened(Exception e) => new(
        ErrorIds.EventLogUnavailable, ErrorKind.Permission, $"The Windows event log cannot be opened: {e.Message}",
            "Start the service EventLog, or remove -EventLog.", null, e);

    private static string Action(Exception e) =>
        e is UnauthorizedAccessException ? "Give this user permission to write there, or choose another folder with -LogDirectory."
        : e is FileNotFoundException or DirectoryNotFoundException ? "Check the path, or choose another folder with -LogDirectory."
        : "Check the path and free disk space, or choose another folder with -LogDirectory.";
}
