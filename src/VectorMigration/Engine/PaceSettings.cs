using System.Globalization;
using VectorMigration.Errors;

namespace VectorMigration.Engine;

/// <summary>A pace that is set while a run is under way. A value that is null stays as it is.</summary>
internal sealed record PaceSettings
{
    /// <summary>Nothing is set.</summary>
    public static readonly PaceSettings None = new();

    /// <summary>Least and most requests a second that can be set.</summary>
    public const double LeastRequests = 0.1;

    /// <summary>Most requests a second that can be set; more than that is no limit.</summary>
    public const double MostRequests = 100_000;

    /// <summary>Vectors in a batch.</summary>
    public int? BatchSize { get; init; }

    /// <summary>Batches under way at once.</summary>
    public int? ThrottleLimit { get; init; }

    /// <summary>Pause between the end of a batch and the start of the next.</summary>
    public TimeSpan? BatchDelay { get; init; }

    /// <summary>Most requests of any kind that start in a second; 0 for no limit.</summary>
    public double? RequestsPerSecond { get; init; }

    /// <summary>The run finds its pace again, whatever it was begun with; what else is set here holds besides.</summary>
    public bool Adaptive { get; init; }

    /// <summary>Nothing is set.</summary>
    public bool IsEmpty => this == None;

    /// <summary>Refuses values that no run takes.</summary>
    /// <exception cref="MigrationException">A value is out of its range.</exception>
    public void Require()
    {
        CommonErrors.RequireRange("-BatchSize", BatchSize ?? 1, 1, 100_000);
        CommonErrors.RequireRange("-ThrottleLimit", ThrottleLimit ?? 1, 1, 1_024);
        if (BatchDelay is TimeSpan delay && (delay < TimeSpan.Zero || delay > TimeSpan.FromDays(1)))
        {
            throw CommonErrors.OutOfRange("-BatchDelay", delay.TotalSeconds + " s", "0 s to 86,400 s");
        }

        if (Adaptive && BatchDelay > TimeSpan.Zero)
        {
            throw new MigrationException(ErrorIds.ValueOutOfRange, ErrorKind.InvalidArgument,
                "-Adaptive removes the delay between batches, but -BatchDelay sets one. The pace was not changed.",
                "Use -Adaptive or -BatchDelay, not both. To slow down an adaptive run, use -Adaptive with -RequestsPerSecond.", "-BatchDelay");
        }

        if (RequestsPerSecond is double rate && !(rate == 0 || rate is >= LeastRequests and <= MostRequests))
        {
            throw CommonErrors.OutOfRange("-RequestsPerSecond", rate.ToString(CultureInfo.InvariantCulture), "0.1 to 100,000, or 0 for no limit");
        }
    }

    /// <summary>What holds when these values are set after those.</summary>
    public PaceSettings Over(PaceSettings before) => Adaptive ? this with { RequestsPerSecond = RequestsPerSecond ?? 0 } : new PaceSettings
    {
        BatchSize = BatchSize ?? before.BatchSize,
        ThrottleLimit = ThrottleLimit ?? before.ThrottleLimit,
        BatchDelay = BatchDelay ?? before.BatchDelay,
        RequestsPerSecond = RequestsPerSecond ?? before.RequestsPerSecond,
        Adaptive = before.Adaptive,
    };

    /// <summary>The options of an upload with what is set here.</summary>
    /// <param name="options">What the run was begun with.</param>
    /// <param name="now">What it came to; exact pacing keeps those of its values that are not set.</param>
    public UploadOptions Apply(UploadOptions options, FlowSummary now)
    {
        options = Adaptive ? options with { BatchSize = null, ThrottleLimit = null, BatchDelay = TimeSpan.Zero } : options;
        TimeSpan delay = BatchDelay ?? options.BatchDelay;
        bool isExact = delay > TimeSpan.Zero;
        return options with
        {
            BatchDelay = delay,
            BatchSize = BatchSize ?? options.BatchSize ?? (isExact ? now.BatchSize : null),
            ThrottleLimit = ThrottleLimit ?? options.ThrottleLimit ?? (isExact ? now.ThrottleLimit : null),
        };
    }

    /// <summary>What is set, in words.</summary>
    public override string ToString()
    {
        List<string> parts = [];
        if (Adaptive)
        {
            parts.Add("adaptive");
        }

        Add(parts, BatchSize is int size ? string.Create(CultureInfo.InvariantCulture, $"batches of {size:N0}") : null);
        Add(parts, ThrottleLimit is int limit ? string.Create(CultureInfo.InvariantCulture, $"{limit:N0} in parallel") : null);
        Add(parts, BatchDelay is not TimeSpan delay ? null : delay == TimeSpan.Zero ? "no pauses"
            : string.Create(CultureInfo.InvariantCulture, $"pauses of {delay.TotalSeconds:0.###} s"));
        Add(parts, RequestsPerSecond is not double rate || (Adaptive && rate == 0) ? null : rate == 0 ? "no request limit"
            : string.Create(CultureInfo.InvariantCulture, $"at most {rate:0.###} requests/s"));
        return string.Join(", ", parts);
    }

    private static void Add(List<string> parts, string? text)
    {
        if (text is not null)
        {
            parts.Add(text);
        }
    }
}
