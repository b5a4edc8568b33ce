using System.Runtime.InteropServices;
using VectorMigration.Cli.Output;

namespace VectorMigration.Cli;

/// <summary>Ctrl+C and SIGTERM: the first one cancels, a second one ends the process at once.</summary>
internal sealed class Interruption : IDisposable
{
    private readonly CancellationTokenSource source = new();
    private readonly Screen screen;
    private readonly PosixSignalRegistration[] registrations;

    public Interruption(Screen screen)
    {
        this.screen = screen;
        registrations =
        [
            PosixSignalRegistration.Create(PosixSignal.SIGINT, OnSignal),
            PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnSignal),
        ];
    }

    /// <summary>Cancelled by the first signal.</summary>
    public CancellationToken Token => source.Token;

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (PosixSignalRegistration registration in registrations)
        {
            registration.Dispose();
        }

        source.Dispose();
    }

    private void OnSignal(PosixSignalContext context)
    {
        if (source.IsCancellationRequested)
        {
            screen.RestoreCursor();
            return;
        }

        context.Cancel = true;
        screen.Note("Stopping. Press Ctrl+C again to stop immediately.");
        source.Cancel();
    }
}
