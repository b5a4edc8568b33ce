using System.CommandLine;
using VectorMigration.Cli.Commands;
using VectorMigration.Cli.Output;

namespace VectorMigration.Cli.Connection;

/// <summary>The options that say how the server is reached, shared by all commands that talk to one.</summary>
/// <param name="usualTimeout">Seconds for one attempt where nothing else is asked for.</param>
internal sealed class ConnectionArguments(double usualTimeout = 60)
{
    private const string UrlVariable = "QDRANT_URL";

    private readonly Option<string[]> url = new("--url")
    {
        Description = "endpoint, or the endpoints of several nodes of a cluster, separated by commas (default: QDRANT_URL, or else http://127.0.0.1:6334)",
        HelpName = "U",
        Arity = ArgumentArity.OneOrMore,
        AllowMultipleArgumentsPerToken = false,
    };
    private readonly Option<string?> keyFile = new("--api-key-file")
    {
        Description = "file that contains the API key (default: "
        + "QDRANT_API_KEY)",
        HelpName = "F"
    };
    private readonly Option<bool> plaintextKey = new("--allow-plaintext-key") { Description = "send the API key without TLS to another machine" };
    private readonly Option<string?> certificate = new("--ca-certificate")
    {
        Description = "PEM file with the CA certificates to trust instead of the system's",
        HelpName = "F"
    };
    private readonly Option<bool> skipCheck = new("--skip-certificate-check") { Description = "do not verify the server's certificate (test servers only)" };
    private readonly Option<QdrantProtocol?> protocol = Choices.Of(
        "--protocol",
        "how to reach the server (default: auto, which is gRPC, or REST if only REST answers)",
        "P",
        ("auto", QdrantProtocol.Auto), ("grpc", QdrantProtocol.Grpc), ("rest", QdrantProtocol.Rest));
    private readonly Option<double> timeout = Numbers.Seconds("--timeout", "time limit for one attempt", 1, 3600, usualTimeout);

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command)
    {
        foreach (Option option in (Option[])[url, protocol, keyFile, plaintextKey, certificate, skipCheck, timeout])
        {
            command.Add(option);
        }
    }

    /// <summary>Deadline of one attempt.</summary>
    public TimeSpan Timeout(ParseResult parsed) => TimeSpan.FromSeconds(parsed.GetValue(timeout));

    /// <summary>The endpoints and which of the three said them.</summary>
    /// <exception cref="MigrationException">One is no endpoint.</exception>
    public (IReadOnlyList<Uri> Uris, string Source) Endpoints(ParseResult parsed)
    {
        if (parsed.GetValue(url) is { Length: > 0 } given)
        {
            return (QdrantEndpoint.ParseAll(given), "--url");
        }

        string? variable = Environment.GetEnvironmentVariable(UrlVariable);
        return string.IsNullOrWhiteSpace(variable) ? ([QdrantEndpoint.Default], "default") : (QdrantEndpoint.ParseAll(variable), UrlVariable);
    }

    /// <summary>The endpoints for people, without secrets.</summary>
    /// <exception cref="MigrationException">One is no endpoint.</exception>
    public string EndpointText(ParseResult parsed) => Text(Endpoints(parsed).Uris);

    /// <summary>Makes the connection; nothing is sent yet.</summary>
    /// <exception cref="MigrationException">Endpoint, key or their combination is refused.</exception>
    public QdrantConnection Connect(ParseResult parsed, CommandContext context)
    {
        Screen screen = context.Screen;
        (IReadOnlyList<Uri> endpoints, string source) = Endpoints(parsed);
        string? key = CliKeys.Resolve(parsed.GetValue(keyFile), context.EnvironmentKey, screen);
        string keySource = key is null ? "no key" : $"key from {(parsed.GetValue(keyFile) is null ? ApiKeyFile.Variable : "--api-key-file")}";
        screen.Tell($"endpoint {Text(endpoints)} from {source}, {keySource}");
        return Connect(parsed, endpoints, key, screen);
    }

    /// <summary>Whether an endpoint or its key was named on the command line.</summary>
    public bool IsEndpointGiven(ParseResult parsed) => parsed.GetValue(url) is { Length: > 0 } || parsed.GetValue(keyFile) is not null;

    /// <summary>Makes a connection to the nodes of a cluster with a key, by the other options; nothing is sent yet.</summary>
    /// <exception cref="MigrationException">Endpoint, key or their combination is refused.</exception>
    public QdrantConnection Connect(ParseResult parsed, IReadOnlyList<Uri> endpoints, string? key, Screen screen)
    {
        QdrantConnectionOptions options = new()
        {
            Uri = endpoints[0],
            OtherUris = [.. endpoints.Skip(1)],
            Protocol = parsed.GetValue(protocol) ?? QdrantProtocol.Auto,
            Timeout = Timeout(parsed),
            CaCertificatePath = parsed.GetValue(certificate) is string path ? FileNames.Full(path) : null,
            SkipCertificateCheck = parsed.GetValue(skipCheck),
            AllowPlaintextKey = parsed.GetValue(plaintextKey),
        };
        if (options.SkipCertificateCheck)
        {
            screen.Warn(
                $"The TLS certificate of {string.Join(", ", endpoints.Select(static uri => uri.Host).Distinct())} is not verified. "
                    + "Anyone could answer in its place.");
        }

        return new QdrantConnection(options, key);
    }

    private static string Text(IReadOnlyList<Uri> endpoints) => string.Join(',', endpoints.Select(static uri => uri.GetLeftPart(UriPartial.Authority)));
}
