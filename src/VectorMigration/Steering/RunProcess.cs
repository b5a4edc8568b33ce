using System.ComponentModel;
using System.Diagnostics;

namespace VectorMigration.Steering;

/// <summary>Tells a process from a later one of the same number, by the time at which it began.</summary>
internal static class RunProcess
{
    /// <summary>The clock that start times are told by is not exact.</summary>
    private static readonly TimeSpan Tolerance = TimeSpan.FromSeconds(5);

    /// <summary>When this process began, UTC.</summary>
    public static DateTime? OwnStart()
    {
        using var own = Process.GetCurrentProcess();
        return StartOf(own);
    }

    /// <summary>Whether a process of this machine is there.</summary>
    /// <param name="id">Its number.</param>
    /// <param name="startedAt">When it began, UTC; null where that is not known.</param>
    public static bool IsThere(int id, DateTime? startedAt)
    {
        try
        {
            using var process = Process.GetProcessById(id);
            return startedAt is not DateTime expected || StartOf(process) is not DateTime found || (found - expected).Duration() < Tolerance;
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException)
        {
            return false;
        }
    }

    private static DateTime? StartOf(Process process)
    {
        try
        {
            return process.StartTime.ToUniversalTime();
        }
        catch (Exception e) when (e is Win32Exception or NotSupportedException)
        {
            // Another user's process does not tell.
            return null;
        }
    }
}
