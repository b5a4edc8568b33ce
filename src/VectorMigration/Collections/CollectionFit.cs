using VectorMigration.Errors;
using VectorMigration.Store;
using VectorMigration.Vectors;

namespace VectorMigration.Collections;

/// <summary>What a collection must be like for an index, and the mark of the run that made it.</summary>
internal static class CollectionFit
{
    /// <summary>In what a collection is not as it must be; empty when it fits.</summary>
    public static IReadOnlyList<string> Differences(CollectionDescription existing, CollectionSettings wanted)
    {
        ArgumentNullException.ThrowIfNull(existing);
        ArgumentNullException.ThrowIfNull(wanted);
        string name = wanted.VectorName ?? string.Empty;
        CollectionVector? vector = existing.Vectors.FirstOrDefault(candidate => candidate.Name == name);
        if (vector is null)
        {
            string has = existing.Vectors.Count switch
            {
                0 => "no dense vectors",
                1 => $"only {(existing.Vectors[0].Name.Length == 0 ? string.Empty : "the vector ")}{Named(existing.Vectors[0].Name)}",
                _ => "the vectors " + string.Join(", ", existing.Vectors.Select(v => Named(v.Name))),
            };
            return [$"it has {has}, expected {Named(name)}"];
        }

        var differences = new List<string>();
        if (vector.Dimension != wanted.Dimension)
        {
            differences.Add($"its dimension is {vector.Dimension}, expected {wanted.Dimension}");
        }

        if (vector.Distance != wanted.Distance)
        {
            differences.Add($"its distance is {vector.Distance}, expected {wanted.Distance}");
        }

        if (vector.Datatype is not (VectorDatatype.Default or VectorDatatype.Float32) && vector.Datatype != wanted.Datatype)
        {
            string codes = vector.Datatype >= VectorDatatype.Turbo4 ? ", which keeps codes and not the exact vectors" : string.Empty;
            differences.Add($"its datatype is {vector.Datatype}{codes}, expected Float32");
        }

        if (vector.IsMultivector)
        {
            differences.Add("it holds multivectors, expected one vector per point");
        }

        foreach (PayloadIndexSettings index in wanted.PayloadIndexes)
        {
            if (existing.PayloadSchema.TryGetValue(index.Field, out PayloadIndexType? type) && type != index.Type)
            {
                differences.Add($"its payload index on '{index.Field}' is {type?.ToString() ?? "of another kind"}, expected {index.Type}");
            }
        }

        return differences;
    }

    /// <summary>The settings with the dimension and the distance that the vector of a collection has; as they are where it has no such vector.</summary>
    public static CollectionSettings Present(CollectionDescription existing, CollectionSettings wanted) =>
        existing.Vectors.FirstOrDefault(candidate => candidate.Name == (wanted.VectorName ?? string.Empty)) is CollectionVector vector
            ? wanted with { Dimension = vector.Dimension, Distance = vector.Distance ?? wanted.Distance }
            : wanted;

    /// <summary>The datatype in which a collection keeps a vector; Default where it has no such vector.</summary>
    public static VectorDatatype DatatypeOf(CollectionDescription existing, string? vectorName) =>
        existing.Vectors.FirstOrDefault(candidate => candidate.Name == (vectorName ?? string.Empty))?.Datatype ?? VectorDatatype.Default;

    /// <summary>Named vectors of a collection that would fit where another was asked for.</summary>
    public static IReadOnlyList<string> Fitting(CollectionDescription existing, CollectionSettings wanted) =>
        [.. existing.Vectors.Select(static vector => vector.Name).Where(
            name => name.Length > 0 && name != (wanted.VectorName ?? string.Empty) && Differences(existing, wanted with { VectorName = name }).Count == 0)];

    /// <summary>Reasons why a collection takes no vectors, whatever they are.</summary>
    /// <param name="existing">The collection.</param>
    /// <param name="endpoint">The server, for messages.</param>
    /// <param name="hasShardKeys">Points name the shards that they go to.</param>
    public static IEnumerable<MigrationException> WriteRefusals(CollectionDescription existing, string endpoint, bool hasShardKeys)
    {
        if (existing.WantsShardKey != hasShardKeys)
        {
            yield return hasShardKeys ? CollectionErrors.TakesNoShardKey(existing.Name, endpoint) : CollectionErrors.WantsShardKey(existing.Name, endpoint);
        }
    }

    /// <summary>The settings a collection is created with for an index.</summary>
    public static CollectionSettings Settings(IndexDescription index, Distance? distance, string? vectorName, Guid runId) => new()
    {
        Dimension = index.Dimension,
        Distance = distance,
        VectorName = vectorName,
        Datatype = index.Datatype,
        HnswM = index.HnswM,
        HnswEfConstruction = index.HnswEfConstruction >= QdrantLimits.MinEfConstruct ? index.HnswEfConstruction : null,
        Metadata = index.Fidelity == Fidelity.Approximate && index.Codec is string codec
            ? new Dictionary<string, string>(Metadata(runId)) { [DecodedKey] = codec } : Metadata(runId),
    };

    /// <summary>The run id as a collection keeps it.</summary>
    public static IReadOnlyDictionary<string, string> Metadata(Guid runId) => new Dictionary<string, string> { [RunKey] = runId.ToString() };

    /// <summary>The key of a collection's metadata that says of what codes its vectors were decoded; not there where they are exact.</summary>
    public const string DecodedKey = "vector_migration_decoded_from";

    /// <summary>The key of a collection's metadata that the run id stands under.</summary>
    public const string RunKey = "vector_migration_run";

    private static string Named(string name) => name.Length == 0 ? "the unnamed vector" : $"'{name}'";
}
