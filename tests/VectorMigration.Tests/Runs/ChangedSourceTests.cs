using System.Text;
using VectorMigration.SideFiles;
using VectorMigration.Tests.Faiss;

namespace VectorMigration.Tests;

/// <summary>Index and payload files that somebody writes to, cuts, lengthens, replaces or removes while a run reads them.</summary>
public sealed class ChangedSourceTests : IDisposable
{
    private const int Rows = 400;
    private const int Dimension = 8;
    private const int BatchSize = 20;
    private static readonly DateTime Written = new(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc);

    private readonly TemporaryFolder folder = new();
    private readonly MemoryStore store = new();
    private readonly Recorder recorder = new();
    private readonly float[] components = [.. Enumerable.Range(0, Rows * Dimension).Select(i => (i * 0.25f) - 300)];

    public static TheoryData<string> Changes => ["rewritten", "rewritten, time put back", "cut", "lengthened", "replaced", "touched"];

    public void Dispose()
    {
        store.Dispose();
        folder.Dispose();
    }

    [Theory]
    [MemberData(nameof(Changes))]
    public async Task An_index_that_changes_during_the_upload_ends_the_run_and_nothing_of_it_is_gone_on_with(string change)
    {
        string index = WriteIndex();
        AfterBatch(3, () => Change(index, change));
        MigrationResult result = await RunAsync(index, null, VerificationMode.None);
        ShouldHaveFailed(result, "IndexChanged");
        result.Counts.Sent.ShouldBeGreaterThan(0);
        if (change != "rewritten, time put back")
        {
            result.Counts.Sent.ShouldBeLessThan(Rows);
            StoredShouldBeOriginal();
        }
    }

    [Theory]
    [MemberData(nameof(Changes))]
    public async Task An_index_that_changes_before_the_proof_has_no_proof(string change)
    {
        string index = WriteIndex();
        recorder.Also = e =>
        {
            if (e is PhaseStarted { Phase: "verify" })
            {
                Change(index, change);
            }
        };
        MigrationResult result = await RunAsync(index, null, VerificationMode.Full);
        ShouldHaveFailed(result, "IndexChanged");
        (result.Verification is { Passed: true }).ShouldBeFalse();
        StoredShouldBeOriginal();
    }

    [Theory]
    [MemberData(nameof(Changes))]
    public async Task A_payload_that_changes_during_the_upload_ends_the_run_and_nothing_of_it_is_gone_on_with(string change)
    {
        string index = WriteIndex();
        string payload = WritePayload();
        AfterBatch(3, () => Change(payload, change));
        ShouldHaveFailed(await RunAsync(index, payload, VerificationMode.None), "PayloadFileChanged");
    }

    [Fact]
    public async Task An_index_that_is_removed_is_read_to_its_end()
    {
        string index = WriteIndex();
        AfterBatch(3, () => File.Delete(index));
        MigrationResult result = await RunAsync(index, null, VerificationMode.Full);
        result.Status.ShouldBe(MigrationStatus.Completed);
        result.Verification.ShouldNotBeNull().Compared.ShouldBe(Rows);
        StoredShouldBeOriginal();
    }

    [Fact]
    public async Task A_file_of_lists_that_changes_is_the_indexs_change()
    {
        Fixture fixture = Fixture.Of("faiss-1.7.3/ivfflat_ondisk");
        folder.TakeSideFiles(fixture);
        string index = folder.Write("index.faiss", fixture.Bytes());
        string lists = Directory.GetFiles(folder.Path, "*.ivfdata").Single();
        AfterBatch(3, () => Change(lists, "rewritten"));
        MigrationResult result = await RunAsync(index, null, VerificationMode.None);
        ShouldHaveFailed(result, "IndexChanged");
        result.Error!.Message.ShouldContain(Path.GetFileName(lists));
    }

