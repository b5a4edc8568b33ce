using System.Globalization;
using System.Management.Automation;

namespace VectorMigration.Commands;

/// <summary>The progress of a run of another session.</summary>
internal sealed class WatchProgressBar(Cmdlet command, string activity) : CommandProgress(command, activity, id: 6336)
{
    /// <summary>It has come so far.</summary>
    public void Report(MigrationRun run)
    {
        string phase = RunPulse.NameOf(run.Phase ?? string.Empty);
        string amount = run.Total is long total
            ? string.Create(CultureInfo.InvariantCulture, $"{phase}: {run.Done:N0} of {total:N0} vectors") : phase;
        string held = run.State switch
        {
            MigrationRunState.Paused => ", paused",
            MigrationRunState.Stopping => ", stopping",
            _ when run.UnreachableSince is not null => ", server unreachable",
            _ => run.PerSecond is > 0 and double rate ? string.Create(CultureInfo.InvariantCulture, $", {rate:N0}/s") : string.Empty,
        };
        int percent = run.Total is > 0 and long all ? (int)Math.Min(100, 100.0 * run.Done / all) : -1;
        int left = run.ExpectedEnd is DateTimeOffset end ? (int)Math.Clamp((end - DateTimeOffset.UtcNow).TotalSeconds, 0, int.MaxValue) : -1;
        Show(amount + held, percent, left);
    }
}
