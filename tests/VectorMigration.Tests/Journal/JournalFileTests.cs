using System.Diagnostics;
using System.Text;
using VectorMigration.Tests.Faiss;

namespace VectorMigration.Tests;

/// <summary>The file itself: what a kill, a power cut, a flipped bit and a second run leave of it.</summary>
public sealed partial class JournalFileTests : IDisposable
{
    private static readonly JournalHeader Header = new(
        new JournalKey("1000 bytes, abc", 5_000, "none", IdMapping.Keep, "http://127.0.0.1:6334", "words", string.Empty),
        "3d0b0000-0000-0000-0000-000000000001",
        DateTimeOffset.UnixEpoch,
        "words.faiss",
        DateTime.UnixEpoch);

    private readonly TemporaryFolder folder = new();

    private string File => Path.Combine(folder.Path, "words.journal");

    public void Dispose() => folder.Dispose();

    [Fact]
    public void What_was_appended_is_there_after_the_process_died()
    {
        using MigrationJournal journal = Begun();
        journal.Append(new OrdinalRange(0, 99));
        journal.Append(new OrdinalRange(200, 299));

        // Not disposed, not completed: what a killed process leaves.
        JournalContent content = JournalContent.Read(File);
        content.Header.ShouldBe(Header);
        content.Acknowledged.Ranges.ShouldBe([new OrdinalRange(0, 99), new OrdinalRange(200, 299)]);
        content.TornBytes.ShouldBe(0);
    }

    [Fact]
    public void A_torn_last_line_is_left_out_at_every_byte()
    {
        byte[] whole = Written(3);
        int lastLine = Array.LastIndexOf(whole, (byte)'\n', whole.Length - 2) + 1;
        for (int length = lastLine; length < whole.Length; length++)
        {
            JournalContent content = JournalContent.Parse(File, whole.AsSpan(0, length));
            content.Acknowledged.Ranges.ShouldBe([new OrdinalRange(0, 99), new OrdinalRange(200, 299)], $"cut at byte {length}");
            content.TornBytes.ShouldBe(length - lastLine);
        }
    }

    [Fact]
    public void Zeros_that_a_power_cut_leaves_at_the_end_are_a_torn_line()
    {
        byte[] whole = Written(2);
        JournalContent content = JournalContent.Parse(File, (byte[])[.. whole, .. new byte[4_096]]);
        content.Acknowledged.Count.ShouldBe(200);
        content.TornBytes.ShouldBe(4_096);
    }

    [Fact]
    public void A_torn_first_line_is_a_journal_that_was_not_begun()
    {
        byte[] whole = Written(0);
        for (int length = 0; length < whole.Length; length++)
        {
            JournalContent.Parse(File, whole.AsSpan(0, length)).Header.ShouldBeNull($"cut at byte {length}");
        }
    }

    [Fact]
    public void No_flipped_bit_is_believed()
    {
        byte[] whole = Written(4);
        OrdinalSet truth = JournalContent.Parse(File, whole).Acknowledged;
        int refused = 0;
        for (int bit = 0; bit < whole.Length * 8; bit++)
        {
            byte[] damaged = [.. whole];
            damaged[bit / 8] ^= (byte)(1 << (bit % 8));
            try
            {
                // Only the last line feed can be missing without a sign: then its line is torn, and sent again.
                JournalContent content = JournalContent.Parse(File, damaged);
                (bit / 8).ShouldBe(whole.Length - 1);
                content.Acknowledged.Ranges.ShouldBe(truth.Ranges.SkipLast(1));
            }
            catch (MigrationException e)
            {
                e.ErrorId.ShouldBeOneOf("JournalCorrupt", "JournalForeign");
                refused++;
            }
        }

        refused.ShouldBe((whole.Length * 8) - 8);
    }

    [Theory]
    [InlineData("swapped")]
    [InlineData("repeated")]
    [InlineData("lost")]
    public void Lines_that_are_moved_are_seen(string change)
    {
        string[] lines = Encoding.UTF8.GetString(Written(4)).TrimEnd('\n').Split('\n');
        string[] changed = change switch
        {
            "swapped" => [lines[0], lines[2], lines[1], lines[3], lines[4]],
            "repeated" => [lines[0], lines[1], lines[1], lines[2], lines[3], lines[4]],
            _ => [lines[0], lines[2], lines[3], lines[4]],
        };
        MigrationException error = Should.Throw<MigrationException>(() =>
            JournalContent.Parse(File, Encoding.UTF8.GetBytes(string.Join('\n', changed) + "\n")));
        error.ErrorId.ShouldBe("JournalCorrupt");
        error.Message.ShouldContain(File);
        error.Message.ShouldContain("line ");
        error.RecommendedAction.ShouldContain("-Restart");
    }

