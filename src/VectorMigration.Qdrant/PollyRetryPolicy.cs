using Polly;
using Polly.CircuitBreaker;
using Polly.Contrib.WaitAndRetry;

namespace VectorMigration.Qdrant;

/// <summary>How often and how long batches are retried.</summary>
public readonly record struct RetryOptions
{
    /// <summary>The values used where nothing else is said.</summary>
    public RetryOptions()
    {
    }

    /// <summary>
    /// Retries of one batch after its first attempt while other batches get through. Waits that the server asks for do not count; while nothing
    /// at all gets through, the server is lost for everybody, and <see cref="CircuitTime"/> decides.
    /// </summary>
    public int MaxRetries { get; init; } = 6;

    /// <summary>About the first delay. Do not touch without a measurement: jitter spreads it already.</summary>
    public TimeSpan BaseDelay { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>Longest delay.</summary>
    public TimeSpan MaxDelay { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Failures without one success for this long open the circuit: the run ends, resumable.</summary>
    public TimeSpan CircuitTime { get; init; } = TimeSpan.FromSeconds(120);
}

/// <summary>
/// Backoff and circuit breaker of Polly, which itself neither waits nor calls, because the engine alone schedules. The delays are Polly's own generator for
/// exponential backoff with decorrelated jitter, the formula that its retry strategy uses; the circuit breaker is told of every attempt. Thread-safe.
/// </summary>
public sealed class PollyRetryPolicy : IRetryPolicy
{
    // Polly counts failures within a window; how long nothing has succeeded is measured here, so a few suffice.
    private const int FewestFailures = 2;
    private readonly Lock gate = new();
    private readonly RetryOptions options;
    private readonly TimeProvider clock;
    private readonly Func<int?> seed;
    private readonly CircuitBreakerStateProvider state = new();
    private readonly CircuitBreakerManualControl control = new();
    private readonly ResiliencePipeline<bool> circuit;
    private long? failingSince;
    private long successes;

    /// <summary>Makes a policy.</summary>
    /// <param name="options">Numbers; the defaults suit a server at any distance.</param>
    /// <param name="clock">Clock of the circuit; null for the system's.</param>
    public PollyRetryPolicy(RetryOptions? options = null, TimeProvider? clock = null)
        : this(options ?? new RetryOptions(), clock ?? TimeProvider.System, static () => null)
    {
    }

    /// <param name="options">Numbers.</param>
    /// <param name="clock">Clock of the circuit.</param>
    /// <param name="seed">Seed of the jitter of each batch; null for chance.</param>
    internal PollyRetryPolicy(RetryOptions options, TimeProvider clock, Func<int?> seed)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(options.MaxRetries);
        this.options = options;
        this.clock = clock;
        this.seed = seed;
        circuit = new ResiliencePipelineBuilder<bool> { TimeProvider = clock }.AddCircuitBreaker(new CircuitBreakerStrategyOptions<bool>
        {
            FailureRatio = 1,
            MinimumThroughput = FewestFailures,
            SamplingDuration = options.CircuitTime,
            // Only a success closes the circuit; time alone does not.
            BreakDuration = TimeSpan.FromDays(1),
            StateProvider = state,
            ManualControl = control,
            ShouldHandle = static args => ValueTask.FromResult(!args.Outcome.Result),
        }).Build();
    }

    /// <inheritdoc/>
    public bool IsOpen
    {
        get
        {
            lock (gate)
            {
                return failingSince is long since && state.CircuitState != CircuitState.Closed && clock.GetElapsedTime(since) >= options.CircuitTime;
            }
        }
    }

    /// <inheritdoc/>
    public IRetryDelays Begin() => new Delays(this);

    /// <inheritdoc/>
    public void RecordSuccess()
    {
        lock (gate)
        {
            failingSince = null;
            successes++;
            if (state.CircuitState == CircuitState.Closed)
            {
                circuit.Execute(static () => true);
                return;
            }

            // Polly only counts here and runs no work, so closing the circuit never waits.
            control.CloseAsync().GetAwaiter().GetResult();
        }
    }

    /// <inheritdoc/>
    public void RecordFailure()
    {
        lock (gate)
        {
            failingSince ??= clock.GetTimestamp();
            if (state.CircuitState == CircuitState.Closed)
            {
                circuit.Execute(static () => false);
            }
        }
    }

    /// <inheritdoc/>
    public void Restart()
    {
        lock (gate)
        {
            failingSince = null;
            if (state.CircuitState != CircuitState.Closed)
            {
                control.CloseAsync().GetAwaiter().GetResult();
            }
        }
    }

    /// <summary>True while nothing has got through since a batch began to fail and the circuit has not opened.</summary>
    private bool IsOutage(long successesThen)
    {
        lock (gate)
        {
            // The time since the last success is measured too: failures rarer than Polly's window never open its circuit.
            return failingSince is long since && successes == successesThen && clock.GetElapsedTime(since) < options.CircuitTime && !IsOpen;
        }
    }

    /// <summary>No wait leads past the time at which the run gives up, so that it gives up when it said it would.</summary>
    private TimeSpan WithinCircuitTime(TimeSpan delay)
    {
        lock (gate)
        {
            TimeSpan left = failingSince is long since ? options.CircuitTime - clock.GetElapsedTime(since) : delay;
            return left > TimeSpan.Zero && left < delay ? left : delay;
        }
    }

    private sealed class Delays(PollyRetryPolicy policy) : IRetryDelays
    {
        private readonly long successesThen = policy.successes;
        private IEnumerator<TimeSpan>? delays;
        private TimeSpan last;

        public bool TryNext(out TimeSpan delay)
        {
            // Most batches need no delay, so delays are computed one at a time.
            delays ??= Backoff.DecorrelatedJitterBackoffV2(policy.options.BaseDelay, policy.options.MaxRetries, policy.seed()).GetEnumerator();
            if (delays.MoveNext())
            {
                last = delays.Current < policy.options.MaxDelay ? delays.Current : policy.options.MaxDelay;
                delay = policy.WithinCircuitTime(last);
                return true;
            }

            bool waits = policy.options.MaxRetries > 0 && policy.IsOutage(successesThen);
            delay = waits ? policy.WithinCircuitTime(last) : TimeSpan.Zero;
            return waits;
        }
    }
}
