using System.CommandLine;
using VectorMigration.Cli.Output;
using VectorMigration.SideFiles;
using VectorMigration.SideFiles.Stores;

namespace VectorMigration.Cli.Commands;

/// <summary>What is to be in the collection: index, part of it, payload, ids. Shared by migrate and verify, because both must mean the same.</summary>
internal sealed class SourceArguments
{
    /// <summary>What a command takes that takes the parts of an index.</summary>
    public const string SeveralPaths = "the FAISS index file, or the folder that a framework saved; or the parts of one index: several files, a quoted "
        + "pattern, or a folder";

    private const string NewDistance = "distance of a new collection (default: that of the index)";
    private readonly Argument<string[]> path = new("PATH")
    {
        Description = "the FAISS index file, or the folder that a framework saved",
        Arity = ArgumentArity.ExactlyOne,

        // The parser takes an array of one for no array at all.
        CustomParser = static result => [.. result.Tokens.Select(static token => token.Value)],
    };
    private readonly Option<string> collection = new("--collection") { Description = "collection in Qdrant", HelpName = "C", Required = true };
    private readonly Option<string?> vectorName = new("--vector-name")
    {
        Description = "name of the vector in the collection (default: the unnamed vector)",
        HelpName = "V"
    };
    private readonly Option<long?> limit = Numbers.Count("--limit", "at most this many vectors (default: all)", 1);
    private readonly Option<long?> offset = Numbers.Count("--offset", "position of the first vector, counted from 0 (default 0)", 0);
    private readonly Option<Distance?> distance = Choices.Of("--distance", NewDistance, "D",
        ("euclid", Distance.Euclid), ("dot", Distance.Dot), ("cosine", Distance.Cosine), ("manhattan", Distance.Manhattan));

    private readonly Option<string?> payload = new("--payload")
    {
        Description = "payload file: the file of a store, a table, or one JSON object per line. Without --payload-key, line n "
        + "belongs to the n-th vector added",
        HelpName = "F"
    };
    private readonly Option<bool> noStore = new("--no-store")
    {
        Description = "do not send the texts of a store next to the index",
    };

    private readonly Option<string?> storePath = StorePathOption();
    private readonly Option<string?> listPath = ListPathOption();

    private readonly Option<bool> allowDecoded = new("--allow-decoded")
    {
        Description = "accept vectors that are not the originals: decoded from codes (SQ, PQ, …), or changed by a transform (L2norm, PCA)",
    };

    private readonly Option<string?> originalVectors = new("--original-vectors")
    {
        Description = "original vectors of the index, in the order in which they were added: .npy, .npz, .fvecs, .bvecs, Parquet, HDF5, a FAISS index, or a "
        + "folder of such files",
        HelpName = "F",
    };

    private readonly Option<BinaryComponent?> binaryAs = Choices.Of(
        "--binary-as", "components of a binary index: 1 and -1 as float32, or 255 and 0 as bytes (default float32)", "B",
        ("float32", BinaryComponent.Float32), ("uint8", BinaryComponent.Uint8));

    private readonly Option<string?> payloadKey = new("--payload-key")
    {
        Description = "field of each payload that holds the FAISS id of its vector; "
        + "the payloads may then be in any order",
        HelpName = "K"
    };
    private readonly Option<bool> payloadByRow = new("--payload-by-row")
    {
        Description = "rows of the payload are in the order in which the vectors were added, even if a field holds the FAISS ids in another order, and the "
            + "first line of a CSV file is its header, even if it looks like a row",
    };

    private readonly Option<bool> dropPayloadKey = new("--drop-payload-key") { Description = "remove the field of --payload-key from the payload" };
    private readonly Option<MissingPayload?> onMissingPayload = Choices.Of(
        "--on-missing-payload", "with --payload-key: handling of vectors without a payload (default fail; skip ends with exit code 4)", "P",
        ("fail", MissingPayload.Fail), ("empty", MissingPayload.Empty), ("skip", MissingPayload.Skip));

    private readonly Option<SurplusPayload?> onSurplusPayload = Choices.Of(
        "--on-surplus-payload", "with --payload-key: handling of payloads that belong to no vector, for a file with the payloads of several indexes "
            + "(default fail)", "P",
        ("fail", SurplusPayload.Fail), ("ignore", SurplusPayload.Ignore));

