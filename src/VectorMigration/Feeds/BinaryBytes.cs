using System.Security.Cryptography;
using System.Text;
using VectorMigration.Errors;
using VectorMigration.Files;
using VectorMigration.Vectors;

namespace VectorMigration.Feeds;

/// <summary>
/// The vectors of a binary index as bytes: 0 and 255 instead of -1 and 1, for the datatype Uint8. Qdrant's binary quantization of bytes takes the bit from
/// the middle of their range (components above 127), so 0 and 1 would all become the same code.
/// </summary>
internal sealed class BinaryBytes : IVectorSource, IChangeDetector
{
    /// <summary>What a set bit becomes.</summary>
    public const float One = 255;

    private readonly IVectorSource index;

    private BinaryBytes(IVectorSource index)
    {
        this.index = index;
        string digest = $"{index.Description.Identity.Fingerprint}\nUint8";
        Description = index.Description with
        {
            Datatype = VectorDatatype.Uint8,
            Distance = Distance.Manhattan,
            Identity = index.Description.Identity with { Fingerprint = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(digest))) },
        };
    }

    /// <inheritdoc/>
    public IndexDescription Description { get; }

    /// <summary>The vectors of an index as asked for. The index closes with the result, or with the error.</summary>
    /// <exception cref="MigrationException">It is no binary index.</exception>
    public static IVectorSource Of(IVectorSource index, BinaryComponent form)
    {
        if (form == BinaryComponent.Float32)
        {
            return index;
        }

        if (index.Description is { IsBinary: true, OriginalsPath: null })
        {
            return new BinaryBytes(index);
        }

        MigrationException error = OriginalErrors.NotBinary(index.Description, form);
        index.Dispose();
        throw error;
    }

    /// <inheritdoc/>
    public VectorBatch Read(long ordinal, int count, CancellationToken cancellationToken)
    {
        using VectorBatch signs = index.Read(ordinal, count, cancellationToken);
        int dimension = Description.Dimension;
        BatchMemory memory = BatchMemory.Rent(signs.Count, dimension);
        try
        {
            signs.FaissIds.CopyTo(memory.Ids);
            for (int row = 0; row < signs.Count; row++)
            {
                ReadOnlySpan<float> vector = signs.Vector(row);
                Span<float> bytes = memory.Components.AsSpan(row * dimension, dimension);
                for (int i = 0; i < bytes.Length; i++)
                {
                    bytes[i] = vector[i] > 0 ? One : 0;
                }
            }

            return VectorBatch.Create(Description.Identity, ordinal, dimension, memory.Ids.AsMemory(0, signs.Count),
                memory.Components.AsMemory(0, signs.Count * dimension), memory);
        }
        catch
        {
            memory.Release();
            throw;
        }
    }

    /// <inheritdoc/>
    public int ReadIds(long ordinal, Span<long> destination, CancellationToken cancellationToken) => index.ReadIds(ordinal, destination, cancellationToken);

    /// <inheritdoc/>
    public int ReadRows(long ordinal, Span<long> destination, CancellationToken cancellationToken) => index.ReadRows(ordinal, destination, cancellationToken);

    /// <inheritdoc/>
    public void ThrowIfChanged() => (index as IChangeDetector)?.ThrowIfChanged();

    /// <inheritdoc/>
    public void ThrowIfContentChanged() => (index as IChangeDetector)?.ThrowIfContentChanged();

    /// <inheritdoc/>
    public void Dispose() => index.Dispose();
}
