using Spectre.Console;
using Spectre.Console.Rendering;

namespace VectorMigration.Cli.Output;

/// <summary>Progress bars on a terminal, one for each phase that counts; nothing where there is no terminal.</summary>
internal sealed class RunProgress : LiveProgress
{
    private ProgressContext? bars;
    private ProgressTask? current;

    private RunProgress()
    {
    }

    /// <summary>Starts the display.</summary>
    public static RunProgress Start(Screen screen)
    {
        RunProgress progress = new();
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

        switch (runEvent)
        {
            case PhaseStarted phase:
                Begin(phase, bars);
                break;
            case PhaseAdvanced advanced when current is not null:
                // The points of a collection can be more than those of the run.
                current.MaxValue = Math.Max(1, advanced.Total);
                current.Value = advanced.Done;
                break;
            case BatchEnded ended:
                current?.Increment(ended.Result.Count);
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
        [new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn { Width = 32 }, new PercentageColumn(), new CountColumn(),
            new RemainingTimeColumn()];

    /// <inheritdoc/>
    protected override void Open(ProgressContext context) => bars = context;

    private static string Name(string phase) => phase switch
    {
        "plan" or "scan" => "checking ids",
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
            current = context.AddTask(Name(phase.Phase), maxValue: phase.Total);
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

    /// <summary>Done of all, and how many a second.</summary>
    private sealed class CountColumn : ProgressColumn
    {
        protected override bool NoWrap => true;

        public override IRenderable Render(RenderOptions options, ProgressTask task, TimeSpan deltaTime)
        {
            double seconds = task.ElapsedTime?.TotalSeconds ?? 0;
            string rate = seconds > 0.5 ? $" · {task.Value / seconds:N0}/s" : string.Empty;
            return new Text($"{task.Value:N0} / {task.MaxValue:N0}{rate}");
        }
    }
}
