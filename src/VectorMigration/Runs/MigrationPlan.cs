using VectorMigration.Collections;
using VectorMigration.Errors;
using VectorMigration.Store;
using VectorMigration.Vectors;

namespace VectorMigration.Runs;

/// <summary>Everything a run will do, known before the first vector: what <c>-WhatIf</c> and <c>--dry-run</c> tell.</summary>
public sealed record MigrationPlan
{
    /// <summary>The index; objects of a pipeline that know none are described as one of the kind <c>objects</c>.</summary>
    public required IndexDescription Index { get; init; }

    /// <summary>True where the vectors come through a pipeline: how many is not known before, and is told by the plan of the result.</summary>
    public bool FromPipeline { get; init; }

    /// <summary>Endpoint without secrets.</summary>
    public required string Endpoint { get; init; }

    /// <summary>Version of the server; empty when it did not answer (a dry run only).</summary>
    public string ServerVersion { get; init; } = string.Empty;

    /// <summary>What the server is reached by, <c>gRPC</c> or <c>REST</c>; empty when it did not answer (a dry run only).</summary>
    public string Protocol { get; init; } = string.Empty;

    /// <summary>Collection.</summary>
    public required string Collection { get; init; }

    /// <summary>True when the collection will be created.</summary>
    public bool CreatesCollection { get; init; }

    /// <summary>True when an existing collection will be deleted first.</summary>
    public bool RecreatesCollection { get; init; }

    /// <summary>True when an existing collection gets the named vector, which it lacks, before anything is sent.</summary>
    public bool AddsVector { get; init; }

    /// <summary>What goes with an existing collection besides its points, and is not made anew: aliases, payload indexes, other vectors and the like.</summary>
    public IReadOnlyList<string> Lost { get; init => field = Listed<string>.Of(value); } = Listed<string>.Empty;

    /// <summary>The collection's settings: those it will be created with, or those it has.</summary>
    public required CollectionSettings Settings { get; init; }

    /// <summary>The dense vectors of a collection that exists and stays, as the server describes them; empty for every other.</summary>
    internal IReadOnlyList<CollectionVector> PresentVectors { get; init; } = [];

    /// <summary>The datatype in which the vector is, or will be, kept.</summary>
    internal VectorDatatype StoredDatatype =>
        PresentVectors.FirstOrDefault(vector => vector.Name == (Settings.VectorName ?? string.Empty))?.Datatype ?? Settings.Datatype;

    /// <summary>What in Qdrant comes nearest to the codes of the index; null where it has none. It is created where <c>-MatchQuantization</c> asks for
    /// it.</summary>
    public QuantizationMatch? Match { get; init; }

    /// <summary>Memory and disk that the collection will take; null for one that exists, and where that is not known, as for a pipeline.</summary>
    public StorageEstimate? Estimate { get; init; }

    /// <summary>Points in the collection before the run.</summary>
    public long PresentBefore { get; init; }

    /// <summary>First ordinal to send.</summary>
    public long Offset { get; init; }

    /// <summary>Vectors that the run is about, those included that need not be sent again.</summary>
    public long Count { get; init; }

    /// <summary>Full path of the journal, or null.</summary>
    public string? JournalPath { get; init; }

    /// <summary>Vectors among them that the journal says were acknowledged before: they are not sent again, but verified.</summary>
    public long Acknowledged { get; init; }

    /// <summary>Vectors of <see cref="Count"/> that are sent: without those that were acknowledged before, that are in the collection already, or whose id a
    /// later vector has.</summary>
    public long ToSend { get; init; }

    /// <summary>Id mapping.</summary>
    public IdMapping IdMapping { get; init; }

    /// <summary>Which ids become point ids.</summary>
    public IdOrigin IdFrom { get; init; }

    /// <summary>Added to every id.</summary>
    public long IdOffset { get; init; }

    /// <summary>The part that UUIDs contain; null for none.</summary>
    public string? IdNamespace { get; init; }

    /// <summary>Points that are there already under ids that are to be sent; null where nothing could be, or was, looked for.</summary>
    public ExistingPointsPlan? Existing { get; init; }

    /// <summary>Points of earlier runs that a run which sends everything again leaves where they are; null where there are none.</summary>
    public LeftPointsPlan? Left { get; init; }

    /// <summary>What a sync found to be done; null for every other run.</summary>
    public SyncPlan? Sync { get; init; }

    /// <summary>Vectors in a batch; null when the flow control decides.</summary>
    public int? BatchSize { get; init; }

    /// <summary>Number of batches; about so many when the flow control decides.</summary>
    public long Batches { get; init; }

    /// <summary>Bytes of vectors and ids to send; payloads come on top.</summary>
    public long Bytes { get; init; }

    /// <summary>Flow control, in words.</summary>
    public string Flow { get; init; } = string.Empty;

    /// <summary>Full path of the payload file, or null.</summary>
    public string? PayloadPath { get; init; }

    /// <summary>True where nobody named the payload file: it was found next to the index.</summary>
    public bool PayloadIsFound { get; init; }

    /// <summary>What kind of file the payloads come from: <c>JSON Lines</c>, <c>CSV</c>, <c>LangChain</c>; null without one.</summary>
    public string? PayloadForm { get; init; }

    /// <summary>True where payloads come with the vectors of a pipeline.</summary>
    internal bool BringsPayload { get; init; }

    /// <summary>How payloads and vectors come together, in words; null without payloads.</summary>
    public string? PayloadJoin { get; init; }

    /// <summary>What becomes of the fields of payloads, in words; null where they stay what they are.</summary>
    public string? PayloadMapping { get; init; }

    /// <summary>The documents of the store that payloads come from, in numbers; null where they come from no store.</summary>
    public StoreCounts? Store { get; init; }

    /// <summary>Vectors among <see cref="Count"/> that the payload file has nothing for.</summary>
    public long WithoutPayload { get; init; }

    /// <summary>The first of them, by id, 1,000 at most.</summary>
    public IReadOnlyList<IdOccurrence> FirstWithoutPayload { get; init => field = Listed<IdOccurrence>.Of(value); } = Listed<IdOccurrence>.Empty;

    /// <summary>Rows of the payload file that belong to no vector of the index and are ignored.</summary>
    public long SurplusPayload { get; init; }

    /// <summary>The field of the payload that keeps ids which become UUIDs; null where they stay what they are.</summary>
    public string? IdField { get; init; }

    /// <summary>When a collection that is new or empty is indexed.</summary>
    public IndexingMode Indexing { get; init; }

    /// <summary>The proof it will end with.</summary>
    public VerificationMode Verification { get; init; }

    /// <summary>How long it will take, where an earlier run in the log folder allows to tell; otherwise null.</summary>
    public RunExpectation? Expectation { get; init; }

    /// <summary>Every reason for which the run would be refused before its first vector. Only a dry run has a plan in spite of them.</summary>
    public IReadOnlyList<MigrationError> Refusals { get; init => field = Listed<MigrationError>.Of(value); } = Listed<MigrationError>.Empty;

    /// <summary>Warnings.</summary>
    public IReadOnlyList<string> Warnings { get; init => field = Listed<string>.Of(value); } = Listed<string>.Empty;

    /// <inheritdoc/>
    public override string ToString() => PlanText.Of(this);
}
