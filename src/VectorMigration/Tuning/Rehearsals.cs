using System.Diagnostics;
using VectorMigration.Engine;
using VectorMigration.Errors;
using VectorMigration.Runs;
using VectorMigration.Verification;

namespace VectorMigration.Tuning;

/// <summary>
/// The second part of a tuning: the migration itself as far as the time allows, with the recommended values and without any, journal and logs included,
/// on the scratch collection. A large collection is another thing than a fresh one, because the server indexes while it is loaded.
/// </summary>
internal sealed class Rehearsals(TrialContext ground, ScratchCollection scratch, DurationForecast forecast, LimitedPace? limit, TuningReporter teller)
{
    /// <summary>The first of each pace may take this part of what is left: it is to come as far as possible, and others are to come after it.</summary>
    private const double FirstShare = 0.4;

    /// <summary>Rehearsals of a pace after which no more is learned.</summary>
    private const int Enough = 4;

    /// <summary>Runs of a small size, which is rehearsed as it is.</summary>
    private const int SmallRounds = 3;
    private static readonly TimeSpan Small = TimeSpan.FromSeconds(1);

    /// <summary>What a rehearsal needs besides its upload.</summary>
    private static readonly TimeSpan Setup = TimeSpan.FromSeconds(0.5);

    /// <summary>Points that are read back to learn what verification takes.</summary>
    private const int MostVerified = 20_000;

    /// <summary>A rehearsal that comes less far than this part of the one before tells nothing new.</summary>
    private const double LeastPart = 0.3;

    private readonly Dictionary<bool, List<double>> durations = new() { [false] = [], [true] = [] };

    /// <summary>Vectors of the first run, which is to be small: what it takes longer than others is the same for all sizes.</summary>
    private const long FirstRunVectors = 1_000;

    private long MostVectors => Math.Min(ground.Planned.Plan.Count, limit?.MostVectors ?? long.MaxValue);

    /// <summary>The first run of the process, before anything else has opened connections or compiled code; it also finds out whether the server takes
    /// vectors.</summary>
    /// <exception cref="MigrationException">The server refused, was lost, or acknowledged nothing in this time.</exception>
    public async Task BeginAsync(TimeSpan most, CancellationToken cancellationToken)
    {
        TuningTrial trial = await RehearseAsync(null, Math.Min(MostVectors, FirstRunVectors), most, cancellationToken).ConfigureAwait(false);
        forecast.BytesPerVector = trial.BytesPerVector;
        forecast.FirstRun = trial.Curve.Vectors > 0 ? trial.Curve : throw TuningErrors.NoAnswer(ground.Store.Endpoint, most);
    }

