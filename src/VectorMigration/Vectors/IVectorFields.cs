using VectorMigration.Errors;

namespace VectorMigration.Vectors;

/// <summary>
/// Payloads whose rows hold vectors too, usually those that the index was built from. Where they are equal to those of the index, they prove that each
/// payload is with its vector; where they are not, it is with another one's.
/// </summary>
public interface IVectorFields
{
    /// <summary>
    /// The fields that hold, in the first row, a vector of so many components, also those that payloads leave out; none where there is no such field.
    /// </summary>
    /// <param name="dimension">Components of the vectors of the index.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <exception cref="MigrationException">The file has changed or cannot be read.</exception>
    IReadOnlyList<VectorField> FindVectorFields(int dimension, CancellationToken cancellationToken);

    /// <summary>Reads the vector in a field of one payload.</summary>
    /// <param name="field">The field.</param>
    /// <param name="place">What says which payload is meant, as for <see cref="IPayloadSource.Read"/>.</param>
    /// <param name="components">Takes its components; its length is the dimension.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <returns>False where there is no such payload, or no vector of that dimension in it.</returns>
    /// <exception cref="MigrationException">The file has changed or cannot be read.</exception>
    bool TryReadVector(string field, long place, Span<float> components, CancellationToken cancellationToken);
}
