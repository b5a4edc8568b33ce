using VectorMigration.Tests.Faiss;

namespace VectorMigration.Tests.Files;

/// <summary>Files that another program holds for a moment.</summary>
public sealed class HeldFileTests : IDisposable
{
    private const int SharingViolation = unchecked((int)0x80070020);
    private const int DiskFull = unchecked((int)0x80070070);

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void What_is_held_for_a_moment_is_tried_again()
    {
        int tries = 0;
        HeldFile.Try(() => ++tries < 3 ? throw new IOException("held, in some language", SharingViolation) : tries).ShouldBe(3);
    }

    [Fact]
    public void Another_failure_is_not_tried_again()
    {
        int tries = 0;
        Should.Throw<IOException>(() => HeldFile.Try(() =>
        {
            tries++;
            throw new IOException("full", DiskFull);
        }));
        tries.ShouldBe(1);
    }

    [Fact]
    public void A_file_that_is_locked_is_known_by_its_code()
    {
        string path = Path.Combine(folder.Path, "locked");
        using FileStream held = new(path, FileMode.Create, FileAccess.ReadWrite, FileShare.None);
        Exception error = Should.Throw<IOException>(() => new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None).Dispose());
        HeldFile.IsHeld(error).ShouldBeTrue();
        HeldFile.IsHeld(new FileNotFoundException()).ShouldBeFalse();
        HeldFile.IsHeld(new IOException("another", DiskFull)).ShouldBeFalse();
    }

    [Fact]
    public void A_whole_file_is_written_while_a_reader_comes_and_goes()
    {
        string path = Path.Combine(folder.Path, "beat.json");
        WholeFile.Write(path, "1"u8);
        FileStream reader = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        // A thread of its own: the thread pool may be busy with other tests for longer than the file is tried again.
        Thread leaves = new(() =>
        {
            Thread.Sleep(200);
            reader.Dispose();
        });
        leaves.Start();
        WholeFile.Write(path, "22"u8);
        leaves.Join();
        File.ReadAllText(path).ShouldBe("22");
        Directory.GetFiles(folder.Path).ShouldBe([path]);
    }
}