    /// <summary>Rehearses until enough is known or this part of the time is over.</summary>
    /// <exception cref="MigrationException">The server refused, or was lost.</exception>
    public async Task RunAsync(TuningSetting setting, IReadOnlyList<long> sizes, double share, CancellationToken cancellationToken)
    {
        TuningTrial first = await GrowAsync(setting, teller.LeftOf(share) * FirstShare, cancellationToken).ConfigureAwait(false);
        forecast.ServerSecondsPerVector = first.ServerSecondsPerVector / setting.ThrottleLimit;
        await VerifyAsync(first, teller.LeftOf(share) * FirstShare / 4, cancellationToken).ConfigureAwait(false);
        await GrowAsync(null, teller.LeftOf(share) * FirstShare, cancellationToken).ConfigureAwait(false);
        await RehearseSmallAsync(setting, sizes, share, cancellationToken).ConfigureAwait(false);
        while (durations.Values.Any(static known => known.Count < Enough))
        {
            bool adaptive = durations[true].Count < durations[false].Count;
            TimeSpan left = teller.LeftOf(share) - Setup;
            if (left.TotalSeconds < LeastPart * durations[adaptive].DefaultIfEmpty(0).Max() || left <= TimeSpan.Zero)
            {
                return;
            }

            await GrowAsync(adaptive ? null : setting, left, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>One rehearsal of all vectors, or of as many as the time allows; without a setting at the pace that is found while sending.</summary>
    private async Task<TuningTrial> GrowAsync(TuningSetting? setting, TimeSpan most, CancellationToken cancellationToken)
    {
        TuningTrial trial = await RehearseAsync(setting, MostVectors, most, cancellationToken).ConfigureAwait(false);
        forecast.Add(trial.Curve);
        durations[setting is null].Add(trial.Curve.Seconds);
        return trial;
    }

    /// <summary>Sizes of less than a second are rehearsed as they are: their beginning and end are most of them.</summary>
    private async Task RehearseSmallAsync(TuningSetting setting, IReadOnlyList<long> sizes, double share, CancellationToken cancellationToken)
    {
        for (int round = 0; round < SmallRounds; round++)
        {
            foreach (long size in sizes.Where(size => size < MostVectors))
            {
                foreach (bool adaptive in (bool[])[false, true])
                {
                    if (forecast.Has(adaptive) && forecast.For(size, adaptive).Upload < Small && teller.LeftOf(share) > Small)
                    {
                        TuningTrial trial = await RehearseAsync(adaptive ? null : setting, size, Small * 2, cancellationToken).ConfigureAwait(false);
                        forecast.Add(trial.Curve);
                    }
                }
            }
        }
    }

    private async Task<TuningTrial> RehearseAsync(TuningSetting? setting, long vectors, TimeSpan most, CancellationToken cancellationToken)
    {
        string what = $"rehearsing {(setting is TuningSetting exact ? exact.ToString() : "the pace that is found while sending")}";
        teller.Begin(what);
        await scratch.RenewAsync(cancellationToken).ConfigureAwait(false);
        using var files = new RehearsalFiles(ground, scratch.Name);
        using IFlowControl flow = NewFlow(setting);
        var extent = new TrialExtent { Vectors = vectors, Most = most };
        var feed = new TrialFeed(ground.OpenFeed, extent, newIds: null, ground.Time);
        await using (feed.ConfigureAwait(false))
        {
            var curve = new GrowthCurve { IsAdaptive = setting is null };
            TuningTrial trial = await TuningTrial.RunAsync(ground, scratch.Name, flow, feed, curve, (most * 1.5) + Setup, files, cancellationToken)
                .ConfigureAwait(false);
            curve.IsExact = !trial.WasCut && (feed.ReachedEnd || curve.Vectors >= vectors);
            teller.End(what, trial);
            return trial;
        }
    }

    private IFlowControl NewFlow(TuningSetting? setting)
    {
        UploadOptions options = ground.Options.Upload;
        return setting is TuningSetting exact
            ? new FixedFlowControl(exact.Pace(options), ground.Time)
            : FlowControls.For(options with { BatchSize = null, ThrottleLimit = null, BatchDelay = TimeSpan.Zero },
                ground.FlowStart(scratch.Name, limit?.OfScratch), ground.Time);
    }

    /// <summary>Reads some of what was sent back and compares it, as a migration ends.</summary>
    private async Task VerifyAsync(TuningTrial trial, TimeSpan most, CancellationToken cancellationToken)
    {
        int count = (int)Math.Min(trial.Curve.Vectors, MostVerified);
        if (trial.WasCut || count == 0 || most <= TimeSpan.Zero)
        {
            return;
        }

        teller.Begin("reading back");
        MigrationPlan plan = ground.Planned.Plan;
        MigrationOptions options = ground.Options with { Collection = scratch.Name };
        long[] ordinals = [.. Enumerable.Range(0, count).Select(row => plan.Offset + row).Where(ordinal => !ground.Planned.Ids.Superseded.Contains(ordinal))];
        var findings = new Findings(forRepair: false, upsertsWholePoints: false);
        using var limited = new CancellationTokenSource(most, ground.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limited.Token, cancellationToken);
        long started = ground.Time.GetTimestamp();
        try
        {
            await new Verifier(ground.Source, ground.Payload, ground.Store, ground.Planned.Scope(options)).CompareAsync(ordinals, findings, either.Token)
                .ConfigureAwait(false);
            forecast.VerificationSecondsPerVector = ground.Time.GetElapsedTime(started).TotalSeconds / Math.Max(1, ordinals.Length);
            if (findings.Missing + findings.Different > 0)
            {
                teller.Warn($"Of {Units.Of(ordinals.Length, "acknowledged vector", "acknowledged vectors")} read back, {findings.Missing} missing and "
                    + $"{findings.Different} different. Find the cause before you migrate.");
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            Debug.Assert(limited.IsCancellationRequested, "only the time can have ended it");
        }
    }
}
