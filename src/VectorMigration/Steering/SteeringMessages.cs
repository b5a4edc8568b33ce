namespace VectorMigration.Steering;

/// <summary>What another session says to a run: one line of JSON.</summary>
internal sealed record SteeringRequest
{
    /// <summary><c>status</c>, <c>pause</c>, <c>resume</c>, <c>stop</c> or <c>pace</c>.</summary>
    public required string Command { get; init; }

    /// <summary>The run that is meant. Another one refuses.</summary>
    public required Guid RunId { get; init; }

    /// <summary>Who asks, for the log.</summary>
    public string? By { get; init; }

    public int? BatchSize { get; init; }

    public int? ThrottleLimit { get; init; }

    /// <summary>Seconds.</summary>
    public double? BatchDelay { get; init; }

    public double? RequestsPerSecond { get; init; }

    public bool Adaptive { get; init; }
}

/// <summary>What the run answers: one line of JSON.</summary>
internal sealed record SteeringReply
{
    /// <summary>How far the run is, after what was asked for; null where that was refused.</summary>
    public RunFile? Run { get; init; }

    /// <summary>Why it was refused; null where it was not.</summary>
    public string? Refusal { get; init; }
}

/// <summary>A line to answer with, and what is done once it is sent.</summary>
/// <param name="Line">The line, without its end.</param>
/// <param name="Afterwards">Null for nothing.</param>
internal readonly record struct ChannelAnswer(byte[] Line, Action? Afterwards = null);
