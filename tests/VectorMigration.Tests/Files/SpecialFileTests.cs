using System.Diagnostics;
using System.Net.Sockets;
using VectorMigration.Tests.Faiss;

namespace VectorMigration.Tests;

/// <summary>A pipe, a socket or a device in the place of something that is written: refused before the run, and left as it is.</summary>
public sealed class SpecialFileTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Nothing_is_put_in_the_place_of_a_pipe_or_a_socket()
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        string fresh = Path.Combine(folder.Path, "fresh");
        File.WriteAllText(fresh, "new");
        using Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        string bound = Path.Combine(folder.Path, "socket");
        socket.Bind(new UnixDomainSocketEndPoint(bound));
        foreach ((string path, string kind) in ((string, string)[])[(Pipe("pipe"), "a named pipe"), (bound, "a socket")])
        {
            Should.Throw<IOException>(() => HeldFile.Replace(fresh, path)).Message.ShouldContain($"is {kind}. A regular file was expected.");
            Should.Throw<IOException>(() => PrivateFile.Create(path)).Message.ShouldContain(kind);
            Should.Throw<IOException>(() => PrivateFile.Open(path, FileMode.OpenOrCreate, FileShare.None)).Message.ShouldContain(kind);
            SpecialFile.KindOf(path).ShouldBe(kind);
        }
    }

    [Fact]
    public void The_place_of_the_logs_and_what_is_in_it()
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        LogRefused(Pipe("logs")).ShouldContain("is a named pipe, not a folder");
        LogRefused("/dev/null").ShouldContain("is a device, not a folder");
        LogRefused("/dev/null/logs").ShouldContain("is a device, not a folder");
        foreach (string name in (string[])["migration.log", "migration.log.lock"])
        {
            string logs = Directory.CreateDirectory(Path.Combine(folder.Path, $"with {name}")).FullName;
            Pipe(Path.Combine(logs, name));
            MigrationException error = Should.Throw<MigrationException>(() => new RunLog(logs, TimeSpan.FromSeconds(5)).Dispose());
            error.ErrorId.ShouldBe("LogUnwritable");
            error.Message.ShouldContain("is a named pipe. A regular file was expected.");
        }
    }

    /// <summary>A dry run tells of the same places, without opening them.</summary>
    [Fact]
    public void A_plan_tells_of_them()
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        string logs = Directory.CreateDirectory(Path.Combine(folder.Path, "l")).FullName;
        Pipe(Path.Combine(logs, "migration.log"));
        string journal = Path.Combine(folder.Path, "words.journal");
        Pipe(journal + ".lock");
        MigrationOptions options = new() { Collection = "c", LogDirectory = logs, HeartbeatPath = Pipe("beat"), JournalPath = journal };
        MigrationException[] reasons = [.. PlaceCheck.Reasons(options)];
        reasons.Select(static reason => reason.ErrorId).ShouldBe(["JournalUnwritable", "LogUnwritable", "LogUnwritable"]);
        reasons.ShouldAllBe(static reason => reason.Message.Contains("is a named pipe. A regular file was expected.", StringComparison.Ordinal));
        Should.Throw<MigrationException>(() => JournalLock.Take(journal)).Message.ShouldContain("is a named pipe. A regular file was expected.");
        options = new() { Collection = "c", HeartbeatPath = folder.Path };
        PlaceCheck.Reasons(options).ShouldHaveSingleItem().Message.ShouldContain("is a folder. A file was expected.");
    }

    private static string LogRefused(string path)
    {
        MigrationException error = Should.Throw<MigrationException>(() => new RunLog(path, TimeSpan.FromSeconds(5)).Dispose());
        error.ErrorId.ShouldBe("LogUnwritable");
        return error.Message;
    }

    private string Pipe(string name)
    {
        string path = Path.Combine(folder.Path, name);
        using Process make = Process.Start("mkfifo", [path]);
        make.WaitForExit();
        make.ExitCode.ShouldBe(0);
        return path;
    }
}
