namespace VectorMigration.Cli.Output;

/// <summary>Tells a run in words: warnings always, the rest with <c>--verbose</c>.</summary>
internal sealed class RunReporter(Screen screen) : IRunObserver
{
    /// <inheritdoc/>
    public void OnEvent(RunEvent runEvent)
    {
        switch (runEvent)
        {
            case RunWarning warning:
                screen.Warn(warning.Message);
                break;
            case ProgressLine line:
                screen.Note(line.Text);
                break;
            case RunSteered steered:
                screen.Note(SteeringText.Of(steered));
                break;
            case ServerUnreachable outage:
                screen.Warn(OutageText.Lost(outage, TimeZoneInfo.Local));
                break;
            case ServerReachable back:
                screen.Note(OutageText.Back(back));
                break;
            case RunStarted started:
                TellPlan(started.Plan);
                break;
            case PhaseStarted phase:
                screen.Tell($"phase {phase.Phase}{(phase.Total > 0 ? $", {Units.Count(phase.Total)}" : string.Empty)}");
                break;
            case PoolPaused pause:
                screen.Tell($"pausing for {Units.Time(pause.Duration)}: {pause.Reason}");
                break;
            case AttemptEnded { Sample.Outcome: not WriteOutcome.Ok } attempt:
                screen.Tell($"batch {attempt.BatchNumber}, attempt {attempt.Attempt}: {attempt.Sample.Outcome} after "
                    + $"{Units.Time(attempt.Sample.Latency)} ({attempt.ErrorId}): {attempt.Reason}");
                break;
            case FlowChanged { Change: FlowChange change }:
                screen.Tell($"pace: {Units.Count(change.BatchSize)} per batch, {change.Parallelism} in parallel: {change.Reason}");
                break;
            case VectorSkipped { Vector: SkippedVector vector }:
                screen.Tell($"skipped vector {vector.Ordinal} (id {vector.FaissId}): {vector.Reason}");
                break;
            default:
                break;
        }
    }

    private void TellPlan(MigrationPlan plan)
    {
        if (PlanText.Resuming(plan) is string resuming)
        {
            screen.Note(resuming);
        }

        screen.Tell($"index {plan.Index.Kind}, {Units.Count(plan.Index.Count)} × {plan.Index.Dimension}, fidelity {plan.Index.Fidelity}, ids: "
            + $"{plan.Index.IdSource}");
        screen.Tell($"server {plan.ServerVersion} at {plan.Endpoint}, by {plan.Protocol}");
        screen.Tell($"collection {plan.Collection}: {PlanText.CollectionState(plan)}");
        screen.Tell($"send {PlanText.Sending(plan)}; pace {PlanText.Pace(plan)}");
    }
}
