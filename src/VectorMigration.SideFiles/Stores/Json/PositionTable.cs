using System.Globalization;

namespace VectorMigration.SideFiles.Stores.Json;

/// <summary>Which document belongs to which FAISS id. Immutable.</summary>
internal sealed class PositionTable
{
    private readonly long[] positions;
    private readonly int[] documents;

    /// <summary>A table of entries in any order.</summary>
    /// <param name="file">Path of the file that holds the map, for messages.</param>
    /// <param name="entries">FAISS ids with the number of their document, negative where it is not there.</param>
    /// <exception cref="MigrationException">A FAISS id stands in it twice.</exception>
    public PositionTable(string file, IReadOnlyCollection<(long Position, int Document)> entries)
    {
        positions = [.. entries.Select(static entry => entry.Position)];
        documents = [.. entries.Select(static entry => entry.Document)];
        Array.Sort(positions, documents);
        for (int i = 1; i < positions.Length; i++)
        {
            if (positions[i] == positions[i - 1])
            {
                throw JsonErrors.Repeated(file, $"the position {positions[i]}");
            }
        }

        Matched = documents.Count(static document => document >= 0);
    }

    /// <summary>Entries that have a document.</summary>
    public int Matched { get; }

    /// <summary>All FAISS ids, ascending.</summary>
    public IReadOnlyList<long> Positions => positions;

    /// <summary>Their documents; negative where there is none.</summary>
    public IReadOnlyList<int> Documents => documents;

    /// <summary>FAISS ids that have a document, ascending.</summary>
    public IEnumerable<long> MatchedPositions => positions.Where((_, at) => documents[at] >= 0);

    /// <summary>The position that a key is: digits and nothing else.</summary>
    public static long Parse(string file, string key, string where) =>
        long.TryParse(key, NumberStyles.None, CultureInfo.InvariantCulture, out long position)
            ? position
            : throw JsonErrors.Invalid(file, $"whole numbers as positions in {where}", $"'{Pickles.PickleErrors.Clean(key)}'");

    /// <summary>The document of a FAISS id; null where there is none.</summary>
    public int? Find(long position)
    {
        int at = Array.BinarySearch(positions, position);
        return at < 0 || documents[at] < 0 ? null : documents[at];
    }

    /// <summary>The place of a FAISS id among all, from 1; 0 where it is not there.</summary>
    public long EntryOf(long position)
    {
        int at = Array.BinarySearch(positions, position);
        return at < 0 ? 0 : at + 1;
    }
}
