using VectorMigration.Engine;

namespace VectorMigration.Tuning;

/// <summary>The time that a tuning has, and who is told how far it is.</summary>
internal sealed class TuningReporter(Guid runId, TimeSpan budget, IRunObserver observer, TimeProvider time)
{
    private readonly long started = time.GetTimestamp();
    private readonly List<string> warnings = [];
    private int trials;

    /// <summary>Time since the start.</summary>
    public TimeSpan Elapsed => time.GetElapsedTime(started);

    /// <summary>What was warned of.</summary>
    public IReadOnlyList<string> Warnings => warnings;

    /// <summary>Vectors acknowledged in all trials.</summary>
    public long Sent { get; private set; }

    /// <summary>What is left of a part of the time; zero when it is over.</summary>
    public TimeSpan LeftOf(double share)
    {
        TimeSpan left = (budget * share) - Elapsed;
        return left > TimeSpan.Zero ? left : TimeSpan.Zero;
    }

    /// <summary>Something begins.</summary>
    public void Begin(string doing) => observer.OnEvent(new TuningAdvanced(runId, time.GetUtcNow(), doing, Elapsed, budget));

    /// <summary>A trial has ended.</summary>
    public void End(string what, TuningTrial trial)
    {
        Sent += trial.Curve.Vectors;
        observer.OnEvent(new TuningTrialEnded(runId, time.GetUtcNow(), ++trials, what, trial.Curve.Vectors, trial.Rate));
    }

    /// <summary>Something the operator should know.</summary>
    public void Warn(string message)
    {
        warnings.Add(message);
        observer.OnEvent(new RunWarning(runId, time.GetUtcNow(), message));
    }
}
