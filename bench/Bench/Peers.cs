using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using VectorMigration.TestSupport;

namespace VectorMigration.Bench;

/// <summary>What a peer came to.</summary>
internal sealed record PeerRun(double VectorsPerSecond, double CpuMicroseconds);

/// <summary>Other ways to send the same vectors: Qdrant's official clients, as their documentation uses them.</summary>
internal static class Peers
{
    private const string Grpc = "JavaScript gRPC";
    private const string Rest = "JavaScript REST";
    private const string Python = "Python upload_collection";
    private const string Dotnet = "official .NET client";

    private static string? clients;

    public static IReadOnlyList<string> Names { get; } = [Dotnet, Grpc, Rest, Python];

    /// <summary>Runs a peer; null where it is not present.</summary>
    public static async Task<PeerRun?> RunAsync(Workshop workshop, string name, QdrantServer server, string index, int count, int dimension)
    {
        string folder = Path.Combine(workshop.Root, "bench", "peers");
        string[] sizes = [index, count.ToString(CultureInfo.InvariantCulture), dimension.ToString(CultureInfo.InvariantCulture)];
        ChildRun? run;
        if (name == Dotnet)
        {
            string peer = Path.Combine(workshop.Root, "bench", "DotnetPeer", "bin", "Release", "net10.0", "VectorMigration.DotnetPeer");
            run = File.Exists(peer) ? await Child.RunAsync(peer, [server.GrpcUri.GetLeftPart(UriPartial.Authority), .. sizes]) : null;
        }
        else if (name == Python)
        {
            run = await PresentAsync("python3", "-c", "import qdrant_client, numpy")
                ? await Child.RunAsync("python3", [Path.Combine(folder, "peer.py"), server.RestPort.ToString(CultureInfo.InvariantCulture),
                    server.GrpcPort.ToString(CultureInfo.InvariantCulture), .. sizes])
                : null;
        }
        else
        {
            clients ??= await PresentAsync("node", "--version") ? (await Child.RunAsync(
                "bash", [Path.Combine(workshop.Root, "tools", "witness", "install.sh")])).Output.Trim() : string.Empty;
            run = clients.Length == 0 ? null : await Child.RunAsync(
                "node", [Path.Combine(folder, "peer.mjs"), clients, name == Grpc ? "grpc" : "rest",
                    (name == Grpc ? server.GrpcUri : server.RestUri).GetLeftPart(UriPartial.Authority), .. sizes]);
        }

        if (run is null)
        {
            return null;
        }

        JsonElement json = run.Json;
        return new PeerRun(count / json.GetProperty("seconds").GetDouble(), json.GetProperty("cpu").GetDouble() * 1e6 / count);
    }

    internal static async Task<bool> PresentAsync(string program, params string[] arguments)
    {
        try
        {
            using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            await process.WaitForExitAsync();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}
