using VectorMigration.Diagnosis;
using VectorMigration.Errors;
using VectorMigration.Jobs;
using VectorMigration.Reports;
using VectorMigration.Runs;
using VectorMigration.Steering;
using VectorMigration.Support;
using VectorMigration.Tuning;
using VectorMigration.Verification;

namespace VectorMigration.Results;

/// <summary>What <c>--json</c> prints where a command ended before it had a result of its own.</summary>
internal sealed record FailureOutput(MigrationStatus Status, int ExitCode, MigrationError Error);

/// <summary>What <c>verify --json</c> prints.</summary>
internal sealed record VerifyOutput(MigrationStatus Status, int ExitCode, string Path, string Endpoint, string Collection, VerificationResult Verification);

/// <summary>What <c>plan --json</c> prints.</summary>
internal sealed record PlanOutput(MigrationStatus Status, int ExitCode, MigrationSlicePlan Plan);

/// <summary>What <c>compare --json</c> prints.</summary>
internal sealed record CompareOutput(MigrationStatus Status, int ExitCode, string RunPath, Guid? RunId, string BaselinePath, Guid? BaselineRunId,
    MigrationPerfComparison Comparison, long TornLines, long BaselineTornLines);

/// <summary>What <c>report --json</c> prints.</summary>
internal sealed record ReportOutput(MigrationStatus Status, int ExitCode, string Path, IReadOnlyList<Guid> Runs, long TornLines);

/// <summary>What <c>status --json</c> prints, and the commands that steer a run.</summary>
internal sealed record StatusOutput(MigrationStatus Status, int ExitCode, IReadOnlyList<MigrationRun> Runs);

/// <summary>What <c>tune --json</c> prints.</summary>
internal sealed record TuneOutput(MigrationStatus Status, int ExitCode, MigrationTuning Tuning);

/// <summary>What <c>tune --region … --json</c> prints.</summary>
internal sealed record RegionsOutput(MigrationStatus Status, int ExitCode, IReadOnlyList<RegionTuning> Regions);

/// <summary>What <c>doctor --json</c> prints.</summary>
internal sealed record DoctorOutput(MigrationStatus Status, int ExitCode, IReadOnlyList<ConnectionCheck> Checks);

/// <summary>What <c>support-package --json</c> prints.</summary>
internal sealed record SupportOutput(MigrationStatus Status, int ExitCode, SupportPackage Package);
