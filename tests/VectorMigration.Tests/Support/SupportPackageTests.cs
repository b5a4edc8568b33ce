using System.IO.Compression;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace VectorMigration.Tests;

/// <summary>Secrets are planted wherever one can be; every entry of the archive is searched for them.</summary>
public sealed class SupportPackageTests : IDisposable
{
    private const string Key = "pl4nted-k3y+with/odd=signs\"<&>";
    private const string Password = "pl4nted-p%ss:word";
    private const string Token = "eyJhbGciOiJIUzI1NiJ9.eyJhY2Nlc3MiOiJtIn0.pl4nted_signature";
    private const string Payload = "pl4nted text of a document";
    private readonly string folder = Directory.CreateTempSubdirectory("vm-support-").FullName;

    public SupportPackageTests()
    {
        Run = Plant("20260601T120000000Z-0197a0b0-0000-7000-8000-000000000001");
        File.WriteAllText(
            Path.Combine(folder, "words.a.journal"),
            $"vector-migration-journal 3 {{\"key\":{{}},\"indexPath\":\"/data/a.faiss\"}}\nack 0 99 {Payload}\n");
        File.WriteAllText(Path.Combine(folder, "qdrant.key"), Key);
        File.WriteAllText(Path.Combine(folder, "words.jsonl"), $"{{\"text\":\"{Payload}\"}}\n");
        File.WriteAllText(Path.Combine(folder, "migration.log"), "{\"event\":\"run\"}\n");
    }

    private string Run { get; }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void No_entry_holds_a_secret_that_was_planted_anywhere(bool withJournals)
    {
        Dictionary<string, string> entries = Entries(Write(withJournals));
        foreach ((string name, string text) in entries)
        {
            foreach (string secret in (string[])["pl4nted-", "pl4nted_", Token, Base64(Key)[..20], Base64($"user:{Password}")[..20], "MIIEplanted"])
            {
                text.ShouldNotContain(secret, Case.Insensitive, $"{name} holds {secret}");
            }

            if (!withJournals)
            {
                text.ShouldNotContain(Payload, Case.Insensitive, name);
            }
        }

        entries.Keys.ShouldContain("environment.json");
        entries["environment.json"].ShouldContain("\"QDRANT_API_KEY\": \"(redacted)\"");
        entries["environment.json"].ShouldNotContain("AWS_");
        entries["environment.json"].ShouldContain("https://(redacted)@qdrant.example:6334");
        entries.Values.ShouldAllBe(static text => text.Length > 0);
        entries[$"runs/{Run}/migration.log"].ShouldContain("{\"event\":\"batch\",\"number\":7}");
        entries[$"runs/{Run}/migration.log"].ShouldContain("Operation requires 40 tokens but only 20.0 were available.");
        entries[$"runs/{Run}/run.json"].ShouldContain("--api-key-file qdrant.key");
    }

    [Fact]
    public void The_manifest_lists_what_is_in_it_and_what_is_not()
    {
        SupportPackage package = Write(withJournals: false);
        Dictionary<string, string> entries = Entries(package);
        JsonElement manifest = JsonDocument.Parse(entries["manifest.json"]).RootElement;
        string[] listed = [.. manifest.GetProperty("entries").EnumerateArray().Select(static entry => entry.GetProperty("name").GetString()!)];
        listed.Append("manifest.json").Order().ShouldBe(entries.Keys.Order());
        package.FileCount.ShouldBe(entries.Count);
        manifest.GetProperty("redactions").GetInt64().ShouldBe(package.RedactionCount);
        package.RedactionCount.ShouldBeGreaterThan(8);
        manifest.GetProperty("omitted").EnumerateArray().Select(static one => one.GetProperty("name").GetString()).ShouldBe(
            [$"runs/{Run}/words.txt", "qdrant.key", "words.jsonl"], ignoreOrder: true);
        entries["journals/words.a.journal.header"].ShouldStartWith("vector-migration-journal 3 ");
        entries["journals/words.a.journal.header"].ShouldNotContain("ack");
    }

    [Theory]
    [InlineData(60_000, false)]
    [InlineData(2_000_000, true)]
    public void The_header_of_a_journal_is_whole_or_says_that_it_is_cut(int length, bool isCut)
    {
        string fields = string.Join(',', Enumerable.Range(0, length / 16).Select(static i => $"\"field{i:D7}\":1"));
        File.WriteAllText(Path.Combine(folder, "words.a.journal"), $"vector-migration-journal 3 {{{fields},\"last\":true}}\nack 0 99\n");
        string header = Entries(Write(withJournals: false))["journals/words.a.journal.header"];
        header.EndsWith(",\"last\":true}", StringComparison.Ordinal).ShouldBe(!isCut);
        header.EndsWith(":1,\n… the line is longer than 1,000,000 bytes and is cut here …", StringComparison.Ordinal).ShouldBe(isCut);
    }

