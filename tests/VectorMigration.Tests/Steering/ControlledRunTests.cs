using System.Net.Sockets;
using System.Text;
using System.Text.Json;

namespace VectorMigration.Tests;

/// <summary>A run as other sessions see it: its file, its channel, and what it makes of what they say.</summary>
public sealed class ControlledRunTests : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);
    private readonly string logs = Directory.CreateTempSubdirectory("steered").FullName;
    private readonly RunControl control = new();
    private readonly Guid run = Guid.NewGuid();
    private readonly List<RunSteered> told = [];
    private readonly ControlledRun controlled;
    private readonly string folder;
    private string status = "running";

    public ControlledRunTests()
    {
        controlled = new ControlledRun(control) { Now = Pulse, Tell = runEvent => told.Add((RunSteered)runEvent) };
        folder = RunFolder.Of(logs, DateTimeOffset.UtcNow, run).Path;
        Directory.CreateDirectory(folder);
        controlled.OnEvent(new PhaseStarted(run, DateTimeOffset.UtcNow, "upload", 1_000));
    }

    private string Channel => RunFile.TryRead(folder)!.Channel!;

    public void Dispose()
    {
        controlled.Dispose();
        Directory.Delete(logs, recursive: true);
    }

    [Fact]
    public async Task A_run_tells_where_it_is_and_only_its_owner_may_know()
    {
        Beat();
        RunFile file = RunFile.TryRead(folder).ShouldNotBeNull();
        file.RunId.ShouldBe(run);
        file.ProcessId.ShouldBe(Environment.ProcessId);
        file.Status.ShouldBe("running");
        file.Done.ShouldBe(10);
        file.NoChannel.ShouldBeNull();
        if (!OperatingSystem.IsWindows())
        {
            const UnixFileMode owner = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            File.GetUnixFileMode(Path.Combine(folder, RunFile.Name)).ShouldBe(owner);
            File.GetUnixFileMode(file.Channel!).ShouldBe(owner);
            File.GetUnixFileMode(Path.GetDirectoryName(file.Channel)!).ShouldBe(owner | UnixFileMode.UserExecute);
            Encoding.UTF8.GetByteCount(file.Channel!).ShouldBeLessThan(104);
        }

        MigrationRun seen = (await RunList.ReadAsync(logs, null, default)).ShouldHaveSingleItem();
        seen.State.ShouldBe(MigrationRunState.Running);
        seen.Progress.ShouldBe("sending 1 %");
        status = "ended";
        Beat();
        RunFile ended = RunFile.TryRead(folder).ShouldNotBeNull();
        ended.Channel.ShouldBeNull();
        ended.Status.ShouldBe("ended");
        File.Exists(file.Channel).ShouldBeFalse();
        (await RunList.ReadAsync(logs, null, default)).ShouldHaveSingleItem().State.ShouldBe(MigrationRunState.Ended);
    }

    [Fact]
    public async Task Another_session_pauses_paces_resumes_and_stops_it()
    {
        Beat();
        MigrationRun found = await RunSteering.FindAsync(logs, null, default);
        (await RunSteering.PauseAsync(found, default)).RunId.ShouldBe(run);
        control.IsPaused.ShouldBeTrue();
        MigrationRun paced = await RunSteering.PaceAsync(found, new PaceSettings { BatchSize = 7, RequestsPerSecond = 2.5 }, default);
        paced.RequestsPerSecond.ShouldBe(2.5);
        control.Pace.BatchSize.ShouldBe(7);
        await RunSteering.ResumeAsync(found, default);
        control.IsPaused.ShouldBeFalse();
        Task<MigrationRun> stopping = RunSteering.StopAsync(found, default);
        await Eventually.BeTrue(() => control.Stopping.IsCancellationRequested, "the stop should arrive");
        status = "ended";
        Beat();
        (await stopping).State.ShouldBe(MigrationRunState.Ended);
        told.Select(static steered => steered.Action).ShouldBe(
            [SteeringAction.Pause, SteeringAction.Pace, SteeringAction.Resume, SteeringAction.Stop]);
        told.ShouldAllBe(steered => steered.By == $"{Environment.UserName}, process {Environment.ProcessId}");
        SteeringText.Of(told[1]).ShouldEndWith(": batches of 7, at most 2.5 requests/s.");
        (await Should.ThrowAsync<MigrationException>(RunSteering.PauseAsync(found, default))).ErrorId.ShouldBe(ErrorIds.RunNotUnderWay);
        (await Should.ThrowAsync<MigrationException>(RunSteering.FindAsync(logs, null, default))).ErrorId.ShouldBe(ErrorIds.RunNotUnderWay);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("null")]
    [InlineData("[[[[[[[[[[]]]]]]]]]]")]
    [InlineData("GET / HTTP/1.1")]
    [InlineData("""{"command":"explode","runId":"RUN"}""")]
    [InlineData("""{"command":"7","runId":"RUN"}""")]
    [InlineData("""{"command":"pause"}""")]
    [InlineData("""{"command":"pause","runId":"00000000-0000-0000-0000-000000000000"}""")]
    [InlineData("""{"command":"pace","runId":"RUN","batchSize":0}""")]
    [InlineData("""{"command":"pace","runId":"RUN","batchDelay":1e300}""")]
    [InlineData("""{"command":"pace","runId":"RUN","requestsPerSecond":-1}""")]
    public void What_is_no_message_is_refused_and_changes_nothing(string line)
    {
        Beat();
        SteeringReply reply = JsonSerializer.Deserialize(controlled.Answer(line.Replace("RUN", $"{run}")).Line, RunFileJson.Default.SteeringReply)!;
        reply.Refusal.ShouldNotBeNullOrEmpty();
        reply.Run.ShouldBeNull();
        told.ShouldBeEmpty();
        control.IsPaused.ShouldBeFalse();
        control.Pace.IsEmpty.ShouldBeTrue();
    }

    [Fact]
    public void What_a_session_says_of_itself_is_text_of_one_short_line()
    {
        Beat();
        controlled.Answer($$"""{"command":"pause","runId":"{{run}}","by":"a\n\u001b[31mb{{new string('x', 500)}}"}""");
        told.ShouldHaveSingleItem().By.ShouldBe("a[31mb" + new string('x', 74));
    }

    /// <summary>More of them than are answered at once, so that all places are taken before somebody says something sensible.</summary>
    [Fact]
    public async Task Sessions_that_hang_vanish_or_talk_nonsense_harm_neither_the_run_nor_others()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        using SocketListener listener = SocketListener.Open();
        using ControlChannel channel = new(listener, controlled.Answer, TimeSpan.FromMilliseconds(200));
        List<Socket> peers = [];
        for (int i = 0; i < 12; i++)
        {
            Socket peer = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            await peer.ConnectAsync(new UnixDomainSocketEndPoint(channel.Address));
            peers.Add(peer);
            switch (i % 3)
            {
                case 0:
                    await peer.SendAsync(new byte[ControlChannel.MostBytes * 2]);
                    break;
                case 1:
                    peer.Dispose();
                    break;
                default:
                    break;
            }
        }

        SteeringReply? reply = await ControlClient.AskAsync(
            channel.Address, new SteeringRequest { Command = "status", RunId = run }, Limit, default);
        reply.ShouldNotBeNull().Run.ShouldNotBeNull().RunId.ShouldBe(run);
        peers.ForEach(static peer => peer.Dispose());
    }

    [Theory]
    [InlineData("/var/run/docker.sock")]
    [InlineData("/tmp/control.sock")]
    [InlineData("vector-migration-run-x/control.sock")]
    [InlineData("")]
    public async Task A_file_of_somebody_else_leads_to_no_other_socket(string address)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        ControlClient.IsAddress(address).ShouldBeFalse();
        (await ControlClient.AskAsync(address, new SteeringRequest { Command = "stop", RunId = run }, Limit, default)).ShouldBeNull();
    }

    /// <summary>Log folders lie deep, on shares too; a socket's path must not.</summary>
    [Fact]
    public void A_place_whose_path_is_too_long_is_passed_over()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        string deep = Directory.CreateDirectory(Path.Combine(logs, new string('d', 120))).FullName;
        using (SocketListener listener = SocketListener.Open([deep, logs]))
        {
            listener.Address.ShouldStartWith(logs + Path.DirectorySeparatorChar + SocketListener.FolderPrefix);
        }

        Directory.EnumerateDirectories(deep).ShouldBeEmpty();
        Should.Throw<IOException>(() => SocketListener.Open([deep])).Message.ShouldContain("longer than a socket can have");
        SocketListener.RuntimeFolder("relative").ShouldBeNull();
        SocketListener.RuntimeFolder(Path.Combine(logs, "none")).ShouldBeNull();
        SocketListener.RuntimeFolder(logs).ShouldBe(logs);
        File.SetUnixFileMode(deep, File.GetUnixFileMode(deep) | UnixFileMode.OtherExecute);
        SocketListener.RuntimeFolder(deep).ShouldBeNull();
    }

    [Fact]
    public async Task A_run_without_a_channel_goes_on_and_says_why()
    {
        using ControlledRun deaf = new(control, listen: static () => throw new IOException("no room")) { Now = Pulse };
        deaf.OnEvent(new PhaseStarted(run, DateTimeOffset.UtcNow, "upload", 1_000));
        deaf.Beat(Pulse(), folder);
        MigrationRun found = await RunSteering.FindAsync(logs, run, default);
        MigrationException refused = await Should.ThrowAsync<MigrationException>(RunSteering.PauseAsync(found, default));
        refused.ErrorId.ShouldBe(ErrorIds.RunNotSteerable);
        refused.Message.ShouldContain("no room");
    }

    [Fact]
    public async Task A_run_whose_process_is_gone_is_killed()
    {
        Beat();
        RunFile alive = RunFile.TryRead(folder)!;
        (alive with { ProcessStartedAt = alive.ProcessStartedAt!.Value.AddHours(-1) }).Write(folder);
        await ExpectAsync(MigrationRunState.Killed);
        (alive with { Host = "elsewhere", At = DateTime.UtcNow, Channel = null }).Write(folder);
        await ExpectAsync(MigrationRunState.Running);
        (alive with { Host = "elsewhere", At = DateTime.UtcNow.AddMinutes(-2) }).Write(folder);
        await ExpectAsync(MigrationRunState.Killed);
        (await Should.ThrowAsync<MigrationException>(RunSteering.StopAsync(await RunSteering.FindAsync(logs, run, default), default)))
            .Message.ShouldContain("its process is gone");
        await File.WriteAllTextAsync(Path.Combine(folder, RunFile.Name), "{ torn");
        (await RunList.ReadAsync(logs, null, default)).ShouldBeEmpty();
    }

    [Theory]
    [InlineData(false, true, "This run is under way. ")]
    [InlineData(true, false, "This run was killed: it did not finish")]
    public void A_report_without_an_end_says_whether_the_run_is_under_way(bool gone, bool underWay, string says)
    {
        Beat();
        RunFile alive = RunFile.TryRead(folder)!;
        (gone ? alive with { ProcessStartedAt = alive.ProcessStartedAt!.Value.AddHours(-1) } : alive).Write(folder);
        RunReport report = new()
        {
            RunId = run,
            LogPath = Path.Combine(folder, RunFolder.LogName),
            StartedAt = DateTimeOffset.UtcNow,
            EndedAt = DateTimeOffset.UtcNow,
            OtherRuns = [new ReportEarlierRun(run, DateTimeOffset.UtcNow, null, null), new ReportEarlierRun(Guid.NewGuid(), DateTimeOffset.UtcNow, null, null)],
        };
        RunReport told = RunList.WithStates(report);
        told.IsUnderWay.ShouldBe(underWay);
        told.OtherRuns.Select(static other => other.IsUnderWay).ShouldBe([underWay, null]);
        VectorMigration.Reporting.Verdict.Of(told).Sentence.ShouldStartWith(says);
    }

    [Fact]
    public async Task Of_several_runs_under_way_one_is_to_be_named()
    {
        Beat();
        Guid other = Guid.NewGuid();
        string second = RunFolder.Of(logs, DateTimeOffset.UtcNow.AddSeconds(1), other).Path;
        Directory.CreateDirectory(second);
        (RunFile.TryRead(folder)! with { RunId = other, Channel = null }).Write(second);
        MigrationException several = await Should.ThrowAsync<MigrationException>(RunSteering.FindAsync(logs, null, default));
        several.ErrorId.ShouldBe(ErrorIds.SeveralRunsUnderWay);
        several.Message.ShouldContain($"{other} (c)");
        (await RunSteering.FindAsync(logs, run, default)).RunId.ShouldBe(run);
        (await Should.ThrowAsync<MigrationException>(RunSteering.FindAsync(logs, Guid.NewGuid(), default))).ErrorId.ShouldBe(ErrorIds.RunNotFound);
        (await Should.ThrowAsync<MigrationException>(RunSteering.FindAsync(logs + "none", null, default))).ErrorId.ShouldBe(ErrorIds.RunNotFound);
    }

    /// <summary>A repair leaves a heartbeat and no run.json, and no summary.</summary>
    [Theory]
    [InlineData(0, MigrationStatus.Completed, "repaired")]
    [InlineData(4, MigrationStatus.Incomplete, "repair incomplete")]
    [InlineData(1, null, "exit code 1")]
    public async Task A_repair_that_ended_tells_how(int exitCode, MigrationStatus? result, string progress)
    {
        Guid repair = Guid.NewGuid();
        string beside = RunFolder.Of(logs, DateTimeOffset.UtcNow.AddSeconds(1), repair).Path;
        Directory.CreateDirectory(beside);
        RunPulse last = Pulse() with { RunId = repair, Status = "ended", Phase = "repair", Done = 3, Total = 3, ExitCode = exitCode };
        await File.WriteAllBytesAsync(
            Path.Combine(beside, ProgressTeller.HeartbeatName), JsonSerializer.SerializeToUtf8Bytes(last, RunPulseJson.Default.RunPulse));
        MigrationRun seen = (await RunList.ReadAsync(logs, repair, default)).ShouldHaveSingleItem();
        seen.State.ShouldBe(MigrationRunState.Ended);
        seen.Result.ShouldBe(result);
        seen.ExitCode.ShouldBe(exitCode);
        seen.Progress.ShouldBe(progress);
    }

    private async Task ExpectAsync(MigrationRunState state) =>
        (await RunList.ReadAsync(logs, null, default)).ShouldHaveSingleItem().State.ShouldBe(state);

    private void Beat() => controlled.Beat(Pulse(), folder);

    private RunPulse Pulse() => new()
    {
        At = DateTime.UtcNow,
        RunId = run,
        ProcessId = Environment.ProcessId,
        Collection = "c",
        Status = status == "running" && control.IsPaused ? "paused" : status,
        Phase = "upload",
        Done = 10,
        Total = 1_000,
        NextSeconds = 10,
    };
}
