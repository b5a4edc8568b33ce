using VectorMigration.Store;

namespace VectorMigration.Collections;

/// <summary>What goes with a collection that is deleted and created anew, besides its points: everything that the index does not bring.</summary>
internal static class RecreationLoss
{
    /// <summary>Qdrant's own HNSW settings (1.16.3).</summary>
    private const ulong DefaultM = 16;
    private const ulong DefaultEfConstruction = 100;

    /// <summary>What would be lost, each in a few words; empty where nothing is.</summary>
    /// <param name="existing">The collection.</param>
    /// <param name="wanted">What it is created with.</param>
    /// <param name="aliases">Aliases that point to it.</param>
    public static IReadOnlyList<string> Of(CollectionDescription existing, CollectionSettings wanted, IReadOnlyList<string> aliases)
    {
        List<string> lost = [];
        AddNames("alias", "aliases", aliases);
        AddNames("payload index on", "payload indexes on", existing.PayloadIndexes);
        AddNames("vector", "vectors", [.. existing.Vectors.Select(static vector => vector.Name).Where(name => name.Length > 0 && name != wanted.VectorName)]);
        AddNames("sparse vector", "sparse vectors", existing.SparseVectors);
        if (existing.Quantization is { } quantization && wanted.Quantization is null)
        {
            lost.Add($"{quantization.Kind.ToString().ToLowerInvariant()} quantization");
        }

        if (existing.HnswM is ulong m && m != (ulong?)wanted.HnswM.GetValueOrDefault((int)DefaultM))
        {
            lost.Add($"HNSW m {m}");
        }

        if (existing.HnswEfConstruction is ulong ef && ef != (ulong?)wanted.HnswEfConstruction.GetValueOrDefault((int)DefaultEfConstruction))
        {
            lost.Add($"HNSW ef_construct {ef}");
        }

        if (existing.IsStrict)
        {
            lost.Add("strict mode");
        }

        return lost;

        void AddNames(string one, string several, IReadOnlyList<string> names)
        {
            if (names.Count > 0)
            {
                lost.Add($"{(names.Count == 1 ? one : several)} {string.Join(", ", names.Select(static name => $"'{name}'"))}");
            }
        }
    }
}
