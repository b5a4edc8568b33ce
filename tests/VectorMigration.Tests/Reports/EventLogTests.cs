namespace VectorMigration.Tests;

/// <summary>What a run reports to the Windows event log. Where there is none, the entries are taken here.</summary>
public sealed class EventLogTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);
    private readonly List<EventLogEntry> entries = [];
    private readonly List<RunEvent> told = [];
    private bool takes = true;

    [Fact]
    public async Task A_run_reports_its_begin_and_its_end()
    {
        using EventLogOutput output = Output("migrate");
        MigrationOptions options = new() { Collection = "words", Upload = new UploadOptions { BatchSize = 100 } };
        MigrationResult result =
            await new Migration(new MemorySource(300), null, new MemoryStore(), new FixedRetryPolicy(), options, output).RunAsync(default);
        output.End(0, null);
        entries.Select(static entry => entry.Id).ShouldBe([100, 101]);
        entries.ShouldAllBe(entry => entry.Level == EventLogLevel.Information && entry.Text.EndsWith($" Run: {result.RunId}.", StringComparison.Ordinal));
        entries[0].Text.ShouldStartWith("The migration to the collection 'words' starts: 300 vectors to send to ");
        entries[1].Text.ShouldStartWith(
            "The migration to the collection 'words' completed (exit code 0): 300 of 300 sent. Verification: 300 points compared, 0 missing, 0 different");
    }

    [Fact]
    public void Warnings_and_outages_are_reported_as_they_come()
    {
        Guid run = Guid.NewGuid();
        using EventLogOutput output = Output("migrate");
        output.OnEvent(new RunWarning(run, Now, "The index has no ids."));
        output.OnEvent(new ServerUnreachable(run, Now, Now, Now.AddMinutes(5), "connection refused"));
        output.OnEvent(new ServerReachable(run, Now, Now));
        output.OnEvent(new PhaseStarted(run, Now, "upload", 10));
        entries.Select(static entry => (entry.Id, entry.Level)).ShouldBe(
            [(200, EventLogLevel.Warning), (201, EventLogLevel.Warning), (202, EventLogLevel.Information)]);
        entries[1].Text.ShouldBe("The server of the migration to the collection 'words' has not answered since 2026-01-02T03:04:05Z. "
            + $"The run retries until 2026-01-02T03:09:05Z. Cause: connection refused. Run: {run}.");
    }

    [Theory]
    [InlineData(MigrationStatus.Failed, 105, EventLogLevel.Error)]
    [InlineData(MigrationStatus.Refused, 104, EventLogLevel.Error)]
    [InlineData(MigrationStatus.Interrupted, 103, EventLogLevel.Warning)]
    [InlineData(MigrationStatus.Incomplete, 102, EventLogLevel.Warning)]
    [InlineData(MigrationStatus.Completed, 101, EventLogLevel.Information)]
    public void Each_end_has_a_number_of_its_own(MigrationStatus status, int id, object level)
    {
        MigrationResult result = new()
        {
            RunId = Guid.NewGuid(),
            Status = status,
            Path = "a.faiss",
            Endpoint = "e",
            Collection = "words",
            Error = status == MigrationStatus.Refused ? LogErrors.NoEventLog().ToRecord() : null,
        };
        using EventLogOutput output = Output("migrate");
        output.OnEvent(new RunEnded(result.RunId, Now, result));
        entries.ShouldHaveSingleItem().Id.ShouldBe(id);
        entries[0].Level.ShouldBe((EventLogLevel)level);
        entries[0].Text.Contains("does not have. Remove", StringComparison.Ordinal).ShouldBe(status == MigrationStatus.Refused);
    }

    [Theory]
    [InlineData(3, 106)]
    [InlineData(0, 101)]
    public void A_verification_reports_what_it_found(long missing, int id)
    {
        VerificationResult result = new() { Mode = VerificationMode.Full, Passed = missing == 0, Compared = 10, Missing = missing };
        using EventLogOutput output = Output("verify");
        output.End(missing == 0 ? 0 : 4, result);
        output.End(null, null);
        entries.ShouldHaveSingleItem().Id.ShouldBe(id);
        entries[0].Text.ShouldContain($"10 points compared, {missing} missing, 0 different");
    }

    [Fact]
    public void What_ends_without_a_result_is_an_error()
    {
        using EventLogOutput output = Output("verify");
        output.End(null, null);
        entries.ShouldHaveSingleItem().ShouldBe(
            new EventLogEntry(107, EventLogLevel.Error, "The verification of the collection 'words' ended without a result."));
    }

    [Fact]
    public void Entries_that_are_not_taken_are_told_once()
    {
        takes = false;
        using EventLogOutput output = Output("migrate");
        output.OnEvent(new RunWarning(Guid.NewGuid(), Now, "one"));
        output.OnEvent(new RunWarning(Guid.NewGuid(), Now, "two"));
        told.ShouldHaveSingleItem().ShouldBeOfType<RunWarning>().Message.ShouldContain("event log did not take an entry");
    }

    [Fact]
    public void Where_there_is_no_event_log_the_plan_and_the_run_say_so()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        PlaceCheck.Reasons(new MigrationOptions { Collection = "c", EventLog = true }).ShouldHaveSingleItem().ErrorId.ShouldBe("EventLogUnavailable");
        MigrationException refused =
            Should.Throw<MigrationException>(() => new ProgressTeller(new ProgressTelling { Collection = "c", EventLog = true }));
        refused.ErrorId.ShouldBe("EventLogUnavailable");
        refused.Kind.ShouldBe(ErrorKind.NotSupported);
    }

    private EventLogOutput Output(string operation) => new(
        entry =>
        {
            entries.Add(entry);
            return takes;
        },
        new ProgressTelling { Collection = "words", Operation = operation, Tell = told.Add });
}
