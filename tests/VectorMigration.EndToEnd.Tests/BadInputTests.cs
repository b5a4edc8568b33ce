using System.Diagnostics;
using System.Text;
using System.Text.Json;
using VectorMigration.Tests.Faiss;
using VectorMigration.TestSupport;

namespace VectorMigration.EndToEnd.Tests;

/// <summary>What must be refused, each with one clear error and its exit code.</summary>
[Collection(SharedServer.Name)]
public sealed class BadInputTests(QdrantServerFixture fixture) : ServerTests(fixture)
{
    public static TheoryData<string, string> NamesThatAreNone
    {
        get
        {
            TheoryData<string, string> cases = [];
            foreach (string command in (string[])["migrate", "verify", "tune", "migrate --dry-run"])
            {
                cases.Add(command, ".");
                cases.Add(command, "..");
                cases.Add(command, "a/b");
            }

            return cases;
        }
    }

    /// <summary>There is no server: an error of another kind would tell that it was asked.</summary>
    [Theory]
    [MemberData(nameof(NamesThatAreNone))]
    public async Task A_name_that_no_collection_can_have_is_refused_before_anything_is_asked(string command, string name)
    {
        string[] words = command.Split(' ');
        ToolResult refused = await Tool.RunAsync(Folder, [words[0], Words, .. words[1..], "--collection", name, "--url", "http://127.0.0.1:1"]);
        refused.ShouldEndWith(2, "cannot be the name of a collection");
        Directory.Exists(Path.Combine(Folder, "logs")).ShouldBeFalse();
    }

    /// <summary>A variable of a script that is empty makes such an argument.</summary>
    [Theory]
    [InlineData("inspect", "")]
    [InlineData("inspect", "WORDS", "--store-path", "")]
    [InlineData("inspect", "WORDS", "--list-path", "")]
    [InlineData("migrate", "WORDS", "--collection", "c", "--url", "http://127.0.0.1:1", "--payload", "")]
    [InlineData("migrate", "WORDS", "--collection", "c", "--url", "http://127.0.0.1:1", "--log-dir", "")]
    [InlineData("migrate", "WORDS", "--collection", "c", "--url", "http://127.0.0.1:1", "--api-key-file", "")]
    [InlineData("verify", "", "--collection", "c", "--url", "http://127.0.0.1:1")]
    [InlineData("tune", "", "--collection", "c", "--url", "http://127.0.0.1:1")]
    [InlineData("compare", "", "")]
    public async Task An_empty_path_is_refused_as_one(params string[] arguments)
    {
        ToolResult refused = await Tool.RunAsync(Folder, [.. arguments.Select(argument => argument == "WORDS" ? Words : argument)]);
        refused.ShouldEndWith(2, "'' cannot be a path: it is empty");
        refused.Error.ShouldNotContain("Unexpected error");
    }

