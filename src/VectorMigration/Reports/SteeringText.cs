using VectorMigration.Engine;

namespace VectorMigration.Reports;

/// <summary>What another session did to a run, in words.</summary>
internal static class SteeringText
{
    /// <summary>In a sentence.</summary>
    public static string Of(RunSteered steered) => steered.Action switch
    {
        SteeringAction.Pause => $"Paused by {steered.By}.",
        SteeringAction.Resume => $"Resumed by {steered.By}.",
        SteeringAction.Stop => $"Stopping: requested by {steered.By}.",
        _ => $"Pace set by {steered.By}: {steered.Text}.",
    };

    /// <summary>For a progress bar; null where the run is not paused.</summary>
    public static string? Brief(RunSteered steered, TimeZoneInfo zone) =>
        steered.Action == SteeringAction.Pause ? $"paused since {RunPulse.Clock(steered.At, steered.At, zone)}" : null;
}