    [Fact]
    public void A_second_run_on_the_same_journal_is_refused()
    {
        using MigrationJournal first = Begun();
        MigrationException error = Should.Throw<MigrationException>(() => MigrationJournal.Open(File, restart: true, TimeProvider.System));
        error.ErrorId.ShouldBe("JournalInUse");
        error.Message.ShouldContain(File);
        first.Dispose();
        MigrationJournal.Open(File, restart: false, TimeProvider.System).Dispose();
    }

    [Fact]
    public void What_is_taken_back_leaves_only_what_was_there()
    {
        string nested = Path.Combine(folder.Path, "deep", "er", "words.journal");
        JournalLock.Take(nested).Discard();
        Directory.GetFileSystemEntries(folder.Path).ShouldBeEmpty();
        JournalLock.Take(File).Dispose();
        JournalLock.Take(File).Discard();
        Directory.GetFileSystemEntries(folder.Path).ShouldBe([File + ".lock"]);
    }

    [Fact]
    public void A_lock_that_is_taken_back_never_lets_two_in()
    {
        int inside = 0;
        int taken = 0;
        Parallel.For(0, 4, _ =>
        {
            for (int turn = 0; turn < 2_000; turn++)
            {
                try
                {
                    JournalLock held = JournalLock.Take(File);
                    Interlocked.Increment(ref inside).ShouldBe(1);
                    Interlocked.Increment(ref taken);
                    Thread.SpinWait(1_000);
                    Interlocked.Decrement(ref inside);
                    held.Discard();
                }
                catch (MigrationException e) when (e.ErrorId is "JournalInUse" or "JournalUnwritable")
                {
                    // Another one has it.
                }
            }
        });
        taken.ShouldBeGreaterThan(0);
    }

    [Fact]
    public void It_stays_small_however_much_is_acknowledged()
    {
        using MigrationJournal journal = Begun();
        long greatest = 0;
        const int Batches = 400_000;
        for (long batch = 0; batch < Batches; batch += 2)
        {
            // Batches end a little out of order, as parallel ones do.
            journal.Append(new OrdinalRange((batch + 1) * 100, (batch * 100) + 199));
            journal.Append(new OrdinalRange(batch * 100, (batch * 100) + 99));
            greatest = Math.Max(greatest, journal.Length);
        }

        greatest.ShouldBeLessThan(300 << 10);
        journal.Complete();
        JournalContent.Read(File).Acknowledged.Ranges.ShouldBe([new OrdinalRange(0, (Batches * 100L) - 1)]);
        Directory.GetFiles(folder.Path).Select(Path.GetFileName).ShouldBe(["words.journal", "words.journal.lock"], ignoreOrder: true);
    }

    [Fact]
    public void Going_on_drops_the_torn_line_and_appends()
    {
        System.IO.File.WriteAllBytes(File, (byte[])[.. Written(2), .. "acked 300-39"u8]);
        using (var journal = MigrationJournal.Open(File, restart: false, TimeProvider.System))
        {
            journal.TornBytes.ShouldBe(12);
            journal.Resume();
            journal.Append(new OrdinalRange(100, 199));
        }

        JournalContent.Read(File).Acknowledged.Ranges.ShouldBe([new OrdinalRange(0, 299)]);
    }

