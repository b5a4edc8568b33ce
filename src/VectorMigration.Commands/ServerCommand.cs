namespace VectorMigration.Commands;

/// <summary>A cmdlet that manages a server's collections: what comes down the pipeline brings its server along.</summary>
public abstract class ServerCommand : ConnectedCommand
{
    private QdrantConnection? found;

    /// <summary>Where the server is.</summary>
    private protected EndpointParameters Endpoint { get; } = new();

    /// <inheritdoc/>
    private protected sealed override EndpointParameters Where() => Endpoint;

    /// <summary>The connection for this record: that of the input object, or the one that all records without their own share.</summary>
    private protected QdrantConnection Server => Endpoint.Connection ?? (found ??= FindConnection());

    private protected IVectorStore Store => Parts.OpenStore(Server);

    /// <inheritdoc/>
    private protected override void OnEnded()
    {
        // Connect-Qdrant has warned for a connection of its own.
        if (found is { IsOpen: true } used && used != SessionMemory.Current.Connection && Parts.OpenStore(used).ProtocolWarning is string warning)
        {
            WriteWarning(warning);
        }
    }

    private protected IAliasStore AliasStore => Parts.OpenAliases(Server);

    /// <summary>The name of a collection and where it is, for questions and messages.</summary>
    private protected string At(string name) => $"'{name}' at {Server}";

    /// <summary>There is no such collection; one whose name is near is suggested.</summary>
    private protected MigrationException Missing(string name)
    {
        try
        {
            return CommandErrors.CollectionMissing(name, Server, Wait(Store.ListCollectionsAsync(StopToken)));
        }
        catch (MigrationException)
        {
            // A key for some collections cannot list all of them: then nothing is suggested.
            return CommandErrors.CollectionMissing(name, Server);
        }
    }

    /// <summary>The names that can be names; for each of the others there is an error. Before anything is asked of the server.</summary>
    private protected string[] Possible(string[] names)
    {
        foreach (string name in names)
        {
            if (CollectionNames.Refusal(name) is MigrationException refusal)
            {
                WriteError(refusal);
            }
        }

        return [.. names.Where(static name => CollectionNames.Problem(name) is null)];
    }

    /// <summary>A collection with the aliases that point to it; null when there is none of that name.</summary>
    private protected QdrantCollectionInfo? Describe(string name, IReadOnlyDictionary<string, string> aliases)
    {
        // The server answers for an alias as well; the object shall have the collection's own name.
        string actual = aliases.TryGetValue(name, out string? behind) ? behind : name;
        CollectionDescription? description = Wait(Store.GetCollectionAsync(actual, StopToken));
        return description is null ? null : new QdrantCollectionInfo(
            description, [.. aliases.Where(pair => pair.Value == actual).Select(static pair => pair.Key).Order(StringComparer.Ordinal)], Server);
    }
}
