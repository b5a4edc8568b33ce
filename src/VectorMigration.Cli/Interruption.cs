using System.Runtime.InteropServices;
using VectorMigration.Cli.Output;

namespace VectorMigration.Cli;

/// <summary>
/// Ctrl+C, Ctrl+Break, SIGTERM, a terminal that is closed, and the end of a session or of the system: the first one cancels, a second one ends the process at
/// once.
/// </summary>
internal sealed class Interruption : IDisposable
{
    /// <summary>Windows itself allows 5 s after the console window was closed, and 20 s when the system is shut down.</summary>
    private static readonly TimeSpan LongestEnding = TimeSpan.FromSeconds(20);

    private readonly CancellationTokenSource source = new();
    private readonly ManualResetEventSlim ended = new();
    private readonly Screen screen;
    private readonly PosixSignalRegistration[] registrations;

    public Interruption(Screen screen)
    {
        this.screen = screen;
        registrations =
        [
            .. ((PosixSignal[])[PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP, PosixSignal.SIGQUIT])
                .Select(signal => PosixSignalRegistration.Create(signal, OnSignal)),
        ];
    }

    /// <summary>Cancelled by the first signal.</summary>
    public CancellationToken Token => source.Token;

    /// <inheritdoc/>
    public void Dispose()
    {
        ended.Set();
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
        screen.Note(screen.Speaker?.Name == "watch" ? "Watching ends. The run continues." : "Stopping. Press Ctrl+C again to stop immediately.");
        source.Cancel();
        if (OperatingSystem.IsWindows() && context.Signal is PosixSignal.SIGHUP or PosixSignal.SIGTERM)
        {
            // A closed window or a shutdown: Windows ends the process as soon as this returns.
            ended.Wait(LongestEnding);
        }
    }
}