    public static TheoryData<string, string[]> Usage => new()
    {
        { "No command was given", [] },
        { "nonsense", ["nonsense"] },
        { "PATH", ["inspect"] },
        { "--collection", ["migrate", "x.faiss"] },
        { "Unexpected argument 'm1'. Did you mean --collection m1?", ["migrate", "x.faiss", "m1"] },
        { "the run, and then the baseline", ["compare"] },
        { "the run, and then the baseline", ["compare", "logs"] },
        { "--limit is '0'; expected a whole number, 1 or more", ["migrate", "x.faiss", "--collection", "c", "--limit", "0"] },
        { "--limit is '1.5'", ["migrate", "x.faiss", "--collection", "c", "--limit", "1.5"] },
        { "--offset is '-1'; expected a whole number, 0 or more", ["migrate", "x.faiss", "--collection", "c", "--offset", "-1"] },
        { "--batch-size is '0'; expected a whole number, 1 to", ["migrate", "x.faiss", "--collection", "c", "--batch-size", "0"] },
        { "--parallel is 'many'", ["migrate", "x.faiss", "--collection", "c", "--parallel", "many"] },
        { "--batch-delay is 'NaN'", ["migrate", "x.faiss", "--collection", "c", "--batch-delay", "NaN"] },
        { "--batch-delay is '-3'; expected a number of seconds, 0 to", ["migrate", "x.faiss", "--collection", "c", "--batch-delay", "-3"] },
        { "--timeout is 'Infinity'", ["migrate", "x.faiss", "--collection", "c", "--timeout", "Infinity"] },
        { "--distance is 'hamming'; expected one of", ["migrate", "x.faiss", "--collection", "c", "--distance", "hamming"] },
        { "--verify is 'some'; expected one of", ["migrate", "x.faiss", "--collection", "c", "--verify", "some"] },
        { "--id-mapping is 'uuid4'; expected one of", ["migrate", "x.faiss", "--collection", "c", "--id-mapping", "uuid4"] },
        { "--wrong", ["verify", "x.faiss", "--collection", "c", "--wrong"] },
        { "There is no API key file", ["migrate", Words, "--collection", "c", "--api-key-file", "none.key"] },
        { "--protocol is 'http'; expected one of auto, grpc, rest", ["migrate", Words, "--collection", "c", "--protocol", "http"] },
        { "--parallel is '1025'; expected a whole number, 1 to 1,024", ["migrate", "x.faiss", "--collection", "c", "--parallel", "1025"] },
        { "--batch-delay is '86401'; expected a number of seconds, 0 to 86,400", ["migrate", "x.faiss", "--collection", "c", "--batch-delay", "86401"] },
        { "The endpoint http://127.0.0.1:47534 must contain", ["migrate", Words, "--collection", "c", "--url", "http://u:p@127.0.0.1:47534"] },
        { "not an endpoint", ["migrate", Words, "--collection", "c", "--url", "ftp://127.0.0.1"] },
        { "There is no payload file", ["migrate", Words, "--collection", "c", "--payload", "none.jsonl"] },
    };

