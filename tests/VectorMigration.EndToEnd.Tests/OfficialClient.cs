using System.Diagnostics;
using System.Text.Json;
using VectorMigration.TestSupport;

namespace VectorMigration.EndToEnd.Tests;

/// <summary>A collection and the folder with the truth it is compared with.</summary>
internal sealed record WitnessedCollection(string Name, string Collection, string Folder, bool Uuid5);

/// <summary>A collection that a store was migrated to: its flat index, and the file with the payload of each FAISS id.</summary>
internal sealed record WitnessedStore(string Name, string Collection, string Index, string Truth);

/// <summary>What an official client found: points that are expected, points compared, and what differs.</summary>
internal sealed record WitnessReport(string Name, int Expected, int Compared, int Differences, string[] First);

/// <summary>Questions to a collection through the integration of <c>langchain</c> or <c>llamaindex</c>.</summary>
internal sealed record IntegrationQuestions(string Framework, string Collection, float[][] Vectors, int K, string? ContentPayloadKey = null);

/// <summary>A document as a framework's integration found it.</summary>
internal sealed record FoundDocument(string Id, string? Text, JsonElement Metadata, string? NodeId = null);

/// <summary>Qdrant's own JavaScript clients in a node process: they and the comparison share no code with what is tested.</summary>
internal static class OfficialClient
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);
    private static readonly Lazy<Task<string>> Clients = new(static () => InstallAsync("witness"));
    private static readonly Lazy<Task<string>> Integrations = new(static () => InstallAsync("integrations"));

    /// <summary>Reads all collections back in one process with the client of <paramref name="kind"/>, <c>rest</c> or <c>grpc</c>.</summary>
    public static async Task<IReadOnlyList<WitnessReport>> CompareAsync<T>(string kind, QdrantServer server, IReadOnlyList<T> collections)
    {
        string script = Path.Combine(QdrantServer.RepositoryRoot(), "tools", "witness", "witness.mjs");
        Uri url = kind == "rest" ? server.RestUri : server.GrpcUri;
        string[] arguments = [script, kind, url.GetLeftPart(UriPartial.Authority), await Clients.Value];
        string said = await RunAsync("node", arguments, JsonSerializer.Serialize(collections, JsonSerializerOptions.Web));
        return [.. said.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(static line => JsonSerializer.Deserialize<WitnessReport>(line, JsonSerializerOptions.Web)!)];
    }

    /// <summary>Puts questions to a collection through a framework's integration for Qdrant; what was found for each.</summary>
    public static async Task<FoundDocument[][]> SearchAsync(QdrantServer server, IntegrationQuestions questions)
    {
        string script = Path.Combine(QdrantServer.RepositoryRoot(), "tools", "integrations", "search.mjs");
        string[] arguments = [script, server.RestUri.GetLeftPart(UriPartial.Authority), await Integrations.Value];
        string said = await RunAsync("node", arguments, JsonSerializer.Serialize(questions, JsonSerializerOptions.Web));
        return JsonSerializer.Deserialize<FoundDocument[][]>(said, JsonSerializerOptions.Web)!;
    }

    /// <summary>Installs the packages of a folder of tools, and tells where.</summary>
    public static async Task<string> InstallAsync(string what) =>
        (await RunAsync("bash", [Path.Combine(QdrantServer.RepositoryRoot(), "tools", "witness", "install.sh"), what], string.Empty)).Trim();

    private static async Task<string> RunAsync(string program, string[] arguments, string input)
    {
        ProcessStartInfo start = new(program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> error = process.StandardError.ReadToEndAsync();
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        using CancellationTokenSource limit = new(Limit);
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{program} {arguments[0]} did not end within {Limit}.");
        }

        return process.ExitCode == 0 ? await output : throw new InvalidOperationException(
            $"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}: {await error}");
    }
}
