using System.Collections;
using System.Globalization;
using System.Net.Http.Json;

// qdrant.exe ARGUMENTS, as Qdrant itself is called: settings by QDRANT__ variables, the current folder, the exit code. If this process is killed, its
// connection to the helper ends, and the helper kills the server.
string helper = Environment.GetEnvironmentVariable("VECTORMIGRATION_TEST_SERVERS")
    ?? throw new InvalidOperationException("VECTORMIGRATION_TEST_SERVERS must name the helper tools/windows/servers.mjs.");
Dictionary<string, string> settings = Environment.GetEnvironmentVariables().Cast<DictionaryEntry>()
    .Where(static variable => ((string)variable.Key).StartsWith("QDRANT__", StringComparison.OrdinalIgnoreCase))
    .ToDictionary(static variable => ((string)variable.Key).ToUpperInvariant(), static variable => (string)variable.Value!);
using SocketsHttpHandler handler = new() { UseProxy = false };
using HttpClient client = new(handler) { Timeout = Timeout.InfiniteTimeSpan };
using HttpRequestMessage request = new(HttpMethod.Post, $"{helper}/start")
{
    Content = JsonContent.Create(new { folder = Environment.CurrentDirectory, arguments = args, environment = settings }),
};
using HttpResponseMessage answer = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
using StreamReader said = new(await answer.Content.ReadAsStreamAsync());
while (await said.ReadLineAsync() is string line)
{
    if (line.StartsWith("exit ", StringComparison.Ordinal))
    {
        return int.Parse(line.AsSpan(5), CultureInfo.InvariantCulture);
    }

    Console.Error.WriteLine(line);
}

return 1;