    [Fact]
    public void Only_its_owner_reads_it_and_nothing_is_replaced()
    {
        SupportPackage package = Write(withJournals: false);
        if (!OperatingSystem.IsWindows())
        {
            File.GetUnixFileMode(package.Path).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        byte[] before = File.ReadAllBytes(package.Path);
        Should.Throw<MigrationException>(() => Write(withJournals: false)).ErrorId.ShouldBe("SupportPackageUnwritable");
        File.ReadAllBytes(package.Path).ShouldBe(before);
        Should.Throw<MigrationException>(() => SupportWriter.Write(Request(false) with { LogDirectory = Path.Combine(folder, "none") },
            TimeProvider.System, CancellationToken.None)).ErrorId.ShouldBe("RunNotFound");
        string elsewhere = Path.Combine(folder, "none", "a.zip");
        Should.Throw<MigrationException>(() => SupportWriter.Write(Request(false) with { OutputPath = elsewhere }, TimeProvider.System, CancellationToken.None))
            .ErrorId.ShouldBe("SupportPackageUnwritable");
        Should.Throw<MigrationException>(() => SupportWriter.Write(Request(false) with { RunId = Guid.NewGuid(), OutputPath = Path.Combine(folder, "b.zip") },
            TimeProvider.System, CancellationToken.None)).ErrorId.ShouldBe("RunNotFound");
    }

    [Fact]
    public void Its_size_is_bounded_and_a_long_log_keeps_beginning_and_end()
    {
        string log = Path.Combine(folder, "runs", Run, "migration.log");
        File.WriteAllText(log, "first line\n" + new string('x', 100) + "\n");
        using (StreamWriter writer = File.AppendText(log))
        {
            for (int i = 0; i < 120_000; i++)
            {
                writer.Write("a line of the log that says nothing new, but is one hundred characters long, as it stands here....\n");
            }

            writer.Write("last line\n");
        }

        Dictionary<string, string> entries = Entries(Write(withJournals: false));
        string shortened = entries[$"runs/{Run}/migration.log"];
        shortened.Length.ShouldBeLessThan(10_100_000);
        shortened.ShouldStartWith("first line\n");
        shortened.ShouldEndWith("last line\n");
        shortened.ShouldContain(" bytes are left out here …\n");
        SupportPackage small = SupportWriter.Write(
            Request(false) with { MostBytes = 1_000_000, OutputPath = Path.Combine(folder, "small.zip") }, TimeProvider.System, CancellationToken.None);
        small.Omitted.ShouldContain($"runs/{Run}/migration.log: the package is full");
        new FileInfo(small.Path).Length.ShouldBeLessThan(1_000_000);
    }

    [Fact]
    public void Links_out_of_the_folder_are_not_followed()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        string outside = Path.Combine(folder, "qdrant.key");
        string link = Path.Combine(folder, "runs", Run, "perf_slow.log");
        File.Delete(link);
        File.CreateSymbolicLink(link, outside);
        SupportPackage package = Write(withJournals: false);
        Entries(package).Keys.ShouldNotContain($"runs/{Run}/perf_slow.log");
        package.Omitted.ShouldContain($"runs/{Run}/perf_slow.log: it is a link or a device");
    }

    [Theory]
    [InlineData("api-key: abcdef", "api-key: (redacted)")]
    [InlineData("{\"api_key\":\"ab\\\"cd\",\"n\":1}", "{\"api_key\":\"(redacted)\",\"n\":1}")]
    [InlineData("{\"m\":\"{\\\"api_key\\\":\\\"abcd\\\"}\"}", "{\"m\":\"{\\\"api_key\\\":(redacted)}\"}")]
    [InlineData("Authorization: Bearer abc.def", "Authorization: (redacted)")]
    [InlineData("{\"m\":\"Cookie: a=b; c=d\",\"n\":1}", "{\"m\":\"Cookie: (redacted)\",\"n\":1}")]
    [InlineData("{\"m\":\"send \\\"authorization: token ab\\\" or\"}", "{\"m\":\"send \\\"authorization: (redacted)\\\" or\"}")]
    [InlineData("server=a;pwd=abc;x=1", "server=a;pwd=(redacted);x=1")]
    [InlineData("ocp-apim-subscription-key: abc", "ocp-apim-subscription-key: (redacted)")]
    [InlineData("{&quot;secret&quot;:&quot;a b&quot;,&quot;n&quot;:1}", "{&quot;secret&quot;:(redacted),&quot;n&quot;:1}")]
    [InlineData("GET /?token=abc&x=1", "GET /?token=(redacted)&x=1")]
    [InlineData("tool --password abc --limit 5", "tool --password (redacted) --limit 5")]
    [InlineData("tool --api-key-file my.key --limit 5", "tool --api-key-file my.key --limit 5")]
    [InlineData("{\"payloadKey\":\"id\",\"dropPayloadKey\":true}", "{\"payloadKey\":\"id\",\"dropPayloadKey\":true}")]
    [InlineData("https://a:b@c/d and http://e@f", "https://(redacted)@c/d and http://(redacted)@f")]
    public void Secrets_are_found_by_their_place(string line, string clean) => new SecretRedactor([]).Line(line).ShouldBe(clean);

