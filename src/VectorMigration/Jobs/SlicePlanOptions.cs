using VectorMigration.Feeds;
using VectorMigration.Runs;
using VectorMigration.Vectors;

namespace VectorMigration.Jobs;

/// <summary>The options in a plan of slices: those that decide which points result, so that all slices mean the same. No endpoints, keys, proxies or
/// hooks.</summary>
internal sealed record SlicePlanOptions
{
    /// <summary>Name of the vector in the collection; null for the unnamed one.</summary>
    public string? VectorName { get; init; }

    /// <summary>Distance of a collection that is created; null for that of the index.</summary>
    public Distance? Distance { get; init; }

    /// <summary>Id mapping.</summary>
    public IdMapping IdMapping { get; init; }

    /// <summary>Field of the payload that keeps an id which became a UUID.</summary>
    public string? IdField { get; init; }

    /// <summary>Leave the texts of stores where they are.</summary>
    public bool NoStore { get; init; }

    /// <summary>What the bits of binary indexes become; null for float32.</summary>
    public BinaryComponent? BinaryAs { get; init; }

    /// <summary>Field of the payload that holds the FAISS id.</summary>
    public string? PayloadKey { get; init; }

    /// <summary>The rows of payloads are in the order of adding.</summary>
    public bool PayloadByRow { get; init; }

    /// <summary>Leave that field out of the payload.</summary>
    public bool DropPayloadKey { get; init; }

    /// <summary>Handling of vectors without a payload.</summary>
    public MissingPayload OnMissingPayload { get; init; }

    /// <summary>Handling of payloads that belong to no vector.</summary>
    public SurplusPayload OnSurplusPayload { get; init; }

    /// <summary>Handling of whole numbers beyond 64 bits.</summary>
    public LargeInteger LargeInteger { get; init; }

    /// <summary>Layout of the payloads.</summary>
    public PayloadLayout PayloadLayout { get; init; }

    /// <summary>Payload fields to keep.</summary>
    public IReadOnlyList<string> PayloadFields { get; init; } = [];

    /// <summary>Payload fields to omit.</summary>
    public IReadOnlyList<string> ExcludedPayloadFields { get; init; } = [];

    /// <summary>New names of payload fields.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> RenamedPayload { get; init; } = [];

    /// <summary>Types of payload fields.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> PayloadTypes { get; init; } = [];

    /// <summary>Nested objects become fields of the payload.</summary>
    public bool FlattenPayload { get; init; }

    /// <summary>Skip vectors with components that are not finite.</summary>
    public bool SkipInvalid { get; init; }

    /// <summary>Vectors decoded from codes are accepted.</summary>
    public bool AllowDecoded { get; init; }

    /// <summary>Refuses values that no option has.</summary>
    /// <param name="plan">Full path of the plan.</param>
    /// <exception cref="Errors.MigrationException">There is one.</exception>
    public void Check(string plan)
    {
        string? wrong = Distance is { } distance && !Enum.IsDefined(distance) ? "distance"
            : !Enum.IsDefined(IdMapping) ? "idMapping"
            : BinaryAs is { } bits && !Enum.IsDefined(bits) ? "binaryAs"
            : !Enum.IsDefined(OnMissingPayload) ? "onMissingPayload"
            : !Enum.IsDefined(OnSurplusPayload) ? "onSurplusPayload"
            : !Enum.IsDefined(LargeInteger) ? "largeInteger"
            : !Enum.IsDefined(PayloadLayout) ? "payloadLayout"
            : (PayloadFields ?? []).Concat(ExcludedPayloadFields ?? []).Any(static field => field is null)
                || (RenamedPayload ?? []).Concat(PayloadTypes ?? []).Any(static pair => pair.Key is null || pair.Value is null) ? "payload fields"
            : null;
        if (wrong is not null)
        {
            throw SliceErrors.Plan(plan, $"its options have a value for {wrong} that does not exist");
        }
    }

    /// <summary>The options of a plan.</summary>
    /// <param name="asked">What was asked for.</param>
    /// <param name="noStore">Leave the texts of stores where they are.</param>
    /// <param name="binaryAs">What the bits of binary indexes become; null for float32.</param>
    public static SlicePlanOptions Of(MigrationOptions asked, bool noStore, BinaryComponent? binaryAs)
    {
        (string[] fields, string[] excluded, KeyValuePair<string, string>[] renames, KeyValuePair<string, string>[] types) =
            asked.PayloadMapping?.Given() ?? ([], [], [], []);
        return new SlicePlanOptions
        {
            VectorName = asked.VectorName,
            Distance = asked.Distance,
            IdMapping = asked.IdMapping,
            IdField = asked.IdField,
            NoStore = noStore,
            BinaryAs = binaryAs == BinaryComponent.Float32 ? null : binaryAs,
            PayloadKey = asked.PayloadKey,
            PayloadByRow = asked.PayloadByRow,
            DropPayloadKey = asked.DropPayloadKey,
            OnMissingPayload = asked.OnMissingPayload,
            OnSurplusPayload = asked.OnSurplusPayload,
            LargeInteger = asked.LargeInteger,
            PayloadLayout = asked.PayloadLayout,
            PayloadFields = fields,
            ExcludedPayloadFields = excluded,
            RenamedPayload = renames,
            PayloadTypes = types,
            FlattenPayload = asked.PayloadMapping?.Flattens == true,
            SkipInvalid = asked.SkipInvalid,
            AllowDecoded = asked.AllowDecoded,
        };
    }

    /// <summary>Options of a run with these.</summary>
    /// <param name="collection">Collection of the plan.</param>
    /// <exception cref="Errors.MigrationException">A payload field or a type is none.</exception>
    public MigrationOptions Options(string collection) => new()
    {
        Collection = collection,
        VectorName = VectorName,
        Distance = Distance,
        IdMapping = IdMapping,
        IdField = IdField,
        PayloadKey = PayloadKey,
        PayloadByRow = PayloadByRow,
        DropPayloadKey = DropPayloadKey,
        OnMissingPayload = OnMissingPayload,
        OnSurplusPayload = OnSurplusPayload,
        LargeInteger = LargeInteger,
        PayloadLayout = PayloadLayout,
        PayloadMapping = PayloadMapping.Of(PayloadFields, ExcludedPayloadFields, RenamedPayload, FlattenPayload, PayloadTypes),
        SkipInvalid = SkipInvalid,
        AllowDecoded = AllowDecoded,
    };
}
