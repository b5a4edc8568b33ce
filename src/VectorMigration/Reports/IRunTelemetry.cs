using System.Diagnostics.Metrics;
using VectorMigration.Engine;
using VectorMigration.Verification;

namespace VectorMigration.Reports;

/// <summary>Sends metrics and the trace of one run to a collector while the run lasts.</summary>
internal interface IRunTelemetry : IRunObserver, IDisposable
{
    /// <summary>The run has ended: sends what is left, for a few seconds at most.</summary>
    /// <param name="exitCode">Exit code; null where it is not known.</param>
    /// <param name="result">What a verification came to; null for none.</param>
    /// <returns>False where something did not reach the collector.</returns>
    bool End(int? exitCode, VerificationResult? result);
}

/// <summary>What a run's telemetry is about.</summary>
/// <param name="Meter">Meter of this run, which has its instruments.</param>
/// <param name="Collection">Collection.</param>
/// <param name="Operation">What is done: <c>migrate</c> or <c>verify</c>.</param>
internal sealed record TelemetrySubject(Meter Meter, string Collection, string Operation);
