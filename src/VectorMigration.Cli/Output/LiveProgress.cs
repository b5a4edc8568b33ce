using Spectre.Console;

namespace VectorMigration.Cli.Output;

/// <summary>Bars on a terminal that are there until it is disposed; nothing where there is no terminal.</summary>
internal abstract class LiveProgress : IRunObserver, IAsyncDisposable
{
    private readonly TaskCompletionSource finished = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task display = Task.CompletedTask;

    /// <inheritdoc/>
    public abstract void OnEvent(RunEvent runEvent);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        finished.TrySetResult();
        await display.ConfigureAwait(false);
    }

    /// <summary>What a bar consists of.</summary>
    protected abstract ProgressColumn[] Columns();

    /// <summary>The display is there and takes bars.</summary>
    protected abstract void Open(ProgressContext context);

    /// <summary>Starts the display.</summary>
    protected void Show(Screen screen)
    {
        if (screen.ShowsProgress)
        {
            display = screen.ErrorConsole.Progress().AutoClear(true).Columns(Columns()).StartAsync(context =>
            {
                Open(context);
                return finished.Task;
            });
        }
    }
}
