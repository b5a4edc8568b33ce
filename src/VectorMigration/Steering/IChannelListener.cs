namespace VectorMigration.Steering;

/// <summary>Where other sessions of this machine reach a run.</summary>
internal interface IChannelListener : IDisposable
{
    /// <summary>Path of the socket, or name of the pipe.</summary>
    string Address { get; }

    /// <summary>Waits for the next session.</summary>
    Task<Stream> AcceptAsync(CancellationToken cancellationToken);
}