    [Fact]
    public void Only_its_owner_reads_it()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        using MigrationJournal journal = Begun();
        journal.Append(new OrdinalRange(0, 1));
        foreach (string file in (string[])[File, File + ".lock"])
        {
            System.IO.File.GetUnixFileMode(file).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite, file);
        }
    }

    [Fact]
    public void A_file_that_is_no_journal_is_never_written_over()
    {
        System.IO.File.WriteAllText(File, "My only copy of something.");
        Should.Throw<MigrationException>(() => MigrationJournal.Open(File, restart: true, TimeProvider.System)).ErrorId.ShouldBe("JournalForeign");
        System.IO.File.ReadAllText(File).ShouldBe("My only copy of something.");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_pipe_is_no_journal_and_stays_a_pipe(bool link)
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        string pipe = link ? Path.Combine(folder.Path, "pipe") : File;
        using (Process make = Process.Start("mkfifo", [pipe]))
        {
            make.WaitForExit();
            make.ExitCode.ShouldBe(0);
        }

        if (link)
        {
            System.IO.File.CreateSymbolicLink(File, pipe);
        }

        foreach (bool restart in (bool[])[false, true])
        {
            MigrationException error = Should.Throw<MigrationException>(() => MigrationJournal.Open(File, restart, TimeProvider.System));
            error.ErrorId.ShouldBe("JournalForeign");
            error.Message.ShouldContain("is a named pipe. A regular file was expected.");
        }

        Should.Throw<IOException>(() => WholeFile.Write(File, "{}"u8)).Message.ShouldContain("a named pipe");
        SpecialFile.KindOf(pipe).ShouldBe("a named pipe");
        Directory.GetFiles(folder.Path).Length.ShouldBe(link ? 2 : 1);
    }

    [Fact]
    public void What_is_no_regular_file_is_named()
    {
        SpecialFile.KindOf(folder.Path).ShouldBeNull();
        SpecialFile.KindOf(File).ShouldBeNull();
        System.IO.File.WriteAllText(File, string.Empty);
        SpecialFile.KindOf(File).ShouldBeNull();
        if (OperatingSystem.IsLinux())
        {
            SpecialFile.KindOf("/dev/null").ShouldBe("a device");
        }
    }

    [Fact]
    public void A_folder_is_no_journal()
    {
        Directory.CreateDirectory(File);
        Should.Throw<MigrationException>(() => JournalContent.Read(File)).ErrorId.ShouldBe("JournalIsDirectory");
    }

    [Fact]
    public void What_was_attempted_is_there_after_the_process_died_and_leaves_with_its_acknowledgement()
    {
        using (MigrationJournal journal = Begun())
        {
            journal.Attempt([new OrdinalRange(0, 99), new OrdinalRange(200, 299)]);
            long length = journal.Length;
            journal.Attempt([new OrdinalRange(210, 220)]);
            journal.Length.ShouldBe(length);
            journal.Append(new OrdinalRange(0, 49));
            JournalContent.Read(File).Attempted.Ranges.ShouldBe([new OrdinalRange(0, 99), new OrdinalRange(200, 299)]);
        }

        using MigrationJournal resumed = MigrationJournal.Open(File, restart: false, TimeProvider.System);
        resumed.Resume();
        resumed.HasAttempted(60).ShouldBeTrue();
        resumed.HasAttempted(150).ShouldBeFalse();
        JournalContent content = JournalContent.Read(File);
        content.Attempted.Ranges.ShouldBe([new OrdinalRange(50, 99), new OrdinalRange(200, 299)]);
        content.Acknowledged.Ranges.ShouldBe([new OrdinalRange(0, 49)]);
    }

    [Fact]
    public void A_later_version_is_not_guessed_at()
    {
        uint sum = JournalLine.Seed;
        System.IO.File.WriteAllBytes(File, JournalLine.Encode("VectorMigration-journal 4 {}", ref sum));
        MigrationException error = Should.Throw<MigrationException>(() => JournalContent.Read(File));
        error.ErrorId.ShouldBe("JournalVersion");
        error.Message.ShouldContain("VectorMigration-journal 3");
        using MigrationJournal anew = MigrationJournal.Open(File, restart: true, TimeProvider.System);
        anew.Acknowledged.Count.ShouldBe(0);
    }

    /// <summary>On Windows, nothing takes the place of a file that a reader holds; elsewhere it makes no difference.</summary>
    [Fact]
    public void A_reader_that_stays_stops_no_run()
    {
        Begun().Dispose();
        using (FileStream reader = new(File, FileMode.Open, FileAccess.Read, FileShare.ReadWrite))
        {
            using MigrationJournal journal = MigrationJournal.Open(File, restart: false, TimeProvider.System);
            journal.Resume();
            journal.Append(new OrdinalRange(0, 99));
            journal.Begin(Header with { Record = Guid.Empty });
            journal.Append(new OrdinalRange(100, 199));
            journal.Complete();
        }

        JournalContent content = JournalContent.Read(File);
        content.Acknowledged.Ranges.ShouldBe([new OrdinalRange(100, 199)]);
        content.Header!.Record.ShouldBe(Guid.Empty);
        content.TornBytes.ShouldBe(0);
        Directory.GetFiles(folder.Path, "*.new").ShouldBeEmpty();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void A_journal_of_an_earlier_version_is_gone_on_with(int version)
    {
        uint sum = JournalLine.Seed;
        string header = Header.ToText();
        header.ShouldStartWith("VectorMigration-journal 3 ");
        header.ShouldNotContain("idOffset");
        byte[] old = [.. JournalLine.Encode(header.Replace("journal 3", $"journal {version}", StringComparison.Ordinal), ref sum),
            .. JournalLine.Encode("acked 0-9", ref sum)];
        System.IO.File.WriteAllBytes(File, old);
        JournalContent content = JournalContent.Read(File);
        content.Header.ShouldBe(Header with { Version = version });
        content.Acknowledged.Count.ShouldBe(10);
        // It does not say what was attempted: anything may have been.
        content.Attempted.Contains(5_000).ShouldBeTrue();
        Header.Key.DifferencesFrom(content.Header!.Key).ShouldBeEmpty();
    }

    private MigrationJournal Begun()
    {
        var journal = MigrationJournal.Open(File, restart: false, TimeProvider.System);
        journal.Begin(Header);
        return journal;
    }

    /// <summary>The bytes of a journal with so many ranges that do not touch.</summary>
    private byte[] Written(int ranges)
    {
        string path = Path.Combine(folder.Path, "written.journal");
        using (var journal = MigrationJournal.Open(path, restart: true, TimeProvider.System))
        {
            journal.Begin(Header);
            for (int i = 0; i < ranges; i++)
            {
                journal.Append(new OrdinalRange(i * 200, (i * 200) + 99));
            }
        }

        return System.IO.File.ReadAllBytes(path);
    }
}