    private readonly Option<LargeInteger?> largeInteger = Choices.Of(
        "--large-integer", "handling of whole numbers in payloads beyond 64 bits (default fail)", "L",
        ("fail", LargeInteger.Fail), ("text", LargeInteger.Text));

    private readonly Option<string?> idField = new("--id-field")
    {
        Description = "with --id-mapping uuid5: payload field for the original id (default faiss_id, or store_id with --id-from store)",
        HelpName = "N",
    };
    private readonly Option<IdMapping?> idMapping = Choices.Of("--id-mapping", "mapping of the ids (default keep)", "M", ("keep", IdMapping.Keep),
        ("uuid5", IdMapping.Uuid5));
    private readonly Option<bool> allowDuplicates = new("--allow-duplicate-ids")
    {
        Description = "accept duplicate ids: the last vector of "
        + "each id wins"
    };
    private readonly Option<bool> skipInvalid = new("--skip-invalid")
    {
        Description = "skip vectors with NaN or infinite components "
        + "(exit code 4) instead of stopping"
    };

    private readonly MappingArguments mapping = new();

    private FoundStore? found;

    /// <summary>Words for a command that creates and sends nothing.</summary>
    /// <param name="ofDistance">Of <c>--distance</c>.</param>
    /// <param name="ofNoStore">Of <c>--no-store</c>.</param>
    public void TellFor(string ofDistance, string ofNoStore)
    {
        distance.Description = distance.Description!.Replace(NewDistance, ofDistance, StringComparison.Ordinal);
        noStore.Description = ofNoStore;
    }

    /// <summary>The command takes several indexes, the parts of one.</summary>
    public void TakeSeveral()
    {
        path.Arity = ArgumentArity.ZeroOrMore;
        path.Description = SeveralPaths;
    }

    /// <summary>The command can take a plan, which contains paths, collection and everything that decides which points result.</summary>
    /// <param name="command">The command, with all of its options.</param>
    /// <param name="plan">The option that names the plan.</param>
    /// <param name="allowed">Options that both have.</param>
    public void TakePlan(Command command, Option plan, params string[] allowed)
    {
        collection.Required = false;
        command.Validators.Add(result =>
        {
            bool hasPlan = result.GetResult(plan) is not null;
            string[] inPlan = ["--collection", "--payload", "--payload-key", .. HelpGroup.InPlan.SelectMany(static group => group.Options)];
            if (!hasPlan && result.GetResult(collection) is null)
            {
                result.AddError("--collection is missing.");
            }
            else if (hasPlan && (HasPath(result) ? "<PATH>" : command.Options.Where(option => inPlan.Contains(option.Name) && !allowed.Contains(option.Name))
                .FirstOrDefault(option => result.GetResult(option) is { Implicit: false })?.Name) is string given)
            {
                result.AddError($"{plan.Name} contains what {given} says. Omit {given}.");
            }
        });
    }

    /// <summary>Whether a path was given.</summary>
    public bool HasPath(System.CommandLine.Parsing.CommandResult result) => result.GetResult(path) is { Tokens.Count: > 0 };

    /// <summary>A mistyped option that the parser took for one of the paths; null where there is none.</summary>
    public string? MistypedOption(System.CommandLine.Parsing.CommandResult result) => result.GetResult(path)?.Tokens
        .Select(static token => token.Value).FirstOrDefault(static given => given.Length > 1 && given[0] == '-' && !System.IO.Path.Exists(given));

    /// <summary>The paths as they were given.</summary>
    public IReadOnlyList<string> Paths(ParseResult parsed)
    {
        string[] given = parsed.GetValue(path) ?? [];
        foreach (string one in given)
        {
            Address.RequirePath(one);
        }

        return given;
    }

    /// <summary>The paths as the parts of a plan: one file is a part as well, with the store or the payloads that were named for it.</summary>
    /// <exception cref="MigrationException">A path stands for nothing.</exception>
    public JobPart OnePart(ParseResult parsed) => new(FileNames.Full(Paths(parsed)[0]))
    {
        StorePath = parsed.GetValue(storePath) is { Length: > 0 } store ? FileNames.Full(store) : null,
        PayloadPath = parsed.GetValue(payload) is { Length: > 0 } file ? FileNames.Full(file) : null,
    };

    /// <summary>The options of a plan of slices.</summary>
    public SlicePlanOptions PlanOptions(ParseResult parsed, MigrationOptions asked) =>
        SlicePlanOptions.Of(asked, parsed.GetValue(noStore), parsed.GetValue(binaryAs));

