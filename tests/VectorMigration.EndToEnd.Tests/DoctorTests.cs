using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using VectorMigration.TestSupport;

namespace VectorMigration.EndToEnd.Tests;

/// <summary><c>doctor</c> against real servers: each check that one can be made to fail fails, and nothing is changed without consent.</summary>
public sealed class DoctorTests : IDisposable
{
    private const string Key = "d0ctor-k3y-that-must-not-be-seen";
    private readonly string folder = Directory.CreateTempSubdirectory("vm-doctor-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task A_healthy_server_passes_and_nothing_is_left_on_it()
    {
        await using QdrantServer server = await QdrantServer.StartAsync();
        IndexFiles.Flat(Path.Combine(folder, "a.faiss"), 8, IndexFiles.Random(200, 8, 3));
        JsonElement json = await CheckAsync(server, 0, null, ["a.faiss", "--collection", "words", "--budget", "1", .. ByRest(server)]);
        json.GetProperty("status").GetString().ShouldBe("Completed");
        foreach (string name in (string[])["Host address", "Encryption", "API key", "Write access", "Server version", "Recovery mode", "Cluster", "Collection",
            "Hidden points", "Quotas", "Clock", "Client disk", "Client memory", "Server memory", "Index", "Plan", "Existing points"])
        {
            Of(json, name).Status.ShouldBe("Pass", name);
        }

        Of(json, "Index").Finding.ShouldBe("Flat, 200 vectors of 8 components, 6.4 kB.");
        Of(json, "Plan").Finding.ShouldBe("A run with the defaults sends 200 vectors to 'words', which it creates.");
        Of(json, "Throughput").Status.ShouldBe("Skipped");
        Of(json, "Server disk").Finding.ShouldContain("but not how much of it is free");
        Directory.Exists(Path.Combine(folder, "logs")).ShouldBeFalse();
        Directory.GetDirectories(Path.Combine(server.Folder, "storage", "collections")).ShouldBeEmpty();
    }

    [Fact]
    public async Task Throughput_is_written_only_with_consent_and_its_collection_is_removed()
    {
        await using QdrantServer server = await QdrantServer.StartAsync();
        JsonElement json = await CheckAsync(server, 0, null, "--allow-write", "--budget", "1");
        Of(json, "Throughput").Status.ShouldBe("Pass");
        Of(json, "Throughput").Finding.ShouldContain("The scratch collection was removed.");
        Directory.GetDirectories(Path.Combine(server.Folder, "storage", "collections")).ShouldBeEmpty();
    }

    [Fact]
    public async Task Points_that_are_there_are_read_for_throughput_and_told_of_a_plan()
    {
        await using QdrantServer server = await QdrantServer.StartAsync();
        string index = IndexFiles.Flat(Path.Combine(folder, "a.faiss"), 8, IndexFiles.Random(300, 8, 3));
        (await Tool.RunAsync(folder, "migrate", index, "--collection", "words", "--url", server.GrpcUri.ToString(), "--limit", "100")).ShouldSucceed();
        JsonElement json = await CheckAsync(server, 0, null, index, "--collection", "words", "--budget", "1");
        Of(json, "Throughput").Finding.ShouldContain("were read from 'words'");
        Of(json, "Existing points").Finding.ShouldBe("'words' has 100 points. Earlier runs were acknowledged for 100 vectors, which are not sent again.");
        Of(json, "Plan").Finding.ShouldBe("A run with the defaults sends 200 vectors to 'words'.");
        Of(json, "Shards").Status.ShouldNotBe("Fail");
        Of(json, "Duration").Status.ShouldBe("Pass");

        // Without the journal of the run, the same points are of others only where they differ.
        IndexFiles.Flat(Path.Combine(folder, "b.faiss"), 8, IndexFiles.Random(300, 8, 4));
        Of(await CheckAsync(server, null, null, "b.faiss", "--collection", "words", "--budget", "0", "--log-dir", "other"), "Existing points")
            .ShouldBe(("Warn", "'words' has 100 points. 100 ids have a point with another vector or payload.",
                "Choose with vector-migration migrate --on-existing what a run does with them."));
        IndexFiles.Flat(Path.Combine(folder, "c.faiss"), 4, IndexFiles.Random(10, 4, 4));
        Of(await CheckAsync(server, 1, null, "c.faiss", "--collection", "words", "--budget", "0"), "Plan").Status.ShouldBe("Fail");
    }

    [Fact]
    public async Task Keys_that_are_missing_wrong_or_may_only_read_fail()
    {
        await using QdrantServer server = await QdrantServer.StartAsync(new QdrantServerOptions { ApiKey = Key, ReadOnlyApiKey = Key + "-reads" });
        JsonElement json = await CheckAsync(server, 1, null);
        Of(json, "API key").Status.ShouldBe("Fail");
        Of(json, "API key").Finding.ShouldContain("Must provide an API key");
        Of(json, "Write access").Status.ShouldBe("Skipped");
        Of(await CheckAsync(server, 1, Key + "-wrong"), "API key").Finding.ShouldContain("Invalid API key");
        json = await CheckAsync(server, 1, Key + "-reads", "--collection", "words");
        Of(json, "API key").Status.ShouldBe("Pass");
        Of(json, "Write access").Status.ShouldBe("Fail");
        Of(json, "Write access").Finding.ShouldContain("the API key does not have the rights for this");
        Of(await CheckAsync(server, 1, Key + "-reads", "--allow-write", "--budget", "1"), "Throughput").Status.ShouldBe("Fail");
        Of(await CheckAsync(server, 0, Key, "--collection", "words"), "Write access").Finding.ShouldBe("A run may create the collection 'words'.");
    }

    [Fact]
    public async Task Tokens_that_have_expired_or_are_for_another_collection_fail()
    {
        await using QdrantServer server = await QdrantServer.StartAsync(
            new QdrantServerOptions { ApiKey = Key, Environment = new Dictionary<string, string> { ["QDRANT__SERVICE__JWT_RBAC"] = "true" } });
        using Witness witness = new(server, Key);
        await witness.CreateAsync("mine", """{"vectors":{"size":4,"distance":"Dot"}}""");
        JsonElement json = await CheckAsync(server, 1, Token("""{"access":"m","exp":1600000000}"""));
        Of(json, "API key").Finding.ShouldBe("The API key is a token that expired at 2020-09-13 12:26 UTC.");
        string mine = Token("""{"access":[{"collection":"mine","access":"rw"}]}""");
        Of(await CheckAsync(server, 0, mine, "--collection", "mine"), "Write access").Finding.ShouldBe("A run may write to the collection 'mine'.");
        json = await CheckAsync(server, 1, mine, "--collection", "other");
        Of(json, "Collection").Status.ShouldBe("Fail");
        json = await CheckAsync(server, 1, mine, ["--collection", "other", .. ByRest(server)]);
        Of(json, "Cluster").Finding.ShouldBe("The API key does not have the rights to read this.");
        long soon = DateTimeOffset.UtcNow.AddHours(1).ToUnixTimeSeconds();
        Of(await CheckAsync(server, 0, Token($$"""{"access":"m","exp":{{soon}}}""")), "API key").Status.ShouldBe("Warn");
    }

    [Fact]
    public async Task A_port_with_REST_alone_is_told_as_the_fallback()
    {
        await using QdrantServer server = await QdrantServer.StartAsync();
        JsonElement json = await CheckAsync(server, 0, null, "--url", server.RestUri.ToString());
        Of(json, "gRPC port").Status.ShouldBe("Warn");
        Of(json, "Protocol").Status.ShouldBe("Warn");
        Of(json, "Protocol").Finding.ShouldContain("REST at");
        Of(json, "Protocol").Advice.ShouldContain("service.grpc_port");
        Of(await CheckAsync(server, 1, null, "--url", server.RestUri.ToString(), "--protocol", "grpc"), "Protocol")
            .ShouldBe(("Fail", "Only REST answers, and it was not asked for.", "Use --protocol auto."));
    }

    [Fact]
    public async Task A_server_that_is_not_there_skips_what_needs_it()
    {
        JsonElement json = await RunAsync(1, null, "--url", "http://127.0.0.1:1");
        Of(json, "gRPC port").Status.ShouldBe("Fail");
        Of(json, "Protocol").Status.ShouldBe("Fail");
        Of(json, "Server version").ShouldBe(("Skipped", "The server was not reached.", string.Empty));
        Of(json, "Client memory").Status.ShouldBe("Pass");
        Of(await RunAsync(1, null, "--url", "http://no-such-host.invalid:6334"), "Host address").Status.ShouldBe("Fail");
    }

    [Theory]
    [InlineData(false, null, true, "Certificate authority", "Pass", 0)]
    [InlineData(false, null, false, "Certificate authority", "Fail", 1)]
    [InlineData(true, null, true, "Certificate date", "Fail", 1)]
    [InlineData(false, "qdrant.example", true, "Certificate host", "Fail", 1)]
    public async Task Certificates_are_looked_at_whatever_is_wrong_with_them(
        bool ended, string? host, bool isTrusted, string check, string status, int exitCode)
    {
        using Certificates certificates = new(ended, host);
        await using QdrantServer server = await QdrantServer.StartAsync(
            new QdrantServerOptions { TlsCertificatePath = certificates.Certificate, TlsKeyPath = certificates.Key, ApiKey = Key });
        string[] trust = isTrusted ? ["--ca-certificate", certificates.Authority] : [];
        JsonElement json = await CheckAsync(server, exitCode, Key, trust);
        Of(json, check).Status.ShouldBe(status);
        Of(json, "Encryption").Status.ShouldBe("Pass");
        if (exitCode == 0)
        {
            Of(json, "Certificate date").Status.ShouldBe("Warn");
            return;
        }

        Of(json, "Protocol").Status.ShouldBe("Fail");
        Of(json, "API key").Status.ShouldBe("Skipped");
        json = await CheckAsync(server, ended ? 1 : 0, Key, "--skip-certificate-check");
        Of(json, "Encryption").Status.ShouldBe("Warn");
        Of(json, check).Status.ShouldBe(ended ? "Fail" : "Warn");
        Of(json, "API key").Status.ShouldBe("Pass");
    }

    [Fact]
    public async Task Limits_of_a_strict_mode_are_told_and_those_that_a_run_breaks_fail()
    {
        await using QdrantServer server = await QdrantServer.StartAsync();
        using Witness witness = new(server);
        const string limits = "\"write_rate_limit\":50,\"read_rate_limit\":100,\"upsert_max_batchsize\":10,\"search_allow_exact\":false,\"max_query_limit\":40";
        await witness.CreateAsync("words", """{"vectors":{"size":8,"distance":"Euclid"},"strict_mode_config":{"enabled":true,""" + limits + "}}");
        IndexFiles.Flat(Path.Combine(folder, "a.faiss"), 8, IndexFiles.Random(200, 8, 3));
        foreach (string protocol in (string[])["grpc", "rest"])
        {
            string url = (protocol == "rest" ? server.RestUri : server.GrpcUri).ToString();
            JsonElement json = await CheckAsync(server, 0, null, "a.faiss", "--collection", "words", "--budget", "1", "--url", url, "--protocol", protocol);
            (string status, string finding, string advice) = Of(json, "Strict mode");
            status.ShouldBe("Warn");
            finding.ShouldBe("Strict mode of 'words': write_rate_limit 50, read_rate_limit 100, upsert_max_batchsize 10, max_query_limit 40, "
                + "search_allow_exact off.");
            advice.ShouldContain("Expect at least 4 min 0 s for 200 vectors");
            Of(json, "Throughput").Status.ShouldBe("Skipped");
            Of(json, "Duration").Finding.ShouldContain("at least 4 min 0 s under write_rate_limit");
        }

        await witness.CreateAsync("small", """{"vectors":{"size":8,"distance":"Euclid"},"strict_mode_config":{"enabled":true,"max_points_count":100}}""");
        Of(await CheckAsync(server, 1, null, "a.faiss", "--collection", "small", "--budget", "0"), "Strict mode")
            .ShouldBe(("Fail", "Strict mode of 'small': max_points_count 100. The run would bring it to about 200 points.",
                "Raise max_points_count of the collection before the run."));
    }

    [Fact]
    public async Task A_cluster_and_custom_sharding_are_told()
    {
        await using QdrantServer server = await QdrantServer.StartAsync(new QdrantServerOptions { Cluster = true });
        using Witness witness = new(server);
        await witness.CreateAsync("plain", """{"vectors":{"size":4,"distance":"Dot"},"shard_number":2}""");
        await witness.CreateAsync("sharded", """{"vectors":{"size":4,"distance":"Dot"},"sharding_method":"custom"}""");
        JsonElement json = await CheckAsync(server, 0, null, ["--collection", "plain", "--budget", "0", .. ByRest(server)]);
        Of(json, "Cluster").ShouldBe(("Pass", "The cluster has 1 node.", string.Empty));
        Of(json, "Shards").ShouldBe(("Pass", "'plain' has 2 shards with 2 replicas, all of them active.", string.Empty));
        Of(await CheckAsync(server, 0, null, "--collection", "sharded", "--budget", "0"), "Collection").Status.ShouldBe("Warn");
    }

    [Fact]
    public async Task A_server_in_recovery_and_a_folder_that_cannot_be_written_fail()
    {
        await using QdrantServer server = await QdrantServer.StartAsync(
            new QdrantServerOptions { Environment = new Dictionary<string, string> { ["QDRANT__STORAGE__RECOVERY_MODE"] = "out of memory" } });
        await File.WriteAllTextAsync(Path.Combine(folder, "logs"), "a file");
        JsonElement json = await CheckAsync(server, 1, null, ["nowhere.faiss", "--budget", "0", .. ByRest(server)]);
        Of(json, "Recovery mode").Status.ShouldBe("Fail");
        Of(json, "Client disk").Status.ShouldBe("Fail");
        Of(json, "Index").Status.ShouldBe("Fail");
    }

    [Fact]
    public async Task People_see_a_line_for_each_check_that_fits_their_screen()
    {
        await using QdrantServer server = await QdrantServer.StartAsync(new QdrantServerOptions { ApiKey = Key });
        Dictionary<string, string> environment = new() { ["QDRANT_URL"] = server.GrpcUri.ToString(), ["COLUMNS"] = "80", ["QDRANT_API_KEY"] = Key };
        ToolResult seen = await Tool.RunAsync(folder, environment, "doctor", "--budget", "0");
        seen.ExitCode.ShouldBe(0, seen.Error);
        seen.Output.Split('\n').ShouldAllBe(static line => line.Length <= 80);
        seen.Output.ShouldContain("pass     Host address          127.0.0.1 is an address.\n");
        seen.Output.ShouldContain(" checks: ");
        (seen.Output + seen.Error).ShouldNotContain(Key);
    }

    private static string Token(string claims)
    {
        static string Text(byte[] bytes) => Convert.ToBase64String(bytes).TrimEnd('=').Replace('+', '-').Replace('/', '_');
        string signed = Text("""{"alg":"HS256","typ":"JWT"}"""u8.ToArray()) + "." + Text(Encoding.UTF8.GetBytes(claims));
        return signed + "." + Text(HMACSHA256.HashData(Encoding.UTF8.GetBytes(Key), Encoding.UTF8.GetBytes(signed)));
    }

    private static (string Status, string Finding, string Advice) Of(JsonElement json, string name)
    {
        JsonElement check = json.GetProperty("checks").EnumerateArray().First(one => one.GetProperty("name").GetString() == name);
        return (check.GetProperty("status").GetString()!, check.GetProperty("finding").GetString()!, check.GetProperty("advice").GetString()!);
    }

    /// <summary>The servers of tests have free ports, by which REST is not found from gRPC: what only REST tells is asked there.</summary>
    private static string[] ByRest(QdrantServer server) => ["--url", server.RestUri.ToString(), "--protocol", "rest"];

    private Task<JsonElement> CheckAsync(QdrantServer server, int? exitCode, string? key, params string[] arguments) =>
        RunAsync(exitCode, key, arguments.Contains("--url") ? arguments : [.. arguments, "--url", server.GrpcUri.ToString()]);

    private async Task<JsonElement> RunAsync(int? exitCode, string? key, params string[] arguments)
    {
        Dictionary<string, string> environment = key is null ? [] : new() { ["QDRANT_API_KEY"] = key };
        string[] budget = arguments.Contains("--budget") ? [] : ["--budget", "0"];
        ToolResult run = await Tool.RunAsync(folder, environment, ["doctor", "--json", .. budget, .. arguments]);
        run.ExitCode.ShouldBe(exitCode ?? run.ExitCode, run.Error);
        if (key is not null)
        {
            (run.Output + run.Error).ShouldNotContain(key);
        }

        return run.Json();
    }
}
