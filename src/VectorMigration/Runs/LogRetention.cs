namespace VectorMigration.Runs;

/// <summary>How long the logs of runs stay, and how much room they take. A run that can be resumed keeps its logs whatever this says.</summary>
public sealed record LogRetention
{
    /// <summary>Days that the log of a run stays when nothing else is asked for.</summary>
    public const int DefaultDays = 90;

    /// <summary>Megabytes that the logs of all runs in a folder may take when nothing else is asked for.</summary>
    public const int DefaultMegabytes = 1_024;

    /// <summary>Logs of runs that began longer ago are removed when another run begins; null keeps them.</summary>
    public TimeSpan? Age { get; init; } = TimeSpan.FromDays(DefaultDays);

    /// <summary>Bytes of the logs of all runs in the folder; the oldest go first; null for no bound.</summary>
    public long? Bytes { get; init; } = Megabytes(DefaultMegabytes);

    /// <summary>What the options of both surfaces ask for: 0 keeps everything, and what is not given has its default.</summary>
    /// <param name="days">Days.</param>
    /// <param name="megabytes">Megabytes, 1,000,000 bytes each.</param>
    public static LogRetention Of(int? days, int? megabytes) => new()
    {
        Age = days == 0 ? null : TimeSpan.FromDays(days ?? DefaultDays),
        Bytes = megabytes == 0 ? null : Megabytes(megabytes ?? DefaultMegabytes),
    };

    private static long Megabytes(int megabytes) => megabytes * 1_000_000L;
}
