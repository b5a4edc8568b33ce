using System.Text.Json.Serialization;
using VectorMigration.Runs;
using VectorMigration.Vectors;

namespace VectorMigration.Reports;

/// <summary>A run begins.</summary>
internal sealed record PlanLogRecord : LogRecord
{
    public required string Index { get; init; }

    public required string Kind { get; init; }

    public required FaissMetric Metric { get; init; }

    public required Fidelity Fidelity { get; init; }

    public required string Endpoint { get; init; }

    public required string Server { get; init; }

    /// <summary>What it is reached by.</summary>
    public string? Protocol { get; init; }

    public required string Collection { get; init; }

    public bool Creates { get; init; }

    public int Dimension { get; init; }

    public required Distance? Distance { get; init; }

    public long Offset { get; init; }

    public long Count { get; init; }

    public required IdMapping IdMapping { get; init; }

    public required string Flow { get; init; }

    /// <summary>The codes that vectors are decoded from; null where the index holds the vectors.</summary>
    public string? Codec { get; init; }

    /// <summary>The file that the vectors are taken from in place of the index; null where they come from the index.</summary>
    public string? OriginalVectors { get; init; }

    /// <summary>Written also where there is none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public string? Payload { get; init; }

    /// <summary>How payloads and vectors come together, in words.</summary>
    public string? PayloadJoin { get; init; }

    /// <summary>What becomes of the fields of payloads, in words; null where they stay what they are.</summary>
    public string? PayloadMapping { get; init; }

    /// <summary>The documents of the store in numbers; null without one.</summary>
    public StoreCounts? Store { get; init; }

    /// <summary>Which ids become point ids; null for those of the index.</summary>
    public IdOrigin? IdFrom { get; init; }

    /// <summary>Vectors that the payload file has nothing for; null where there are none.</summary>
    public long? WithoutPayload { get; init; }

    /// <summary>The first of them, by id.</summary>
    public IReadOnlyList<long>? FirstWithoutPayload { get; init; }

    /// <summary>Rows of the payload file that belong to no vector and are ignored; null where there are none.</summary>
    public long? SurplusPayload { get; init; }

    /// <summary>Full path of the journal by which the run can be resumed; null without one.</summary>
    public string? Journal { get; init; }

    public static PlanLogRecord Of(RunStarted started)
    {
        MigrationPlan plan = started.Plan;
        return new PlanLogRecord
        {
            At = started.At.UtcDateTime,
            Event = "run-started",
            Run = started.RunId,
            Index = plan.Index.Path,
            Kind = plan.Index.Kind,
            Metric = plan.Index.Metric,
            Fidelity = plan.Index.Fidelity,
            Codec = plan.Index.Codec,
            OriginalVectors = plan.Index.OriginalsPath,
            Endpoint = plan.Endpoint,
            Server = plan.ServerVersion,
            Protocol = plan.Protocol,
            Collection = plan.Collection,
            Creates = plan.CreatesCollection,
            Dimension = plan.Settings.Dimension,
            Distance = plan.Settings.Distance,
            Offset = plan.Offset,
            Count = plan.Count,
            IdMapping = plan.IdMapping,
            Flow = plan.Flow,
            Payload = plan.PayloadPath,
            PayloadJoin = plan.PayloadJoin,
            PayloadMapping = plan.PayloadMapping,
            Store = plan.Store,
            IdFrom = plan.IdFrom == IdOrigin.FaissId ? null : plan.IdFrom,
            WithoutPayload = plan.WithoutPayload == 0 ? null : plan.WithoutPayload,
            FirstWithoutPayload = plan.WithoutPayload == 0 ? null : [.. plan.FirstWithoutPayload.Select(static vector => vector.Id)],
            SurplusPayload = plan.SurplusPayload == 0 ? null : plan.SurplusPayload,
            Journal = plan.JournalPath,
        };
    }
}
