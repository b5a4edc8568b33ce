using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;

namespace VectorMigration.Commands;

/// <summary>
/// Completes names of collections on the server that the command would use. What the session has met there is known; otherwise the server is asked once in a
/// while, and given one second.
/// </summary>
public sealed class CollectionCompleter : IArgumentCompleter
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(string commandName, string parameterName, string wordToComplete, CommandAst commandAst,
        IDictionary fakeBoundParameters)
    {
        string start = (wordToComplete ?? string.Empty).Trim('\'', '"');
        IReadOnlyList<string> known = Endpoint(fakeBoundParameters) is { } endpoint ? Known(endpoint) : [];
        return known
            .Where(name => name.StartsWith(start, StringComparison.OrdinalIgnoreCase))
            .Select(name => new CompletionResult(Quoted(name), name, CompletionResultType.ParameterValue, name))
            .ToList();
    }

    private static Uri? Endpoint(IDictionary? bound)
    {
        try
        {
            return Bare(bound?[nameof(EndpointParameters.Connection)]) is QdrantConnection connection ? connection.Uri
                : new EndpointTransformationAttribute().Transform(null!, bound?[nameof(EndpointParameters.Uri)]) is Uri uri
                    ? EndpointTransformationAttribute.Endpoint(uri)
                : SessionMemory.Current.HasFailedToConnect ? null
                : SessionMemory.Current.Connection?.Uri ?? ConnectedCommand.EnvironmentEndpoint() ?? QdrantEndpoint.Default;
        }
        catch (MigrationException)
        {
            // Half an address: there is nothing to complete yet.
            return null;
        }
    }

    private static IReadOnlyList<string> Known(Uri endpoint)
    {
        SessionMemory session = SessionMemory.Current;
        if (session.ShouldAsk(endpoint, DateTimeOffset.UtcNow))
        {
            try
            {
                using CancellationTokenSource limit = new(Patience);
                using QdrantConnection? own = session.Connection?.Uri == endpoint ? null
                    : new QdrantConnection(new QdrantConnectionOptions { Uri = endpoint, Timeout = Patience }, ApiKeyFile.FromEnvironment());
                IVectorStore store = Parts.OpenStore(own ?? session.Connection!);
                session.RememberAll(endpoint, MigrationCommand.Wait(store.ListCollectionsAsync(limit.Token).WaitAsync(limit.Token)));
            }
            catch (Exception error) when (error is MigrationException or OperationCanceledException)
            {
                // Completion has nobody to tell: the command itself tells what is wrong with the server.
            }
        }

        return session.CollectionsOf(endpoint);
    }

    private static object? Bare(object? value) => value is PSObject wrapped ? wrapped.BaseObject : value;

    private static string Quoted(string name) =>
        name.All(letter => char.IsLetterOrDigit(letter) || letter is '_' or '-' or '.') ? name : $"'{CodeGeneration.EscapeSingleQuotedStringContent(name)}'";
}
