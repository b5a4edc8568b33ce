using System.Management.Automation;

namespace VectorMigration.Commands;

/// <summary>
/// Lets an endpoint, or each of several, be written as <c>host</c>, <c>host:port</c> or a full URI, or be a connection or a local server.
/// What is no endpoint, the REST port among it, goes through to the cmdlet: the binder would wrap its refusal in an error of its own,
/// without the id and the recommended action.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class EndpointTransformationAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object? inputData) => inputData is null ? null : Bare(inputData) switch
    {
        System.Collections.IEnumerable several and not string => Each(several) is { } all ? all : inputData,
        object one => One(one) ?? inputData,
    };

    /// <summary>The endpoints of a parameter that has this attribute.</summary>
    /// <exception cref="MigrationException">One is none.</exception>
    internal static IReadOnlyList<Uri> Endpoints(Uri[] given) =>
        QdrantEndpoint.ParseAll(given.Select(static uri => uri is Unread unread ? unread.Text : uri.OriginalString));

    private static object Bare(object value) => value is PSObject wrapped ? wrapped.BaseObject : value;

    private static Uri[]? One(object value) => value switch
    {
        string text => [.. text.Split(',').Select(Read)],
        Uri uri => [Read(uri is Unread unread ? unread.Text : uri.OriginalString)],
        QdrantConnection connection => [.. connection.Uris],
        QdrantLocalServer server => [server.Uri],
        _ => null,
    };

    /// <summary>Null where one of them is something else: the binder says what.</summary>
    private static Uri[]? Each(System.Collections.IEnumerable several)
    {
        List<Uri> all = [];
        foreach (object? one in several)
        {
            if (one is null || One(Bare(one)) is not { } some)
            {
                return null;
            }

            all.AddRange(some);
        }

        return [.. all];
    }

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
