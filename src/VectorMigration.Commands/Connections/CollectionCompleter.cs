using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;

namespace VectorMigration.Commands;

/// <summary>Completes names of collections that this session has met on the server that the command would use; never asks a server.</summary>
public sealed class CollectionCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(string commandName, string parameterName, string wordToComplete, CommandAst commandAst,
        IDictionary fakeBoundParameters)
    {
        string start = (wordToComplete ?? string.Empty).Trim('\'', '"');
        IReadOnlyList<string> known = Endpoint(fakeBoundParameters) is { } endpoint ? SessionMemory.Current.CollectionsOf(endpoint) : [];
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
                : SessionMemory.Current.Connection?.Uri ?? ConnectedCommand.EnvironmentEndpoint() ?? QdrantEndpoint.Default;
        }
        catch (MigrationException)
        {
            // Half an address: there is nothing to complete yet.
            return null;
        }
    }

    private static object? Bare(object? value) => value is PSObject wrapped ? wrapped.BaseObject : value;

    private static string Quoted(string name) =>
        name.All(letter => char.IsLetterOrDigit(letter) || letter is '_' or '-' or '.') ? name : $"'{CodeGeneration.EscapeSingleQuotedStringContent(name)}'";
}