    private string Plant(string run)
    {
        string runs = Directory.CreateDirectory(Path.Combine(folder, "runs", run)).FullName;
        string json = JsonSerializer.Serialize(new { message = $"the key {Key} and {Password}" });
        File.WriteAllText(Path.Combine(runs, "migration.log"), string.Join('\n',
            "{\"event\":\"batch\",\"number\":7}",
            "Operation requires 40 tokens but only 20.0 were available. Retry after 12s",
            json,
            "Authorization: Bearer pl4nted-bearer",
            "authorization=Basic cGw0bnRlZC1iYXNpYw==",
            $"proxy http://user:{Password}@proxy.example:3128 refused",
            "https://other:pl4nted-address@host.example/collections",
            $"escaped {Uri.EscapeDataString(Key)} and {Convert.ToBase64String(Encoding.UTF8.GetBytes(Key))}",
            $"token {Token}",
            "-----BEGIN PRIVATE KEY-----",
            "MIIEplantedMIIEplanted",
            "-----END PRIVATE KEY-----",
            "{\"password\":\"pl4nted-json\",\"client_secret\":\"pl4nted-secret\"}",
            string.Empty));
        File.WriteAllText(Path.Combine(runs, "perf_slow.log"), $"slow {Key}\n" + Forms);
        File.WriteAllText(Path.Combine(runs, "summary.json"), json);
        File.WriteAllText(Path.Combine(runs, "report.html"), $"<p>{WebUtility.HtmlEncode(Key)}</p>");
        File.WriteAllText(Path.Combine(runs, "run.json"), "{\"command\":\"migrate a.faiss --api-key-file qdrant.key --api-key pl4nted-argument\"}");
        File.WriteAllText(Path.Combine(runs, "words.txt"), Payload);
        return run;
    }

    /// <summary>Secrets in every form that the page on packages names; those of the environment stand alone.</summary>
    private static string Forms => string.Join('\n',
        $"lower {Lower(Uri.EscapeDataString(Key))} {Lower(WebUtility.UrlEncode(Key))} {Uri.EscapeDataString(Password)}",
        $"json {JsonSerializer.Serialize(Key).Replace("/", "\\/", StringComparison.Ordinal)} {Lower(JsonSerializer.Serialize(Key))}",
        $"basic {Base64($"user:{Password}")} {Base64(Key).TrimEnd('=')}",
        "alone pl4nted-github pl4nted-database pl4nted-client pl4nted-bearer-of-otel pl4nted-second/header pl4nted-attribute pl4nted-collector",
        "connect server=a;uid=b;pwd=pl4nted-pwd;x=1",
        "Cookie: sid=pl4nted-cookie; other=pl4nted-cookie-2",
        "Ocp-Apim-Subscription-Key: pl4nted-subscription",
        "x-api-key: pl4nted-x",
        "<td>{&quot;password&quot;: &quot;pl4nted-in html&quot;}</td>");

    private static string Lower(string text) => Regex.Replace(text, "%..|\\\\u....", static match => match.Value.ToLowerInvariant());

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));

    private SupportRequest Request(bool withJournals) => new()
    {
        LogDirectory = folder,
        OutputPath = Path.Combine(folder, "package.zip"),
        WithJournals = withJournals,
        Secrets = [Key, Password, null, string.Empty],
        Variables = new Dictionary<string, string>
        {
            ["QDRANT_API_KEY"] = Key,
            ["QDRANT__SERVICE__READ_ONLY_API_KEY"] = "pl4nted-read-key",
            ["QDRANT_URL"] = "https://user:pl4nted-url-word@qdrant.example:6334",
            ["HTTPS_PROXY"] = "http://user:" + Uri.EscapeDataString(Password) + "@proxy.example:3128",
            ["OTEL_EXPORTER_OTLP_HEADERS"] = "authorization=Bearer%20pl4nted-bearer-of-otel,x-api-key=pl4nted-second%2Fheader",
            ["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"] = "https://user:pl4nted-collector@collector.example:4317",
            ["OTEL_RESOURCE_ATTRIBUTES"] = "deploy=prod,tenant.token=pl4nted-attribute",
            ["GITHUB_TOKEN"] = "pl4nted-github",
            ["pgpassword"] = "pl4nted-database",
            ["CLIENT_SECRET"] = "pl4nted-client",
            ["AWS_SECRET_ACCESS_KEY"] = "pl4nted-foreign",
            ["HOME"] = "/home/pl4nted-home",
        },
        Checks = [ConnectionCheck.Warn("API key", $"The server said {Key}.", "api-key: pl4nted-advice")],
    };

    private SupportPackage Write(bool withJournals) => SupportWriter.Write(Request(withJournals), TimeProvider.System, CancellationToken.None);

    private static Dictionary<string, string> Entries(SupportPackage package)
    {
        using ZipArchive archive = ZipFile.OpenRead(package.Path);
        Dictionary<string, string> texts = [];
        foreach (ZipArchiveEntry entry in archive.Entries)
        {
            using StreamReader reader = new(entry.Open());
            texts.Add(entry.FullName, reader.ReadToEnd());
        }

        return texts;
    }
}
