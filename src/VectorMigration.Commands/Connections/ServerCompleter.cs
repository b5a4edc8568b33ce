using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;

namespace VectorMigration.Commands;

/// <summary>
/// Completes names that a server knows: on the server that the command would use. Never files: where nothing is known, the typed word stays. The server is
/// given one second, and what is wrong with it is told by the command itself.
/// </summary>
public abstract class ServerCompleter : IArgumentCompleter
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private protected ServerCompleter()
    {
    }

    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(string commandName, string parameterName, string wordToComplete, CommandAst commandAst,
        IDictionary fakeBoundParameters) => Completions.OrNothing(
            Endpoint(fakeBoundParameters) is { } endpoint ? Names(endpoint, fakeBoundParameters) : [], wordToComplete);

    /// <summary>The names to offer.</summary>
    /// <param name="endpoint">The server.</param>
    /// <param name="bound">What else is on the line.</param>
    private protected abstract IEnumerable<string> Names(Uri endpoint, IDictionary? bound);

    /// <summary>Asks the server; null where it does not answer in time.</summary>
    private protected static T? Ask<T>(Uri endpoint, Func<QdrantConnection, CancellationToken, Task<T>> question)
        where T : class
    {
        try
        {
            using CancellationTokenSource limit = new(Patience);
            QdrantConnection? shared = SessionMemory.Current.Connection;
            using QdrantConnection? own = shared?.Uri == endpoint ? null
                : new QdrantConnection(new QdrantConnectionOptions { Uri = endpoint, Timeout = Patience }, ApiKeyFile.FromEnvironment());
            return MigrationCommand.Wait(question(own ?? shared!, limit.Token).WaitAsync(limit.Token));
        }
        catch (Exception error) when (error is MigrationException or OperationCanceledException)
        {
            return null;
        }
    }

    private static Uri? Endpoint(IDictionary? bound)
    {
        try
        {
            return Bare(bound?[nameof(EndpointParameters.Connection)]) is QdrantConnection connection ? connection.Uri
                : new EndpointTransformationAttribute().Transform(null!, bound?[nameof(EndpointParameters.Uri)]) is Uri[] { Length: > 0 } uris
                    ? EndpointTransformationAttribute.Endpoints(uris)[0]
                : SessionMemory.Current.HasFailedToConnect ? null
                : SessionMemory.Current.Connection?.Uri ?? ConnectedCommand.EnvironmentEndpoints()?[0] ?? QdrantEndpoint.Default;
        }
        catch (MigrationException)
        {
            // Half an address: there is nothing to complete yet.
            return null;
        }
    }

    private static object? Bare(object? value) => value is PSObject wrapped ? wrapped.BaseObject : value;
}
