using Spectre.Console;

namespace VectorMigration.Cli.Output;

/// <summary>The progress of a tuning: one bar over its time on a terminal; warnings always, every trial with <c>--verbose</c>.</summary>
internal sealed class TuningProgress : LiveProgress
{
    private readonly Screen screen;
    private ProgressTask? bar;

    private TuningProgress(Screen screen) => this.screen = screen;

    /// <summary>Starts the display.</summary>
    public static TuningProgress Start(Screen screen)
    {
        TuningProgress progress = new(screen);
        progress.Show(screen);
        return progress;
    }

    /// <inheritdoc/>
    public override void OnEvent(RunEvent runEvent)
    {
        switch (runEvent)
        {
            case TuningAdvanced advanced:
                screen.Tell($"{Units.Time(advanced.Elapsed)}: {advanced.Doing}");
                Advance(advanced);
                break;
            case TuningTrialEnded ended:
                screen.Tell($"trial {ended.Number}, {ended.What}: {Units.Count(ended.Vectors)} vectors, {ended.VectorsPerSecond:N0}/s");
                break;
            case RunWarning warning:
                screen.Warn(warning.Message);
                break;
            default:
                break;
        }
    }

    /// <inheritdoc/>
    protected override ProgressColumn[] Columns() =>
        [new ProgressBarColumn { Width = 32 }, new PercentageColumn(), new TaskDescriptionColumn { Alignment = Justify.Left }];

    /// <inheritdoc/>
    protected override void Open(ProgressContext context) => bar = context.AddTask("planning", maxValue: 100);

    private void Advance(TuningAdvanced advanced)
    {
        if (bar is null)
        {
            return;
        }

        bar.Description = Markup.Escape(Screen.Harmless(advanced.Doing));
        bar.Value = Math.Min(bar.MaxValue, 100 * (advanced.Elapsed / advanced.Budget));
    }
}
