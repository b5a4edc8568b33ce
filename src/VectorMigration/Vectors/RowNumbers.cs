using System.Text.RegularExpressions;

namespace VectorMigration.Vectors;

/// <summary>
/// A field that holds a whole number in every row, none of them twice: the number could be that of the row's vector. Numbers are compared by sums of
/// hashes, so that any number of rows takes no memory.
/// </summary>
/// <param name="Field">Its path in the row, with dots.</param>
/// <param name="Rows">Rows.</param>
/// <param name="Least">The least number.</param>
/// <param name="Greatest">The greatest number.</param>
/// <param name="IsAscending">Each number is greater than that of the row before.</param>
/// <param name="Numbers">Sum of <see cref="Hash(long)"/> over all numbers: the same for the same numbers in any order.</param>
/// <param name="Order">Sum of <see cref="Hash(long, long)"/> over all rows: the same only where each row has the same number.</param>
public sealed partial record RowNumbers(string Field, long Rows, long Least, long Greatest, bool IsAscending, ulong Numbers, ulong Order)
{
    /// <summary>Rows of a table from which some were deleted still have numbers that lie about this close.</summary>
    private const long MostSpread = 16;

    /// <summary>Of how many rows one may be missing among the numbers of the rows.</summary>
    private const long Tolerance = 10;

    private static readonly HashSet<string> IdNames = new(StringComparer.OrdinalIgnoreCase)
    {
        "id", "index", "idx", "row", "rowid", "position", "pos", "ordinal", "nr", "no", "num", "number", "key", "pk",
    };

    private static readonly string[] VectorNames = ["faiss", "vector", "vec", "embedding", "emb"];

    /// <summary>The rows are nothing but these numbers: a list, whose ids need be in no order.</summary>
    public bool IsList { get; init; }

    /// <summary>Some of the numbers, with their rows; null where none were kept.</summary>
    public RowNumberSample? Sample { get; init; }

    /// <summary>Every row has a number, and no number was found twice; false where a few have none, or another row's.</summary>
    public bool IsComplete { get; init; } = true;

    /// <summary>The field holds texts with several numbers each: they have an order, and no values.</summary>
    public bool IsText { get; init; }

    /// <summary>The texts number the parts of several documents, as chunk-3-7.txt does, and the parts of a document are not in that order.</summary>
    public bool ArePartsShuffled { get; init; }

    /// <summary>The numbers stand in texts with other letters, as in doc_12.txt.</summary>
    public bool HasLetters { get; init; }

    /// <summary>The field could be a key: it lies at the top of the row, where a key is looked for, and holds numbers and nothing else.</summary>
    public bool IsKey => !IsList && !HasLetters && !IsText && !Field.Contains('.', StringComparison.Ordinal);

    /// <summary>The numbers are as many as lie between the least and the greatest: they number the rows.</summary>
    public bool IsContiguous => IsComplete && !IsText && Spread == (ulong)Rows && Numbers == SumOf(Least, Greatest);

    /// <summary>The rows are numbered from 0 or 1 on, or by close numbers in a field with the name of an id, and in another order than the one they stand
    /// in.</summary>
    public bool IsOutOfOrder => !IsList && !IsAscending && (IsCounted || (NamesId && (IsText || Spread <= (ulong)Rows * MostSpread)));

    /// <summary>The same, or a field with the name of an id whose numbers are not ascending, however far apart they lie, or close numbers in the names of
    /// documents, such as doc_12.txt, or of their parts, such as chunk-3-7.txt.</summary>
    public bool IsUnordered => !IsList && !IsAscending
        && (IsCounted || NamesId || ArePartsShuffled || (HasLetters && !IsText && Spread <= (ulong)Rows * MostSpread));

    /// <summary>Ids of rows in their order, a few of which are missing, as after rows were deleted from a table.</summary>
    public bool HasFewGaps => NamesId && !IsList && !IsText && IsComplete && IsAscending && Least >= 0
        && Spread > (ulong)Rows && Spread <= (ulong)(Rows + (Rows / Tolerance) + 1);

    /// <summary>The field has the name of an id, or of a row's number.</summary>
    public bool NamesId
    {
        get
        {
            string[] words = Words;
            return IdNames.Contains(string.Concat(words)) || (words.Length > 1 && IdNames.Contains(words[^1]));
        }
    }

    /// <summary>The field has the name of the id or the position of a vector: whatever other ids a row has, this one says where its vector is.</summary>
    public bool NamesVector => NamesId && Array.Exists(Words, static word => VectorNames.Contains(word, StringComparer.OrdinalIgnoreCase));

    /// <summary>Numbered from 0 or 1 on, or nearly: nearly all rows have a number of their own, and none is far beyond their number.</summary>
    private bool IsCounted => !IsText && Least >= 0 && Greatest <= Rows + (Rows / Tolerance);

    /// <summary>The numbers are the row numbers from 0 or 1 on, one after the other.</summary>
    public bool IsCountedInOrder => IsAscending && IsContiguous && Least is 0 or 1;

    /// <summary>The words of the field's name: chunk_id, chunk-id and chunkId are two.</summary>
    private string[] Words
    {
        get
        {
            string name = Field[(Field.LastIndexOf('.') + 1)..];
            return [.. WordPattern().Matches(name).Select(static match => match.Value)];
        }
    }

    [GeneratedRegex("[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+|[^A-Za-z0-9_. -]+")]
    private static partial Regex WordPattern();

    private ulong Spread => unchecked((ulong)Greatest - (ulong)Least + 1);

    /// <summary>Hash of a number, whose sums tell sets apart.</summary>
    public static ulong Hash(long number)
    {
        // The finalizer of SplitMix64.
        ulong mixed = unchecked((ulong)number + 0x9E3779B97F4A7C15);
        mixed = unchecked((mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9);
        mixed = unchecked((mixed ^ (mixed >> 27)) * 0x94D049BB133111EB);
        return mixed ^ (mixed >> 31);
    }

    /// <summary>Hash of a number in its row.</summary>
    public static ulong Hash(long row, long number) => Hash(unchecked((long)(Hash(row) ^ (ulong)number)));

    private static ulong SumOf(long least, long greatest)
    {
        ulong sum = 0;
        for (long number = least; number <= greatest; number++)
        {
            unchecked
            {
                sum += Hash(number);
            }
        }

        return sum;
    }
}
