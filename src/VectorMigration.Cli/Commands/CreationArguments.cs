using System.CommandLine;

namespace VectorMigration.Cli.Commands;

/// <summary>How a collection that the run creates is made, beyond what its index says, and the payload indexes.</summary>
internal sealed class CreationArguments
{
    private readonly Option<int?> hnswM = Numbers.WholeOrNone(
        "--hnsw-m", "HNSW m of a created collection; 0 builds no graph", 0, 10_000);
    private readonly Option<int?> hnswEf = Numbers.WholeOrNone(
        "--hnsw-ef-construct", "HNSW ef_construct of a created collection, 4 to 100,000", QdrantLimits.MinEfConstruct, 100_000);

    private readonly Option<bool?> onDisk = Given("--on-disk", "store the vectors of a created collection on disk (true or false; default: the server's)");
    private readonly Option<bool?> onDiskPayload = Given("--on-disk-payload", "store the payloads of a created collection on disk only (true or "
        + "false; default: the server's)");
    private readonly Option<QuantizationKind?> quantization = Choices.Of("--quantization", "quantization of a created collection", "K",
        ("scalar", QuantizationKind.Scalar), ("product", QuantizationKind.Product), ("binary", QuantizationKind.Binary),
        ("turbo", QuantizationKind.Turbo));

    private readonly Option<bool> matchQuantization = new("--match-quantization")
    {
        Description = "create the collection with the quantization or datatype that is nearest to the codes of the index; --quantization takes precedence",
    };

    private readonly Option<double?> quantile = new("--quantile")
    {
        Description = "scalar quantization: quantile of the components that the range covers, 0.5 to 1",
        HelpName = "Q",
    };

    private readonly Option<ProductCompression?> compression = Choices.Of("--compression", "product quantization: compression ratio", "X",
        ("x4", ProductCompression.X4), ("x8", ProductCompression.X8), ("x16", ProductCompression.X16), ("x32", ProductCompression.X32),
        ("x64", ProductCompression.X64));

    private readonly Option<TurboBits?> turboBits = Choices.Of("--turbo-bits", "TurboQuant: bits per component (default: the server's)", "B",
        ("bits1", TurboBits.Bits1), ("bits15", TurboBits.Bits15), ("bits2", TurboBits.Bits2), ("bits4", TurboBits.Bits4), ("bits8", TurboBits.Bits8));

    private readonly Option<bool?> alwaysRam = Given("--quantization-always-ram", "keep the quantized vectors in memory even if the originals are on "
        + "disk (true or false)");
    private readonly Option<int?> replicas = Numbers.WholeOrNone("--replication-factor", "replicas of each shard of a created collection, 1 to 100", 1, 100);
    private readonly Option<int?> writes = Numbers.WholeOrNone(
        "--write-consistency-factor", "replicas that must acknowledge a write, 1 to 100", 1, 100);

    private readonly Option<string[]> payloadIndexes = new("--payload-index")
    {
        Description = "payload index to create before the upload: FIELD:TYPE or FIELD:TYPE:FLAG. TYPE is one of "
            + $"{string.Join(", ", PayloadIndexText.Types)}. FLAG is tenant, principal or on_disk. Repeat the option for more",
        HelpName = "FIELD:TYPE",
        Arity = ArgumentArity.ZeroOrMore,
    };

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command)
    {
        foreach (Option option in (Option[])
            [hnswM, hnswEf, onDisk, onDiskPayload, quantization, matchQuantization, quantile, compression, turboBits, alwaysRam,
                replicas, writes, payloadIndexes])
        {
            command.Add(option);
        }

        quantile.Validators.Add(static result =>
        {
            if (result.Tokens.Count == 1 && result.GetValueOrDefault<double?>() is double part && part is not (>= 0.5 and <= 1))
            {
                result.AddError($"--quantile is '{result.Tokens[0].Value}'; expected a number, 0.5 to 1.");
            }
        });
    }

    /// <summary>The options as a run takes them.</summary>
    /// <exception cref="MigrationException">They contradict each other, or a text is no payload index.</exception>
    public CreationOptions Options(ParseResult parsed) => new()
    {
        HnswM = parsed.GetValue(hnswM),
        HnswEfConstruction = parsed.GetValue(hnswEf),
        OnDisk = parsed.GetValue(onDisk),
        OnDiskPayload = parsed.GetValue(onDiskPayload),
        Quantization = CreationOptions.Codes(
            parsed.GetValue(quantization) ?? QuantizationKind.None,
            new QuantizationDetails((float?)parsed.GetValue(quantile), parsed.GetValue(compression), parsed.GetValue(turboBits), parsed.GetValue(alwaysRam)),
            parsed.GetValue(matchQuantization)),
        MatchQuantization = parsed.GetValue(matchQuantization),
        ReplicationFactor = parsed.GetValue(replicas),
        WriteConsistencyFactor = parsed.GetValue(writes),
        PayloadIndexes = PayloadIndexText.ParseAll(parsed.GetValue(payloadIndexes) ?? []),
    };

    /// <summary>A switch that may be said to be off; given alone it is on.</summary>
    private static Option<bool?> Given(string name, string description) => new(name)
    {
        Description = description,
        Arity = ArgumentArity.ZeroOrOne,
        HelpName = "B",
        CustomParser = result => Parse(result, name),
    };

    private static bool? Parse(System.CommandLine.Parsing.ArgumentResult result, string name)
    {
        if (result.Tokens.Count == 0)
        {
            return true;
        }

        if (!bool.TryParse(result.Tokens[0].Value, out bool value))
        {
            result.AddError($"{name} is '{result.Tokens[0].Value}'; expected true or false.");
        }

        return value;
    }
}
