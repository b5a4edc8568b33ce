using System.Globalization;
using VectorMigration.SideFiles.VectorFiles;

namespace VectorMigration.SideFiles.Stores;

/// <summary>
/// A dictionary the wrong way round: its names are the texts, and its values say which vectors they belong to. It is told from counts and settings by its
/// values: they are the positions or the FAISS ids of the vectors, each once.
/// </summary>
internal static class TextsAsNames
{
    private const int BlockSize = 1 << 15;

    private const string ById = "write one JSON object per line, with the value as \"id\" and the name as \"text\". "
        + "Then name that file with -PayloadPath, and use -PayloadKey id.";

    private const string InOrder = "write one JSON object per line, with the name as \"text\", in the order of the values. "
        + "Then name that file with -PayloadPath.";

    /// <summary>What such a file is; null where its values are nothing of that.</summary>
    /// <param name="path">The file.</param>
    /// <param name="numbers">Sum of the hashes of its values, as many whole numbers as the index has vectors.</param>
    /// <param name="index">Path of the index.</param>
    /// <param name="vectors">Vectors of the index.</param>
    /// <param name="isJson">The file is JSON; otherwise a pickle.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public static UnusedFile? Of(string path, ulong numbers, string index, long vectors, bool isJson, CancellationToken cancellationToken)
    {
        (string Values, string Turned)? found = numbers == IdsOf(index, cancellationToken) ? ("FAISS ids", ById)
            : numbers == Positions(0, vectors) ? ("positions from 0 on", InOrder)
            : numbers == Positions(1, vectors) ? ("positions from 1 on", InOrder)
            : null;
        return found is not (string values, string turned) ? null
            : new UnusedFile(path, string.Create(CultureInfo.InvariantCulture,
                $"its names are the texts, and its {vectors:N0} values are {values} of the vectors. A dictionary has these as names"), null, MayBeTexts: true)
            {
                Fits = true,
                Advice = (isJson ? $"If it holds the texts of the index, turn it round: {turned}"
                        : "If it holds the texts of the index, turn it round: {number: text for text, number in …}, and save it again.")
                    + " If the texts are in another store, name it with -StorePath. If the index has no texts, use -NoStore.",
            };
    }

    private static ulong Positions(long first, long count)
    {
        ulong sum = 0;
        for (long number = first; number < first + count; number++)
        {
            sum = unchecked(sum + RowNumbers.Hash(number));
        }

        return sum;
    }

    /// <summary>The same sum of the ids of an index; null where it cannot be read.</summary>
    private static ulong? IdsOf(string index, CancellationToken cancellationToken)
    {
        try
        {
            using IVectorSource source = VectorFile.OpenAny(index);
            long[] ids = new long[BlockSize];
            ulong sum = 0;
            for (long ordinal = 0; ordinal < source.Description.Count;)
            {
                int read = source.ReadIds(ordinal, ids, cancellationToken);
                if (read == 0)
                {
                    return null;
                }

                foreach (long id in ids.AsSpan(0, read))
                {
                    sum = unchecked(sum + RowNumbers.Hash(id));
                }

                ordinal += read;
            }

            return sum;
        }
        catch (MigrationException)
        {
            // Opening the index reports what is wrong with it.
            return null;
        }
    }
}