    /// <summary>What is written must be a regular file, and is asked for before the run, by a dry run too.</summary>
    [Theory]
    [InlineData("--heartbeat", "beat", "beat", "LogUnwritable")]
    [InlineData("--log-dir", "logs", "logs", "LogUnwritable")]
    [InlineData("--log-dir", "logs", "logs/migration.log", "LogUnwritable")]
    [InlineData("--journal", "j.journal", "j.journal", "JournalForeign")]
    [InlineData("--journal", "j.journal", "j.journal.lock", "JournalUnwritable")]
    public async Task A_pipe_in_the_place_of_what_is_written_is_refused(string option, string value, string pipe, string id)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(At(pipe))!);
        using (Process make = Process.Start("mkfifo", [At(pipe)]))
        {
            await make.WaitForExitAsync();
        }

        // A dry run tells every reason: the journal is elsewhere.
        string[] journal = option == "--journal" ? [] : ["--journal", "own.journal"];
        foreach (string[] more in (string[][])[["--dry-run"], []])
        {
            ToolResult refused = await MigrateAsync(Words, [option, value, .. journal, .. more]);
            refused.ExitCode.ShouldBe(2, refused.Error);
            refused.Error.ShouldContain("a named pipe");
            ToolResult json = await MigrateAsync(Words, [option, value, "--json", .. journal, .. more]);
            json.Json().GetProperty("error").GetProperty("errorId").GetString().ShouldBe(id);
        }
    }

    [Fact]
    public async Task Advice_about_a_store_considers_the_one_that_was_given()
    {
        File.Copy(Words, At("words.faiss"));
        string store = Directory.CreateDirectory(At("store")).FullName;
        File.WriteAllText(Path.Combine(store, "one.json"), $"[{string.Join(',', Enumerable.Repeat("\"a\"", 10_000))}]");
        File.Copy(Path.Combine(store, "one.json"), Path.Combine(store, "two.json"));
        ToolResult refused = await MigrateAsync(At("words.faiss"), "--store-path", store);
        refused.ExitCode.ShouldBe(2);
        refused.Error.ShouldContain("--no-store in place of --store-path");
    }

    private static string Words => Path.Combine(QdrantServer.RepositoryRoot(), "samples", "words.faiss");

    [Fact]
    public async Task Without_a_command_the_commands_are_listed()
    {
        ToolResult run = (await Tool.RunAsync(Folder)).ShouldEndWith(2);
        foreach (string command in (string[])["inspect", "migrate", "verify", "compare", "tune"])
        {
            run.Error.ShouldMatch($@"(?m)^ +{command} ");
        }
    }

    [Theory]
    [MemberData(nameof(Usage))]
    public async Task Usage_errors_end_with_2_and_say_what_was_expected(string message, string[] arguments)
    {
        ToolResult people = (await Tool.RunAsync(Folder, arguments)).ShouldEndWith(2, message);
        people.Output.Trim().ShouldNotContain("error");
        JsonElement json = (await Tool.RunAsync(Folder, [.. arguments, "--json"])).ShouldEndWith(2, message).Json();
        json.GetProperty("exitCode").GetInt32().ShouldBe(2);
        json.GetProperty("error").GetProperty("errorId").GetString().ShouldNotBeNullOrEmpty();
    }

    [Theory]
    [InlineData("missing")]
    [InlineData("empty")]
    [InlineData("directory")]
    [InlineData("text")]
    [InlineData("json")]
    [InlineData("lfs")]
    [InlineData("pickle")]
    [InlineData("gzip")]
    [InlineData("unknown")]
    [InlineData("bigendian")]
    [InlineData("truncated")]
    public async Task What_is_no_index_is_refused_by_every_command(string what)
    {
        string path = ForeignFile(what);
        (await Tool.RunAsync(Folder, "inspect", path)).ShouldEndWith(2, Path.GetFileName(path));
        JsonElement json = (await Tool.RunAsync(Folder, "inspect", path, "--json")).ShouldEndWith(2).Json();
        json.GetProperty("exitCode").GetInt32().ShouldBe(2);
        JsonElement result = (await MigrateAsync(path, "--json")).ShouldEndWith(2, Path.GetFileName(path)).Json();
        result.GetProperty("status").GetString().ShouldBe("Refused");
        result.GetProperty("error").GetProperty("recommendedAction").GetString().ShouldNotBeNullOrEmpty();
        (await VerifyAsync(path)).ShouldEndWith(2, Path.GetFileName(path));
        (await Witness.ExistsAsync(Collection)).ShouldBeFalse();
    }

    [Theory]
    [InlineData("faiss-1.7.3/ivf_spectralhash", "IVFSpectralHash")]
    [InlineData("faiss-1.7.3/vt_itq_lsh", "ITQTransform")]
    [InlineData("faiss-1.7.3/lsh_16bits", "LSH")]
    public async Task A_kind_that_is_not_read_is_refused_by_name(string name, string kind) =>
        (await MigrateAsync(Fixture.Of(name).IndexPath)).ShouldEndWith(2, kind);

    [Fact]
    public async Task Codes_are_migrated_with_consent_only()
    {
        string path = Fixture.Of("faiss-1.7.3/ivfpq6x8").IndexPath;
        (await MigrateAsync(path)).ShouldEndWith(2, "PQ6x8").Error.ShouldContain("--allow-decoded");
        (await MigrateAsync(path, "--allow-decoded")).ShouldSucceed();
        (await VerifyAsync(path, "--allow-decoded")).ShouldSucceed();
    }

    [Fact]
    public async Task A_metric_that_qdrant_lacks_is_refused_with_the_alternatives()
    {
        string path = Fixture.Of("faiss-1.7.3/flat_canberra").IndexPath;
        ToolResult run = (await MigrateAsync(path)).ShouldEndWith(2, "Canberra", "Euclid, Dot, Cosine and Manhattan");
        run.Error.ShouldContain("--distance");
    }

    [Fact]
    public async Task A_dimension_over_65536_is_refused()
    {
        string path = IndexFiles.Flat(At("wide.faiss"), 65_537, new float[65_537]);
        (await MigrateAsync(path)).ShouldEndWith(2, "65,537", "65,536");
    }

    [Theory]
    [InlineData("""{"vectors":{"size":5,"distance":"Euclid"}}""", "dimension is 5, expected 4")]
    [InlineData("""{"vectors":{"size":4,"distance":"Dot"}}""", "distance is Dot, expected Euclid")]
    [InlineData("""{"vectors":{"size":4,"distance":"Euclid","datatype":"uint8"}}""", "datatype is Uint8")]
    [InlineData("""{"vectors":{"size":4,"distance":"Euclid","datatype":"float16"}}""", "datatype is Float16")]
    [InlineData("""{"vectors":{"named":{"size":4,"distance":"Euclid"}}}""", "'named'")]
    [InlineData("""{"vectors":{"size":4,"distance":"Euclid","multivector_config":{"comparator":"max_sim"}}}""", "multivector")]
    public async Task A_collection_that_does_not_fit_is_refused_before_the_first_vector(string description, string difference)
    {
        await Witness.CreateAsync(Collection, description);
        string path = IndexFiles.Flat(At("flat.faiss"), 4, IndexFiles.Random(10, 4, seed: 1));
        (await MigrateAsync(path)).ShouldEndWith(2, Collection, difference);
        if (description.Contains("float16", StringComparison.Ordinal))
        {
            // What rounding leaves of the vectors can be compared, and nothing is there.
            (await VerifyAsync(path)).ExitCode.ShouldBe(4);
        }
        else
        {
            (await VerifyAsync(path)).ShouldEndWith(2, difference);
        }

        (await Witness.CountAsync(Collection)).ShouldBe(0);
    }

    [Fact]
    public async Task No_server_is_one_clear_error()
    {
        string path = IndexFiles.Flat(At("flat.faiss"), 4, IndexFiles.Random(10, 4, seed: 1));
        string nowhere = $"http://127.0.0.1:{FreePort()}";
        ToolResult run = await Tool.RunAsync(Folder, "migrate", path, "--url", nowhere, "--collection", Collection, "--json");
        run.ShouldEndWith(2, nowhere).Json().GetProperty("error").GetProperty("errorId").GetString().ShouldBe("NoServer");
        (await Tool.RunAsync(Folder, "verify", path, "--url", nowhere, "--collection", Collection)).ShouldEndWith(2, nowhere);
    }

    [Fact]
    public async Task A_rest_port_that_is_not_6333_is_recognised_by_its_answer()
    {
        string path = IndexFiles.Flat(At("flat.faiss"), 4, IndexFiles.Random(10, 4, seed: 1));
        string[] arguments = ["migrate", path, "--url", $"http://127.0.0.1:{Server.RestPort}", "--collection", Collection];
        (await Tool.RunAsync(Folder, [.. arguments, "--protocol", "grpc"])).ShouldEndWith(2, "REST");
        (await Tool.RunAsync(Folder, arguments)).ShouldSucceed().Error.ShouldContain("gRPC does not answer");
    }

    [Fact]
    public async Task Verify_of_a_collection_that_is_not_there_is_refused()
    {
        string path = IndexFiles.Flat(At("flat.faiss"), 4, IndexFiles.Random(10, 4, seed: 1));
        (await VerifyAsync(path)).ShouldEndWith(2, Collection);
    }

    [Fact]
    public async Task A_payload_file_that_does_not_fit_is_refused_before_the_first_vector()
    {
        string path = IndexFiles.Flat(At("flat.faiss"), 4, IndexFiles.Random(10, 4, seed: 1));
        await File.WriteAllTextAsync(At("short.jsonl"), string.Concat(Enumerable.Repeat("{}\n", 9)));
        (await MigrateAsync(path, "--payload", At("short.jsonl"))).ShouldEndWith(2, "short.jsonl", "9", "10");
        (await Witness.ExistsAsync(Collection)).ShouldBeFalse();
        await File.WriteAllTextAsync(At("broken.jsonl"), string.Concat(Enumerable.Repeat("{}\n", 4)) + "[1]\n" + string.Concat(Enumerable.Repeat("{}\n", 5)));
        (await MigrateAsync(path, "--payload", At("broken.jsonl"), "--batch-size", "2", "--parallel", "1")).ShouldEndWith(2, "broken.jsonl", "line 5");
        (await Witness.ExistsAsync(Collection)).ShouldBeFalse();
    }

    [Fact]
    public async Task Logs_that_cannot_be_written_are_refused()
    {
        string path = IndexFiles.Flat(At("flat.faiss"), 4, IndexFiles.Random(10, 4, seed: 1));
        await File.WriteAllTextAsync(At("taken"), "a file, not a folder");
        (await MigrateAsync(path, "--log-dir", At("taken"))).ShouldEndWith(2, "taken");
    }

    [Theory]
    [InlineData("taken/c.journal")]
    [InlineData("blocked.journal")]
    [InlineData("taken", "--restart")]
    public async Task A_journal_that_cannot_be_written_is_refused_before_the_collection_is_created(string journal, params string[] more)
    {
        string path = IndexFiles.Flat(At("flat.faiss"), 4, IndexFiles.Random(10, 4, seed: 1));
        await File.WriteAllTextAsync(At("taken"), "a file, neither folder nor journal");
        // Where a journal is written before it takes its place.
        Directory.CreateDirectory(At("blocked.journal.new"));
        (await MigrateAsync(path, ["--journal", At(journal), .. more])).ShouldEndWith(2, journal);
        (await Witness.ExistsAsync(Collection)).ShouldBeFalse();
        (await File.ReadAllTextAsync(At("taken"))).ShouldBe("a file, neither folder nor journal");
    }

    [Fact]
    public async Task A_run_that_the_server_refuses_leaves_no_journal_behind()
    {
        string path = IndexFiles.Flat(At("flat.faiss"), 4, IndexFiles.Random(10, 4, seed: 1));
        Directory.CreateDirectory(At("there"));
        await Witness.CreateAsync(Collection, """{"vectors":{"size":5,"distance":"Euclid"}}""");
        foreach (string journal in (string[])["there/c.journal", "there/deep/er/c.journal"])
        {
            (await MigrateAsync(path, "--journal", At(journal))).ShouldEndWith(2, "dimension is 5");
            Directory.GetFileSystemEntries(At("there")).ShouldBeEmpty();
        }

        await File.WriteAllTextAsync(At("there/c.journal.lock"), string.Empty);
        (await MigrateAsync(path, "--journal", At("there/c.journal"))).ShouldEndWith(2, "dimension is 5");
        File.Exists(At("there/c.journal.lock")).ShouldBeTrue();
    }

    private static int FreePort()
    {
        using System.Net.Sockets.TcpListener listener = new(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        return ((System.Net.IPEndPoint)listener.LocalEndpoint).Port;
    }

    private string ForeignFile(string what)
    {
        string path = At(what + ".faiss");
        byte[] sound = File.ReadAllBytes(Words)[..5000];
        byte[]? content = what switch
        {
            "empty" => [],
            "text" => Encoding.UTF8.GetBytes("These are only words.\n"),
            "json" => Encoding.UTF8.GetBytes("{\"vectors\": [[1, 2, 3]]}"),
            "lfs" => Encoding.UTF8.GetBytes("version https://git-lfs.github.com/spec/v1\noid sha256:" + new string('0', 64) + "\nsize 12345\n"),
            "pickle" => [0x80, 0x04, 0x95, 0, 0, 0, 0, 0, 0, 0, 0, .. "}\x94."u8],
            "gzip" => [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3],
            "unknown" => [.. "IxQQ"u8, .. new byte[60]],
            "bigendian" => [.. "pMxI"u8, 0, 0, 0, 100, .. new byte[60]],
            "truncated" => sound,
            _ => null,
        };
        if (what == "directory")
        {
            Directory.CreateDirectory(path);
        }
        else if (content is not null)
        {
            File.WriteAllBytes(path, content);
        }

        return path;
    }
}
