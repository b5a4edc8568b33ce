using System.CommandLine;
using VectorMigration.Cli.Commands;
using VectorMigration.Cli.Output;

namespace VectorMigration.Cli.Connection;

/// <summary>Several endpoints to compare, each with a key of its own.</summary>
internal sealed class RegionArguments
{
    private const string Name = "--region";
    private const string KeyName = "--region-key-file";

    private readonly Option<KeyValuePair<string, string>[]> regions = MappingArguments.Pairs(
        Name, "name and endpoint of a region to compare, for example us-east=https://host:6334 (several nodes: separated by commas); repeat the option for "
            + "more", "N=U", atFirst: true);

    private readonly Option<KeyValuePair<string, string>[]> keys = MappingArguments.Pairs(
        KeyName, "name of a region and the file that contains its API key; repeat the option for more (default: no key)", "N=F", atFirst: true);

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command)
    {
        command.Add(regions);
        command.Add(keys);
    }

    /// <summary>Whether endpoints are to be compared.</summary>
    public bool AreGiven(ParseResult parsed) => parsed.GetValue(regions) is { Length: > 0 } || parsed.GetValue(keys) is { Length: > 0 };

    /// <summary>Name and connection of each region; nothing is sent yet. A key goes to the region that it was named for and nowhere else.</summary>
    /// <exception cref="MigrationException">A name repeats, a key has no region, or an endpoint or a key cannot be used.</exception>
    public IReadOnlyList<(string Name, QdrantConnection Server)> Connect(ParseResult parsed, ConnectionArguments connection, Screen screen)
    {
        Dictionary<string, string> files = Unique(parsed.GetValue(keys), KeyName);
        Dictionary<string, string> endpoints = Unique(parsed.GetValue(regions), Name);
        if (files.Keys.FirstOrDefault(name => !endpoints.ContainsKey(name)) is string nobody)
        {
            throw CliErrors.NoSuchRegion(KeyName, nobody, Name);
        }

        if (connection.IsEndpointGiven(parsed))
        {
            throw CliErrors.RegionsWithUrl();
        }

        List<(string, QdrantConnection)> all = [];
        foreach ((string name, string endpoint) in endpoints)
        {
            string? key = files.TryGetValue(name, out string? file) ? CliKeys.Resolve(file, null, screen) : null;
            all.Add((name, connection.Connect(parsed, QdrantEndpoint.ParseAll(endpoint), key, screen)));
        }

        return all;
    }

    private static Dictionary<string, string> Unique(KeyValuePair<string, string>[]? pairs, string option)
    {
        Dictionary<string, string> unique = new(StringComparer.OrdinalIgnoreCase);
        foreach ((string name, string value) in pairs ?? [])
        {
            if (name.Length == 0 || value.Length == 0 || !unique.TryAdd(name, value))
            {
                throw CliErrors.RegionUnusable(option, name, value);
            }
        }

        return unique;
    }
}
