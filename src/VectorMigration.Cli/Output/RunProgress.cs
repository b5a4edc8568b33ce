using Spectre.Console;
using Spectre.Console.Rendering;

namespace VectorMigration.Cli.Output;

/// <summary>Progress bars on a terminal, one for each phase that counts; nothing where there is no terminal.</summary>
internal sealed class RunProgress : LiveProgress
{
    private const int BarWidth = 32;

    /// <summary>Leaves room on 80 columns for what an outage has to tell.</summary>
    private const int NarrowBarWidth = 6;

    private readonly ProgressBarColumn bar = new() { Width = BarWidth };
    private readonly CountColumn count = new();
    private ProgressContext? bars;
    private ProgressTask? current;
    private ProgressTask? whole;
    private Func<JobProgress?> job = static () => null;

    private RunProgress()
    {
    }

    /// <summary>Stands before the name of each phase: which part of a job it is of.</summary>
    private string Prefix => job()?.Now is { Part: > 0 } place ? $"{place.Part}/{place.Parts} " : string.Empty;

    /// <summary>Starts the display.</summary>
    /// <param name="screen">The screen.</param>
    /// <param name="job">How far the job is, which has a bar of its own above that of the part; null for one run.</param>
    public static RunProgress Start(Screen screen, Func<JobProgress?>? job = null)
    {
        RunProgress progress = new() { job = job ?? (static () => null) };
        progress.Show(screen);
        return progress;
    }

    /// <inheritdoc/>
    public override void OnEvent(RunEvent runEvent)
    {
        if (bars is null)
        {
            return;
        }

        ShowJob();
        switch (runEvent)
        {
            case PhaseStarted phase:
                Begin(phase, bars);
                break;
            case PhaseAdvanced advanced when current is not null:
                // The points of a collection can be more than those of the run.
                current.MaxValue = Math.Max(1, advanced.Total);
                current.Value = advanced.Done;
                count.Waiting = null;
                break;
            case PoolPaused pause:
                count.Waiting = OutageText.Waiting(pause, TimeZoneInfo.Local);
                break;
            case BatchEnded ended:
                count.Waiting = null;
                current?.Increment(ended.Result.Count);
                break;
            case RunSteered { Action: SteeringAction.Pause or SteeringAction.Resume } steered:
                count.Paused = SteeringText.Brief(steered, TimeZoneInfo.Local);
                bar.Width = count.Paused is null && count.Outage is null ? BarWidth : NarrowBarWidth;
                bars.Refresh();
                break;
            case ServerUnreachable outage:
                bar.Width = NarrowBarWidth;
                count.Outage = OutageText.Brief(outage, TimeZoneInfo.Local);
                bars.Refresh();
                break;
            case ServerReachable:
                bar.Width = count.Paused is null ? BarWidth : NarrowBarWidth;
                count.Outage = null;
                break;
            case RunEnded:
                Finish();
                break;
            default:
                break;
        }
    }

    /// <inheritdoc/>
    protected override ProgressColumn[] Columns() =>
        [new TaskDescriptionColumn { Alignment = Justify.Left }, bar, new PercentageColumn(), count,
            new TimeLeftColumn(count)];

    /// <inheritdoc/>
    protected override void Open(ProgressContext context) => bars = context;

    private void ShowJob()
    {
        if (job()?.Now is not { } place)
        {
            return;
        }

        whole ??= bars!.AddTask($"all {place.Parts} parts", maxValue: Math.Max(1, place.Total));
        whole.Value = place.Done;
    }

    private static string Name(string phase) => phase switch
    {
        "plan" or "scan" => "checking ids",
        "compare" => "comparing",
        "upload" => "sending",
        "verify" => "verifying",
        "recall" => "brute force",
        "repair" => "repairing",
        "index" => "indexing",
        _ => phase,
    };

    private void Begin(PhaseStarted phase, ProgressContext context)
    {
        Finish();
        if (phase.Total > 0 && phase.Phase is not "collection")
        {
            current = context.AddTask(Prefix + Name(phase.Phase), maxValue: phase.Total);
            current.IsIndeterminate = phase.Phase is "plan";
        }
    }

    private void Finish()
    {
        if (current is { IsIndeterminate: true })
        {
            // A phase that tells no steps is done when the next one begins.
            current.IsIndeterminate = false;
            current.Value = current.MaxValue;
        }

        current?.StopTask();
        current = null;
    }

    /// <summary>The time left; nothing while the server does not answer, which needs the room.</summary>
    private sealed class TimeLeftColumn(CountColumn count) : ProgressColumn
    {
        private readonly RemainingTimeColumn left = new();

        protected override bool NoWrap => true;

        public override IRenderable Render(RenderOptions options, ProgressTask task, TimeSpan deltaTime) =>
            count.Outage is null && count.Paused is null ? left.Render(options, task, deltaTime) : Text.Empty;
    }

    /// <summary>Done of all, and how many a second.</summary>
    private sealed class CountColumn : ProgressColumn
    {
        private volatile string? outage;
        private volatile string? waiting;
        private volatile string? paused;

        /// <summary>What is told in their place while the server does not answer; null while it does.</summary>
        public string? Outage
        {
            get => outage;
            set => outage = value;
        }

        /// <summary>What is told in place of the rate while a limit of the server holds the run back; null otherwise.</summary>
        public string? Waiting
        {
            get => waiting;
            set => waiting = value;
        }

        /// <summary>What is told in place of the rate while another session has paused the run; null otherwise.</summary>
        public string? Paused
        {
            get => paused;
            set => paused = value;
        }

        protected override bool NoWrap => true;

        public override IRenderable Render(RenderOptions options, ProgressTask task, TimeSpan deltaTime)
        {
            if (Outage is string lost && !task.IsFinished)
            {
                return new Text(lost);
            }

            double seconds = task.ElapsedTime?.TotalSeconds ?? 0;
            string rate = (Paused ?? Waiting) is string limited && !task.IsFinished ? $" · {limited}"
                : seconds > 0.5 ? $" · {task.Value / seconds:N0}/s" : string.Empty;
            return new Text($"{task.Value:N0} / {task.MaxValue:N0}{rate}");
        }
    }
}
