using System.Buffers.Binary;
using VectorMigration.Errors;
using VectorMigration.Faiss.Input;
using VectorMigration.Faiss.Kinds;
using VectorMigration.Faiss.Layouts;
using VectorMigration.Feeds;
using VectorMigration.Vectors;

namespace VectorMigration.Faiss;

/// <summary>FAISS index files.</summary>
public static class FaissIndex
{
    /// <summary>True where a file begins as an index does: its first four characters are those of a kind.</summary>
    public static bool BeginsLikeIndex(ReadOnlySpan<byte> head) =>
        head.Length >= sizeof(uint) && IndexKinds.Find(BinaryPrimitives.ReadUInt32LittleEndian(head)) is not null;

    /// <summary>
    /// Reads the header fields of an index of any kind. Kinds whose vectors this version does not read are described too, with
    /// <see cref="IndexDescription.IsSupported"/> false and the reason.
    /// </summary>
    /// <exception cref="MigrationException">The file is missing, is no index, is cut short or damaged; the error names offset, field, expected and
    /// found.</exception>
    /// <param name="path">The index file.</param>
    /// <param name="listPath">The file in which its inverted lists lie, where that is not beside it under the name that the index tells.</param>
    public static IndexDescription Describe(string path, string? listPath = null)
    {
        using OpenedIndex index = OpenedIndex.Open(path, listPath);
        return index.Description;
    }

    /// <summary>Opens an index for reading; the file stays open until the source is disposed.</summary>
    /// <exception cref="MigrationException">As for <see cref="Describe"/>; besides, the kind is not one whose vectors are read.</exception>
    /// <param name="path">The index file.</param>
    /// <param name="listPath">The file in which its inverted lists lie, where that is not beside it under the name that the index tells.</param>
    /// <param name="allowDecoded">
    /// Also opens an index of codes (<see cref="Fidelity.Approximate"/>), whose vectors are close to the originals, but not equal.
    /// </param>
    public static IVectorSource Open(string path, string? listPath = null, bool allowDecoded = false) =>
        SourceOf(OpenedIndex.Open(path, listPath), allowDecoded);

    /// <summary>The source of an opened index, which closes with it or with the error.</summary>
    internal static IVectorSource SourceOf(OpenedIndex index, bool allowDecoded)
    {
        if (index.Layout is VectorLayout layout && (allowDecoded || index.Description.Fidelity != Fidelity.Approximate))
        {
            return new FaissSource(index, layout);
        }

        index.Dispose();
        throw index.Layout is null ? FaissErrors.Unsupported(index.Description) : FaissErrors.NotExact(index.Description);
    }

    /// <summary>Describes vectors and reads all of them once, in bounded memory: ids, norms, non-finite components.</summary>
    /// <param name="source">The index.</param>
    /// <param name="onProgress">Told the vectors done and their total.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <exception cref="MigrationException">As for <see cref="Open"/>.</exception>
    public static IndexDescription Scan(IVectorSource source, Action<long, long>? onProgress, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(source);
        IndexScan scan = new IndexScanner(source).Run(done => onProgress?.Invoke(done, source.Description.Count), cancellationToken);
        return source.Description with { Scan = scan };
    }
}