    /// <summary>Opens one part of several.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="part">The part.</param>
    /// <param name="asked">The options of its run.</param>
    /// <param name="warn">Told what memory a store takes that is loaded as a whole.</param>
    /// <exception cref="MigrationException">It cannot be read.</exception>
    public OpenedPart OpenPart(ParseResult parsed, JobPart part, MigrationOptions asked, Action<string> warn) =>
        Parts.OpenPart(part, asked, parsed.GetValue(noStore), parsed.GetValue(binaryAs), warn);

    /// <summary>Refuses what is about one file.</summary>
    /// <exception cref="MigrationException">It was given.</exception>
    /// <param name="parsed">The command line.</param>
    /// <param name="isOne">There is one index; its store and its payloads can be named.</param>
    public void RefuseForSeveral(ParseResult parsed, bool isOne = false)
    {
        string? option = !isOne && parsed.GetValue(payload) is not null ? "-PayloadPath"
            : !isOne && parsed.GetValue(storePath) is not null ? "-StorePath"
            : parsed.GetValue(listPath) is not null ? "-ListPath"
            : parsed.GetValue(originalVectors) is not null ? "-OriginalVectors" : null;
        if (option is not null)
        {
            throw JobErrors.NotForSeveral(option, "Name the store or the payload file of each part in a manifest, or move each file by a command of its own.");
        }
    }

    /// <summary>Adds argument and options to a command.</summary>
    /// <param name="command">The command.</param>
    /// <param name="ofWhole">Whole indexes are meant, each id once: options for a part of an index and for one index are not offered.</param>
    public void AddTo(Command command, bool ofWhole = false)
    {
        command.Add(path);
        payloadKey.CompletionSources.Add(context => context.ParseResult.GetValue(payload) is { Length: > 0 } file
            ? PayloadFieldNames.Of(FileNames.Full(file)) : []);
        foreach (Option option in (Option[])[collection, vectorName, limit, offset, distance, payload, storePath, listPath, noStore, allowDecoded,
            originalVectors, binaryAs, payloadKey, payloadByRow, dropPayloadKey, onMissingPayload, onSurplusPayload, largeInteger, idMapping, idField,
            allowDuplicates, skipInvalid])
        {
            if (!ofWhole || (option != limit && option != offset && option != listPath && option != originalVectors && option != allowDuplicates))
            {
                command.Add(option);
            }
        }

        mapping.AddTo(command, ofWhole);
        if (ofWhole)
        {
            // Ids of a store are not offered.
            idField.Description = "with --id-mapping uuid5: payload field for the original id (default faiss_id)";
        }
    }

    /// <summary>Full path of the index.</summary>
    /// <exception cref="MigrationException">The path stands for no index, or for several.</exception>
    public string Path(ParseResult parsed) => Found(parsed).IndexPath;

    /// <summary>Opens the index, with its original vectors where they are named.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="plans">For a plan: an index whose vectors are not read is described nevertheless.</param>
    /// <exception cref="MigrationException">It cannot be read, or the original vectors are not its own.</exception>
    public IVectorSource OpenIndex(ParseResult parsed, bool plans = false)
    {
        IVectorSource index = plans ? Parts.PlanIndex(Path(parsed), ListPath(parsed)) : Parts.OpenIndex(Path(parsed), ListPath(parsed));
        IVectorSource vectors = parsed.GetValue(originalVectors) is { Length: > 0 } originals ? Parts.WithOriginals(index, originals) : index;
        return BinaryBytes.Of(vectors, parsed.GetValue(binaryAs) ?? BinaryComponent.Float32);
    }

    /// <summary>The file of its inverted lists, where one is named.</summary>
    public string? ListPath(ParseResult parsed) => parsed.GetValue(listPath) is { Length: > 0 } named ? named : null;

    /// <summary>Name of the collection.</summary>
    /// <exception cref="MigrationException">It cannot be one; nothing has been asked of the server.</exception>
    public string Collection(ParseResult parsed)
    {
        string name = parsed.GetRequiredValue(collection);
        CollectionNames.Require(name);
        return name;
    }

