using VectorMigration.Engine;
using VectorMigration.Errors;
using VectorMigration.Journal;
using VectorMigration.Runs;
using VectorMigration.Vectors;
using VectorMigration.Verification;

namespace VectorMigration.Jobs;

/// <summary>
/// Several indexes that go into one collection as one job: a list of runs over one plan. Each part has a run and a journal of its own; the parts have one
/// plan, one record and one result.
/// </summary>
internal sealed class MigrationJob
{
    private readonly IReadOnlyList<JobPart> parts;
    private readonly MigrationOptions options;
    private readonly OpenPart open;
    private readonly BadPart onBadPart;
    private readonly PerfAccumulator perf;
    private JobRecord? record;
    private JobSample? sample;

    /// <summary>Sets a job up; nothing is read or sent yet.</summary>
    /// <param name="parts">The parts in their order, one at least.</param>
    /// <param name="options">What was asked for, of all parts.</param>
    /// <param name="open">Opens a part.</param>
    /// <param name="onBadPart">What happens to a part that cannot be read.</param>
    public MigrationJob(IReadOnlyList<JobPart> parts, MigrationOptions options, OpenPart open, BadPart onBadPart)
    {
        this.parts = parts;
        this.options = options;
        Folder = options.LogDirectory;
        this.open = open;
        this.onBadPart = onBadPart;
        perf = new PerfAccumulator(options.Upload.SlowThreshold);
    }

    /// <summary>Id of the job.</summary>
    public Guid JobId { get; } = Guid.NewGuid();

    /// <summary>Folder of journals and record, where it is not that of the logs: a check writes no logs.</summary>
    public string? Folder { get; init; }

    /// <summary>Seed of the sample that its parts are verified by; null for none.</summary>
    public int? SampleSeed => sample?.Seed;

    /// <summary>How far the job is as a whole; null before it runs or compares, and after it has compared.</summary>
    public JobProgress? Progress { get; private set; }

    private string? RecordPath => Folder is string logs ? JobRecord.PathOf(logs, options.Collection, options.VectorName) : null;

    /// <summary>Plans all parts. Changes nothing.</summary>
    /// <exception cref="MigrationException">The job is refused; the first reason.</exception>
    public JobPlan Plan(CancellationToken cancellationToken)
    {
        if (!options.JournalIsDefault && options.JournalPath is not null)
        {
            throw JobErrors.NotForSeveral("-JournalPath", "Each part has a journal of its own in -LogDirectory.");
        }

        record = RecordPath is string path && options is { Recreate: false, Restart: false } ? JobRecord.Read(path) : null;
        if (record is not null && !record.Parts.Any(part => File.Exists(JournalOf(part.Label, part.VectorName))))
        {
            // No run of it came as far as its first vector, so nothing depends on it.
            record = null;
        }

        return new JobPlanner(options, open, onBadPart).Plan(parts, record, RecordPath, cancellationToken);
    }

    /// <summary>Opens a part for its run.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="part">The part.</param>
    /// <exception cref="MigrationException">It can no longer be read.</exception>
    public OpenedPart Open(JobPlan plan, PlannedPart part)
    {
        bool isFirst = part == plan.Readable.First();
        MigrationOptions asked = options;
        if (options.Verification == VerificationMode.Sample)
        {
            sample ??= JobSample.Of(plan, options.SampleSize, options.Seed);
            asked = options with { SampleSize = sample.SizeOf(part), Seed = sample.SeedOf(part) };
        }

        return open(part.Part, asked with
        {
            VectorName = part.Part.VectorName ?? options.VectorName,
            IdOffset = part.IdOffset,
            IdNamespace = part.IdNamespace,
            Offset = part.Range?.First ?? options.Offset,
            Limit = part.Range?.Count ?? options.Limit,
            JournalPath = JournalOf(part.Label, part.Part.VectorName),
            JournalIsDefault = false,
            Others = new PartIds(open, options).Beside(plan, part),
            Recreate = options.Recreate && isFirst,
            // The collection is new, so that what the journals of the other parts say is of the one before.
            Restart = options.Restart || (options.Recreate && !isFirst),
        });
    }

    /// <summary>Compares all parts with the collection, one after the other, and sends nothing.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="check">Compares a part.</param>
    /// <exception cref="MigrationException">A part can no longer be read, or the server refused or does not answer.</exception>
    public async Task<VerificationResult> VerifyAsync(JobPlan plan, Func<PlannedPart, OpenedPart, Task<VerificationResult>> check)
    {
        var proofs = new List<(PlannedPart, VerificationResult)>();
        Progress = new JobProgress(plan, JobProgress.Verify);
        foreach (PlannedPart part in plan.Readable)
        {
            Progress.Begin(part);
            using OpenedPart opened = Open(plan, part);
            proofs.Add((part, await check(part, opened).ConfigureAwait(false)));
        }

        Progress = null;
        VerificationResult whole = JobTotal.Verification(proofs, SampleSeed);
        return plan.Skipped.Count == 0 ? whole : whole with { Passed = false };
    }

    /// <summary>Notes what a run tells, for the figures and the progress of the whole.</summary>
    public void OnEvent(RunEvent runEvent)
    {
        Progress?.OnEvent(runEvent);
        if (runEvent is BatchEnded ended)
        {
            perf.Add(ended.Result);
        }
    }

    /// <summary>Runs all parts, one after the other. A part that fails ends the job; one that is incomplete does not.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="run">Runs a part and answers with its result, errors and cancellation included.</param>
    /// <param name="cancellationToken">Stops the job between two parts; the run of a part has its own.</param>
    /// <exception cref="MigrationException">The record of the job cannot be written; nothing was sent.</exception>
    public async Task<MigrationResult> RunAsync(JobPlan plan, Func<PlannedPart, Task<MigrationResult>> run, CancellationToken cancellationToken)
    {
        string? path = options.DryRun ? null : plan.RecordPath;
        JobRecord? before = path is null ? null : record ?? (options.Recreate || options.Restart ? JobRecord.Find(path) : null);
        if (path is not null)
        {
            JobRecord.Of(plan, record).Write(path);
        }

        long begun = TimeProvider.System.GetTimestamp();
        var results = new Dictionary<int, MigrationResult>();
        Progress = new JobProgress(plan);
        foreach (PlannedPart part in plan.Readable)
        {
            if (cancellationToken.IsCancellationRequested && results.Count > 0)
            {
                break;
            }

            Progress.Begin(part);
            MigrationResult result = await run(part).ConfigureAwait(false);
            results.Add(part.Number, result);
            if (path is not null && before is not null && results.Count == 1 && result is { Status: MigrationStatus.Refused, Counts.Sent: 0 })
            {
                // Nothing was sent, so that the earlier run is what the record has to tell.
                before.Write(path);
            }

            if (result.Status is not (MigrationStatus.Completed or MigrationStatus.Incomplete or MigrationStatus.Planned)
                && !(options.DryRun && result.Status == MigrationStatus.Refused))
            {
                break;
            }
        }

        MigrationPerf figures = perf.ToPerf();
        return JobTotal.Of(JobId, plan, results, SampleSeed) with
        {
            Perf = figures.Batches == 0 ? null : figures,
            Duration = TimeProvider.System.GetElapsedTime(begun),
            LogDirectory = options.DryRun ? null : options.LogDirectory,
        };
    }

    private string? JournalOf(string label, string? vectorName) => Folder is string logs
        ? JournalPaths.OfPart(logs, options.Collection, vectorName ?? options.VectorName, label) : null;
}
