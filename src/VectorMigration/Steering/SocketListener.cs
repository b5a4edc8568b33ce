using System.Net.Sockets;
using System.Text;
using VectorMigration.Files;

namespace VectorMigration.Steering;

/// <summary>
/// A Unix socket that only its owner may use, in a folder that only its owner may enter: in the runtime folder of the user, where there is one, otherwise in
/// that of temporary files. What a killed run left behind is removed when the next one begins.
/// </summary>
internal sealed class SocketListener : IChannelListener
{
    /// <summary>What the folders begin with.</summary>
    public const string FolderPrefix = "vector-migration-run-";

    /// <summary>Name of the socket in its folder.</summary>
    public const string FileName = "control.sock";

    /// <summary>The system's address of a socket has 108 bytes, on macOS 104, the end of the text among them.</summary>
    private const int MostBytes = 103;

    /// <summary>Sessions that may wait to be met.</summary>
    private const int Waiting = 64;

    private const UnixFileMode Others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    private readonly PrivateFolder folder;
    private readonly Socket socket;

    private SocketListener(PrivateFolder folder, Socket socket) => (this.folder, this.socket) = (folder, socket);

    /// <inheritdoc/>
    public string Address => folder.PathOf(FileName);

    /// <summary>Opens it.</summary>
    /// <exception cref="IOException">There is no place for it.</exception>
    public static SocketListener Open(IEnumerable<string?>? places = null)
    {
        Exception? last = null;
        foreach (string place in (places ?? Places()).OfType<string>())
        {
            try
            {
                return OpenIn(place);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or SocketException or NotSupportedException)
            {
                last = e;
            }
        }

        throw new IOException(last?.Message ?? "no folder for a socket was found", last);
    }

    /// <inheritdoc/>
    public async Task<Stream> AcceptAsync(CancellationToken cancellationToken) =>
        new NetworkStream(await socket.AcceptAsync(cancellationToken).ConfigureAwait(false), ownsSocket: true);

    /// <inheritdoc/>
    public void Dispose()
    {
        socket.Dispose();
        folder.Dispose();
    }

    /// <summary>The folders to try, the best one first.</summary>
    internal static IEnumerable<string?> Places() => [RuntimeFolder(Environment.GetEnvironmentVariable("XDG_RUNTIME_DIR")), Path.GetTempPath(), "/tmp"];

    /// <summary>The runtime folder, if it is one: an absolute path to a folder that nobody else may enter. Null otherwise.</summary>
    internal static string? RuntimeFolder(string? named) =>
        named is { Length: > 0 } && Path.IsPathRooted(named) && Directory.Exists(named) && !OperatingSystem.IsWindows()
            && (File.GetUnixFileMode(named) & Others) == 0 ? named : null;

    private static SocketListener OpenIn(string place)
    {
        PrivateFolder folder = new(FolderPrefix, place);
        string path = folder.PathOf(FileName);
        Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            if (Encoding.UTF8.GetByteCount(path) > MostBytes)
            {
                throw new IOException($"the path {path} is longer than a socket can have");
            }

            socket.Bind(new UnixDomainSocketEndPoint(path));
            if (!OperatingSystem.IsWindows())
            {
                File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            }

            socket.Listen(Waiting);
            return new SocketListener(folder, socket);
        }
        catch
        {
            socket.Dispose();
            folder.Dispose();
            throw;
        }
    }
}
