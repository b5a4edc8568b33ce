using System.IO.Pipes;
using System.Runtime.Versioning;
using System.Security.AccessControl;
using System.Security.Cryptography;
using System.Security.Principal;

namespace VectorMigration.Steering;

/// <summary>A named pipe of a random name that only its owner may open, and nobody over the network.</summary>
[SupportedOSPlatform("windows")]
internal sealed class PipeListener : IChannelListener
{
    /// <summary>What the names begin with.</summary>
    public const string Prefix = "vector-migration-";

    private const int AtOnce = 5;
    private const int BufferBytes = 4096;
    private readonly string name = Prefix + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
    private NamedPipeServerStream? next;

    private PipeListener()
    {
    }

    /// <inheritdoc/>
    public string Address => name;

    /// <summary>Opens it.</summary>
    /// <exception cref="IOException">It cannot be opened.</exception>
    public static PipeListener Open()
    {
        PipeListener listener = new();
        // The first one makes sure that nobody else has the name.
        listener.next = listener.New(PipeOptions.FirstPipeInstance);
        return listener;
    }

    /// <inheritdoc/>
    public async Task<Stream> AcceptAsync(CancellationToken cancellationToken)
    {
        NamedPipeServerStream pipe = next ?? New(PipeOptions.None);
        next = null;
        try
        {
            await pipe.WaitForConnectionAsync(cancellationToken).ConfigureAwait(false);
            next = New(PipeOptions.None);
            return pipe;
        }
        catch
        {
            await pipe.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => next?.Dispose();

    private NamedPipeServerStream New(PipeOptions options) => NamedPipeServerStreamAcl.Create(
        name, PipeDirection.InOut, AtOnce, PipeTransmissionMode.Byte, PipeOptions.Asynchronous | options, BufferBytes, BufferBytes, Access());

    private static PipeSecurity Access()
    {
        using WindowsIdentity user = WindowsIdentity.GetCurrent();
        PipeSecurity access = new();
        access.AddAccessRule(new PipeAccessRule(
            new SecurityIdentifier(WellKnownSidType.NetworkSid, null), PipeAccessRights.FullControl, AccessControlType.Deny));
        access.AddAccessRule(new PipeAccessRule(user.User!, PipeAccessRights.FullControl, AccessControlType.Allow));
        return access;
    }
}
