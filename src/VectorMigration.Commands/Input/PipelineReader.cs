using System.Management.Automation;

namespace VectorMigration.Commands;

/// <summary>Reads the vectors of one pipeline and refuses what cannot be sent: each is one error that names its position, and the others go on.</summary>
/// <param name="rules">What becomes of ids and payloads.</param>
/// <param name="allowDuplicates">Let later vectors replace earlier ones with the same id.</param>
/// <param name="ids">How ids become point ids, shift and part included.</param>
internal sealed class PipelineReader(InputRules rules, bool allowDuplicates, IdMap ids)
{
    private readonly SeenIds seen = new();
    private bool told;
    private bool toldRepeated;

    /// <summary>Objects that came so far.</summary>
    public long Position { get; private set; }

    /// <summary>Components that every vector has; null before the first, which has as many as its index says.</summary>
    public int? Dimension { get; set; }

    /// <summary>The collection normalises vectors (Cosine); known once the run is planned.</summary>
    public bool Normalizes { get; set; }

    /// <summary>The collection keeps halves (Float16); known once the run is planned.</summary>
    public bool KeepsHalves { get; set; }

    /// <summary>Why a vector that was read cannot be sent to this collection; null where it can.</summary>
    public MigrationException? Refusal(in InputVector vector) =>
        KeepsHalves && HalfRange.IndexOfBeyond(vector.Components) is >= 0 and int beyond
            ? CommandErrors.NonFinite(Position, vector.Id.Value, beyond, vector.Components[beyond])
        : Normalizes && Norms.Of(vector.Components) is var norm && CosineNorm.IsLost(norm) ? CommandErrors.NormLost(Position, vector.Id.Value, norm) : null;

    /// <summary>An object came that nobody wants to read.</summary>
    public void Skip() => Position++;

    /// <summary>The objects that one input object stands for: itself, or those of an array.</summary>
    public static IEnumerable<object?> Items(object? input) => Bare(input) is object?[] several ? several : [input];

    /// <summary>Reads the next object; null where it cannot be read or sent.</summary>
    /// <param name="item">The object.</param>
    /// <param name="refusal">Why not, or null.</param>
    public InputVector? TryRead(object? item, out MigrationException? refusal)
    {
        Position++;
        refusal = null;
        try
        {
            return Read(item);
        }
        catch (MigrationException reason)
        {
            refusal = reason;
            return null;
        }
    }

    /// <summary>The object that was read last, as one that is left out.</summary>
    public SkippedVector LeftOut(object? item, MigrationException reason) => Bare(item) is FaissVector vector
        ? new SkippedVector(vector.Ordinal, vector.FaissId, reason.ErrorId)
        : new SkippedVector(Position - 1, 0, reason.ErrorId);

    /// <summary>How many payloads have a field twice, where it is more than the one that was told; null otherwise.</summary>
    public string? RepeatedFields() => rules.Repeated < 2 ? null
        : $"{Units.Of(rules.Repeated, "payload has", "payloads have")} a field twice in one object. Qdrant stores the last of the two.";

    /// <summary>Says once that a payload has a field twice, or that repeated ids are no longer noticed; null otherwise.</summary>
    public string? TakeWarning()
    {
        if (!toldRepeated && rules.FirstRepeated is string repeated)
        {
            toldRepeated = true;
            return $"{repeated} The object is sent, and Qdrant stores the last of the two.";
        }

        if (told || !seen.IsFull)
        {
            return null;
        }

        told = true;
        return $"The pipeline has more than {Units.Count(seen.Capacity)} ids that are not consecutive. Duplicates among later ids are not detected.";
    }

    private InputVector Read(object? item)
    {
        InputVector vector = InputReader.Read(item, Position, rules);
        vector = vector with { Id = ids.Remap(vector.Id, vector.FaissId, vector.IdText) };
        // A run is planned by the index of its first vector: that vector may have been changed too.
        if ((Dimension ?? vector.Index?.Dimension) is int expected && vector.Components.Length != expected)
        {
            throw CommandErrors.WrongDimension(
                Position, vector.Id.Value, vector.Components.Length, expected, Dimension is null ? "its index" : "the other vectors of the collection");
        }

        int bad = FiniteCheck.IndexOfNonFinite(vector.Components);
        if (bad >= 0)
        {
            throw CommandErrors.NonFinite(Position, vector.Id.Value, bad, vector.Components[bad]);
        }

        if (!allowDuplicates && !seen.Add(vector.Id))
        {
            throw CommandErrors.DuplicateId(Position, vector.Id);
        }

        return vector;
    }

    private static object? Bare(object? value) => value is PSObject wrapped ? wrapped.BaseObject : value;
}
