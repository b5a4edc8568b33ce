using System.Management.Automation;

namespace VectorMigration.Commands;

/// <summary>
/// Lets an endpoint be written as <c>host</c>, <c>host:port</c> or a full URI, or be a connection or a local server.
/// What is no endpoint, the REST port among it, goes through to the cmdlet: the binder would wrap its refusal in an error of its own,
/// without the id and the recommended action.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class EndpointTransformationAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object? inputData) =>
        (inputData is PSObject wrapped ? wrapped.BaseObject : inputData) switch
        {
            string text => Read(text),
            Uri uri => Read(uri.OriginalString),
            QdrantConnection connection => connection.Uri,
            QdrantLocalServer server => server.Uri,
            _ => inputData,
        };

    /// <summary>The endpoint of a parameter that has this attribute.</summary>
    /// <exception cref="MigrationException">It is none, or it names the REST port.</exception>
    internal static Uri Endpoint(Uri given) => QdrantEndpoint.Parse(given is Unread unread ? unread.Text : given.OriginalString);

    private static Uri Read(string text)
    {
        try
        {
            return QdrantEndpoint.Parse(text);
        }
        catch (MigrationException)
        {
            return new Unread(text);
        }
    }

    /// <summary>Text that is no endpoint. Not every text can be a Uri, not even a relative one (<c>http://host:99999</c>).</summary>
    private sealed class Unread(string text) : Uri("unread", UriKind.Relative)
    {
        public string Text => text;
    }
}
