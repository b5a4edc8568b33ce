using VectorMigration.Faiss.Input;
using VectorMigration.Vectors;

namespace VectorMigration.Faiss.Layouts;

/// <summary>Where vectors and ids lie, and how they are read; thread-safe. Ordinals are in storage order.</summary>
internal abstract class VectorLayout
{
    public const string SequentialIds = "sequential";
    public const string IdsInLists = "inverted lists";
    public const string IdsInMap = "id map";

    /// <summary>Number of vectors.</summary>
    public abstract long Count { get; }

    /// <summary>Components of a vector.</summary>
    public abstract int Dimension { get; }

    /// <summary>Regions in storage order; made when asked for, since there may be two for each of millions of lists.</summary>
    public abstract IReadOnlyList<IndexRegion> Regions { get; }

    /// <summary>Reads ids and components, <paramref name="ids"/>.Length of each, row-major.</summary>
    public abstract void Read(long ordinal, Span<long> ids, Span<float> components, CancellationToken cancellationToken);

    /// <summary>Reads ids only.</summary>
    public abstract void ReadIds(long ordinal, Span<long> ids, CancellationToken cancellationToken);

    /// <summary>Reads as what rows the vectors were added; positions, unless the layout knows better.</summary>
    public virtual void ReadRows(long ordinal, Span<long> rows, CancellationToken cancellationToken)
    {
        for (int i = 0; i < rows.Length; i++)
        {
            rows[i] = ordinal + i;
        }
    }

    /// <summary>Replaces original vectors (row-major) by what transforms of the index leave of them; does nothing where there are none.</summary>
    /// <returns>True where there are transforms.</returns>
    public virtual bool Project(Span<float> originals) => false;

    /// <summary>Offset in its file of the id of a vector; where none is stored, of its components.</summary>
    public abstract long IdOffset(long ordinal, CancellationToken cancellationToken);
}

/// <summary>One run of vectors; ids are the positions.</summary>
internal sealed class FlatLayout(FaissFile file, long offset, long count, VectorRows rows) : VectorLayout
{
    public override long Count => count;

    public override int Dimension => rows.Dimension;

    public override IReadOnlyList<IndexRegion> Regions => [new(rows.Content, file.Path, offset, rows.Length(count), 0)];

    public override void Read(long ordinal, Span<long> ids, Span<float> components, CancellationToken cancellationToken)
    {
        ReadIds(ordinal, ids, cancellationToken);
        rows.Read(file, offset, ordinal, components, cancellationToken);
    }

    public override void ReadIds(long ordinal, Span<long> ids, CancellationToken cancellationToken) => ReadRows(ordinal, ids, cancellationToken);

    public override long IdOffset(long ordinal, CancellationToken cancellationToken) => offset + rows.PartOf(ordinal, 1).Offset;
}
