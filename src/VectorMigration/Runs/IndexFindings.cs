using VectorMigration.Errors;
using VectorMigration.Feeds;
using VectorMigration.Files;
using VectorMigration.Vectors;

namespace VectorMigration.Runs;

/// <summary>What an index and its payloads were found to be. Facts only: <see cref="IndexFit"/> says what follows from them.</summary>
internal sealed record IndexFindings
{
    /// <summary>The index as its header tells it.</summary>
    public required IndexDescription Index { get; init; }

    /// <summary>The distance that was asked for, or that of the metric; null where Qdrant has none for it.</summary>
    public required Distance? Distance { get; init; }

    /// <summary>First ordinal of what was asked for.</summary>
    public required long Offset { get; init; }

    /// <summary>Vectors of what was asked for; 0 where it lies outside the index, or the index cannot be read.</summary>
    public required long Count { get; init; }

    /// <summary>The ids of that range.</summary>
    public IdScanResult Ids { get; init; } = new();

    /// <summary>Vectors of that range whose ids later vectors outside of it have too; counted only where points may be written over.</summary>
    public long ReplacedLater { get; init; }

    /// <summary>Why the ids could not be read; null where they could.</summary>
    public MigrationException? IdsFault { get; init; }

    /// <summary>Full path of the payload file; null without one.</summary>
    public string? PayloadPath { get; init; }

    /// <summary>Last write to a payload file, UTC; null for none, for a folder, and for a copy of what lies in an archive.</summary>
    public static DateTime? WrittenAt(string? payloadPath) =>
        payloadPath is not null && !PrivateFolder.IsCopy(payloadPath) && File.Exists(payloadPath) ? File.GetLastWriteTimeUtc(payloadPath) : null;

    /// <summary>Nobody named that file.</summary>
    public bool PayloadIsFound { get; init; }

    /// <summary>Bytes of all payloads; null where the file holds more than them, and without one.</summary>
    public long? PayloadBytes { get; init; }

    /// <summary>The field by which payloads find their vectors; null where they are in the order of adding.</summary>
    public string? PayloadField { get; init; }

    /// <summary>How payloads find their vectors, in words, where a file next to the index gives the order.</summary>
    public string? PayloadJoin { get; init; }

    /// <summary>What kind of file the payloads come from, in words; null without one.</summary>
    public string? PayloadForm { get; init; }

    /// <summary>What one of the payloads is called.</summary>
    public string PayloadRow { get; init; } = "row";

    /// <summary>The payload file's identity; null without one, and where it was not asked for.</summary>
    public string? PayloadIdentity { get; init; }

    /// <summary>The documents of a store in numbers; null where payloads come from no store.</summary>
    public StoreCounts? Store { get; init; }

    /// <summary>What holding the payloads against the index found.</summary>
    public PayloadFindings Payloads { get; init; } = PayloadFindings.None;

    /// <summary>Why payloads and index do not belong together; empty where they do.</summary>
    public IReadOnlyList<MigrationException> PayloadFaults { get; init; } = [];

    /// <summary>A store was refused before anything was known of how its documents find their vectors.</summary>
    public bool StoreIsUnread => PayloadField is null && PayloadFaults.Any(static fault => fault.ErrorId is ErrorIds.StoreInvalid or ErrorIds.StoreAmbiguous);

    /// <summary>Point ids that come from a store; null where they come from the index.</summary>
    public PointIdTable? StoreIds { get; init; }

    /// <summary>How vectors become points.</summary>
    public FeedOptions Feed(MigrationOptions options) => options.Feed with { StoreIds = StoreIds, Normalizes = Distance == Vectors.Distance.Cosine };

    /// <summary>True once the norms were looked at.</summary>
    public bool NormsAreKnown { get; init; }

    /// <summary>The first vector that is not of unit length; null where all are.</summary>
    public NonUnitNorm? NonUnitNorm { get; init; }

    /// <summary>Why the norms could not be read; null where they could.</summary>
    public MigrationException? NormsFault { get; init; }

    /// <summary>Qdrant's Cosine normalises what it stores: harmless for unit vectors, a change of ranking for an inner-product index of others.</summary>
    public bool NeedsNorms => Distance == Vectors.Distance.Cosine && !NormsAreKnown;

    /// <summary>What is known from the header alone.</summary>
    public static IndexFindings Of(IndexDescription index, MigrationOptions options)
    {
        bool inside = options.Offset >= 0 && options.Offset <= index.Count;
        bool readable = inside && options.Limit is null or >= 0 && index.IsSupported;
        return new IndexFindings
        {
            Index = index,
            Distance = options.Distance ?? index.Distance,
            Offset = inside ? options.Offset : 0,
            Count = readable ? Math.Min(options.Limit ?? long.MaxValue, index.Count - options.Offset) : 0,
        };
    }
}

/// <summary>A vector that is not of unit length.</summary>
/// <param name="Ordinal">Its place.</param>
/// <param name="FaissId">Its id.</param>
/// <param name="Norm">Its norm.</param>
internal readonly record struct NonUnitNorm(long Ordinal, long FaissId, double Norm);