    /// <summary>The options as the engine takes them.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="several">They are for several indexes, of which each is looked for by itself.</param>
    public MigrationOptions Options(ParseResult parsed, bool several = false) => mapping.Apply(parsed, new MigrationOptions
    {
        Collection = Collection(parsed),
        VectorName = parsed.GetValue(vectorName) is { Length: > 0 } name ? name : null,
        Distance = parsed.GetValue(distance),
        Offset = parsed.GetValue(offset) ?? 0,
        Limit = parsed.GetValue(limit),
        IdMapping = parsed.GetValue(idMapping) ?? IdMapping.Keep,
        IdField = parsed.GetValue(idField) is { Length: > 0 } field ? field : null,
        PayloadKey = parsed.GetValue(payloadKey) is { Length: > 0 } key ? key : null,
        PayloadByRow = parsed.GetValue(payloadByRow),
        DropPayloadKey = parsed.GetValue(dropPayloadKey),
        OnMissingPayload = parsed.GetValue(onMissingPayload) ?? MissingPayload.Fail,
        OnSurplusPayload = parsed.GetValue(onSurplusPayload) ?? SurplusPayload.Fail,
        LargeInteger = parsed.GetValue(largeInteger) ?? LargeInteger.Fail,
        AllowDuplicateIds = parsed.GetValue(allowDuplicates),
        SkipInvalid = parsed.GetValue(skipInvalid),
        AllowDecoded = parsed.GetValue(allowDecoded),
        SourceNotes = several ? [] : Found(parsed).Notes,
    });

    /// <summary>Opens the payload file, if one is named; its rows are looked at by whoever plans.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="options">What it asks for.</param>
    /// <param name="index">The index that the payloads are for.</param>
    /// <param name="warn">Told what memory a store takes that is loaded as a whole.</param>
    /// <exception cref="MigrationException">The file cannot be read, or holds no payloads. Not for a dry run: there it is one reason among others.</exception>
    public IPayloadSource? OpenPayload(ParseResult parsed, MigrationOptions options, IndexDescription index, Action<string> warn) =>
        PayloadPath(parsed, options) is not string file ? null
        : options.DryRun ? PlanningParts.OpenPayload(file, () => Open(parsed, file, options, index, warn))
        : Open(parsed, file, options, index, warn);

    /// <summary>The store of the index, where it lies elsewhere.</summary>
    public static Option<string?> StorePathOption() => new("--store-path")
    {
        Description = "store of the index, if it is elsewhere: a folder, or a file in it",
        HelpName = "F",
    };

    /// <summary>The inverted lists of the index, where they lie elsewhere.</summary>
    public static Option<string?> ListPathOption() => new("--list-path")
    {
        Description = "file with the inverted lists of the index (default: the file next to it that the index names)",
        HelpName = "F",
    };

    /// <summary>Whether payloads, if there are any, were found next to the index, and not named.</summary>
    public bool PayloadIsFound(ParseResult parsed) => parsed.GetValue(payload) is null && !Found(parsed).StoreIsNamed;

    private IPayloadSource Open(ParseResult parsed, string file, MigrationOptions options, IndexDescription index, Action<string> warn) =>
        Parts.OpenPayload(
            file,
            options.PayloadRules with { IsFound = PayloadIsFound(parsed) },
            options.SpillFolder,
            index,
            warn);

    /// <summary>The store whose texts are left where they are, because the journal began without payloads; null where there is none.</summary>
    public string? LeftBehind(ParseResult parsed, MigrationOptions options) => StaysBehind(parsed, options) ? Found(parsed).StorePath : null;

    private string? PayloadPath(ParseResult parsed, MigrationOptions options) =>
        parsed.GetValue(payload) ?? (StaysBehind(parsed, options) ? null : Found(parsed).StorePath);

    /// <summary>A run that began without payloads goes on without them, whatever lies beside the index by now.</summary>
    private bool StaysBehind(ParseResult parsed, MigrationOptions options) => parsed.GetValue(payload) is null && parsed.GetValue(storePath) is null
        && options is { Restart: false, Recreate: false, JournalPath: string journal } && DefaultJournal.BeganWithoutPayload(journal);

    /// <summary>What the path stands for; looked for once.</summary>
    private FoundStore Found(ParseResult parsed)
    {
        string given = parsed.GetRequiredValue(path)[0];
        Address.RequirePath(given);
        return found ??= Parts.Find(given, new StoreChoice(parsed.GetValue(storePath), parsed.GetValue(payload), parsed.GetValue(noStore)));
    }
}
