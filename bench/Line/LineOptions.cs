namespace VectorMigration.Line;

/// <summary>How long and how wide a line is.</summary>
public sealed record LineOptions
{
    /// <summary>Delay each way; a round trip of 240 ms is 120 ms here.</summary>
    public TimeSpan Delay { get; init; }

    /// <summary>Most that is added to the delay of a piece of data, at random. Order is kept, so what comes behind a late piece is late too.</summary>
    public TimeSpan Jitter { get; init; }

    /// <summary>Bytes a second each way, shared by all connections; 0 for no cap.</summary>
    public long BytesPerSecond { get; init; }

    /// <summary>
    /// Most bytes under way on one connection each way, as a TCP window allows; a sender has to wait beyond that. It also bounds the memory of the
    /// proxy. Linux lets a connection grow to about 4 to 6 MB by default.
    /// </summary>
    public int Window { get; init; } = 6 << 20;

    /// <summary>True: the first bytes of a connection wait one round trip longer, as after TCP's handshake. False: connecting takes no time.</summary>
    public bool Handshake { get; init; }

    /// <summary>Seed of the jitter.</summary>
    public int Seed { get; init; } = 1;
}