    [Fact]
    public void What_is_wrong_in_the_middle_of_a_change_is_the_changes()
    {
        string payload = WritePayload();
        using JsonLinesPayloadSource source = new(payload);
        using (FileStream stream = new(payload, FileMode.Open, FileAccess.Write, FileShare.ReadWrite))
        {
            stream.Write("no object at all"u8);
        }

        MigrationException error = Should.Throw<MigrationException>(() => source.Read([0, 1, 2], CancellationToken.None));
        error.ErrorId.ShouldBe("PayloadFileChanged");
        error.VoidsProgress.ShouldBeTrue();
    }

    private string Journal => Path.Combine(folder.Path, "c.journal");

    private void ShouldHaveFailed(MigrationResult result, string errorId)
    {
        JournalContent.Read(Journal).Acknowledged.Count.ShouldBe(0);
        result.Status.ShouldBe(MigrationStatus.Failed);
        result.ExitCode.ShouldBe(1);
        result.ResumeOffset.ShouldBeNull();
        MigrationError error = result.Error.ShouldNotBeNull();
        error.ErrorId.ShouldBe(errorId);
        error.RecommendedAction.ShouldContain("start again from the beginning");
    }

    private static void Change(string path, string change)
    {
        byte[] bytes = new byte[64];
        if (change == "replaced")
        {
            string other = path + ".new";
            byte[] same = File.ReadAllBytes(path);
            bytes.CopyTo(same, same.Length / 2);
            File.WriteAllBytes(other, same);
            File.Move(other, path, overwrite: true);
            return;
        }

        using (FileStream stream = new(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite))
        {
            switch (change)
            {
                case "cut": stream.SetLength(stream.Length / 2); break;
                case "lengthened": stream.SetLength(stream.Length + 1); break;
                case "touched": break;
                default:
                    stream.Position = stream.Length / 2;
                    stream.Write(bytes);
                    break;
            }
        }

        File.SetLastWriteTimeUtc(path, change == "rewritten, time put back" ? Written : Written.AddSeconds(1));
    }

    private string WriteIndex() => Old(folder.Write("index.faiss", IndexBytes.Flat(Dimension, components).ToArray()));

    private string WritePayload()
    {
        StringBuilder lines = new();
        for (int i = 0; i < Rows; i++)
        {
            lines.Append("{\"row\":").Append(i).Append(",\"text\":\"word number ").Append(i).Append("\"}\n");
        }

        return Old(folder.Write("rows.jsonl", Encoding.UTF8.GetBytes(lines.ToString())));
    }

    /// <summary>Written long ago, so that no clock is too coarse to tell the change.</summary>
    private static string Old(string path)
    {
        File.SetLastWriteTimeUtc(path, Written);
        return path;
    }

    private void AfterBatch(int number, Action action) => recorder.Also = e =>
    {
        if (e is BatchEnded { Result: { Number: long ended, Status: BatchStatus.Completed } } && ended == number)
        {
            action();
        }
    };

    private void StoredShouldBeOriginal()
    {
        for (int row = 0; row < Rows; row++)
        {
            if (store.Points.TryGetValue(PointId.FromNumber((ulong)row), out (float[] Vector, string? Payload) point))
            {
                point.Vector.ShouldBe(components[(row * Dimension)..((row + 1) * Dimension)]);
            }
        }
    }

    private async Task<MigrationResult> RunAsync(string index, string? payload, VerificationMode verification)
    {
        using IVectorSource source = FaissIndex.Open(index);
        using JsonLinesPayloadSource? rows = payload is null ? null : new JsonLinesPayloadSource(payload);
        var options = new MigrationOptions
        {
            Collection = "c",
            Verification = verification,
            JournalPath = Journal,
            Upload = new UploadOptions { BatchSize = BatchSize, ThrottleLimit = 1 }
        };
        return await new Migration(source, rows, store, new FixedRetryPolicy(), options, recorder).RunAsync(default);
    }
}
