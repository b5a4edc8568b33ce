using System.CommandLine;

namespace VectorMigration.Cli.Commands;

/// <summary>What is to be in the collection: index, part of it, payload, ids. Shared by migrate and verify, because both must mean the same.</summary>
internal sealed class SourceArguments
{
    private readonly Argument<string> path = new("PATH") { Description = "the FAISS index file" };
    private readonly Option<string> collection = new("--collection") { Description = "the collection in Qdrant", HelpName = "C", Required = true };
    private readonly Option<string?> vectorName = new("--vector-name") { Description = "name of the vector in the collection (default: the unnamed one)", HelpName = "V" };
    private readonly Option<long?> limit = Numbers.Count("--limit", "at most this many vectors (default: all)", 1);
    private readonly Option<long?> offset = Numbers.Count("--offset", "first vector, counted from 0 (default 0)", 0);
    private readonly Option<Distance?> distance = Choices.Of("--distance", "distance, where the index's metric does not say it", "D",
        ("euclid", Distance.Euclid), ("dot", Distance.Dot), ("cosine", Distance.Cosine), ("manhattan", Distance.Manhattan));

    private readonly Option<string?> payload = new("--payload") { Description = "payload file: one JSON object a line, in the order of the vectors", HelpName = "F" };
    private readonly Option<IdMapping?> idMapping = Choices.Of("--id-mapping", "what becomes of the ids", "M", ("keep", IdMapping.Keep), ("uuid5", IdMapping.Uuid5));
    private readonly Option<bool> allowDuplicates = new("--allow-duplicate-ids") { Description = "let the last vector of an id win instead of refusing duplicates" };
    private readonly Option<bool> skipInvalid = new("--skip-invalid") { Description = "leave out vectors with NaN or infinity (exit code 4) instead of stopping at the first" };

    /// <summary>Adds argument and options to a command.</summary>
    public void AddTo(Command command)
    {
        command.Add(path);
        foreach (Option option in (Option[])[collection, vectorName, limit, offset, distance, payload, idMapping, allowDuplicates, skipInvalid])
        {
            command.Add(option);
        }
    }

    /// <summary>Full path of the index.</summary>
    public string Path(ParseResult parsed) => System.IO.Path.GetFullPath(parsed.GetRequiredValue(path));

    /// <summary>Name of the collection.</summary>
    public string Collection(ParseResult parsed) => parsed.GetRequiredValue(collection);

    /// <summary>The options as the engine takes them.</summary>
    public MigrationOptions Options(ParseResult parsed) => new()
    {
        Collection = Collection(parsed),
        VectorName = parsed.GetValue(vectorName) is { Length: > 0 } name ? name : null,
        Distance = parsed.GetValue(distance),
        Offset = parsed.GetValue(offset) ?? 0,
        Limit = parsed.GetValue(limit),
        IdMapping = parsed.GetValue(idMapping) ?? IdMapping.Keep,
        AllowDuplicateIds = parsed.GetValue(allowDuplicates),
        SkipInvalid = parsed.GetValue(skipInvalid),
    };

    /// <summary>Opens the payload file, if one is named, and counts its rows, so that a file that does not fit is refused before the first vector.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="cancellationToken">Stops the counting.</param>
    /// <param name="planning">A file that cannot be read is left to the planner, as one reason among others.</param>
    /// <exception cref="MigrationException">The file cannot be read.</exception>
    public IPayloadSource? OpenPayload(ParseResult parsed, CancellationToken cancellationToken, bool planning = false) =>
        parsed.GetValue(payload) is not string file ? null
        : planning ? PlanningParts.OpenPayload(System.IO.Path.GetFullPath(file), () => Parts.OpenCountedPayload(file, cancellationToken))
        : Parts.OpenCountedPayload(file, cancellationToken);
}
