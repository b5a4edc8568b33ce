using System.Buffers.Text;

namespace VectorMigration.SideFiles;

/// <summary>
/// The last number in each of many texts, where it numbers the parts of a document that the text before it names: chunk-3-7.txt, intro#2. Documents may
/// come in any order, and their parts among each other, but the parts of one document were added one after the other.
/// </summary>
internal sealed class RowPartOrder
{
    /// <summary>Documents that are followed. Of more, a sample by their hashes is: each with all of its parts.</summary>
    private const int MostDocuments = 1 << 12;

    /// <summary>Documents have this many parts on average; texts whose beginnings are all different number nothing.</summary>
    private const int LeastParts = 2;

    /// <summary>Parts that are held to find a repeated one.</summary>
    private const int MostHeld = 1 << 12;

    /// <summary>Parts of which one may have the number of another, beside a few.</summary>
    private const int PartsByRepeated = 8;

    /// <summary>Rows after which documents of one part each are no documents.</summary>
    private const int Trial = 1 << 14;

    private readonly Dictionary<ulong, Document> documents = [];
    private readonly HashSet<ulong> held = [];
    private ulong mask;
    private long parts;
    private long repeated;

    /// <summary>Rows whose text has a number.</summary>
    public long Count { get; private set; }

    /// <summary>The numbers are known not to be those of parts: too many repeat, or nearly each text has a document of its own.</summary>
    public bool IsOut => repeated > 2 + (Count / PartsByRepeated) || (Count > Trial && IsOfSingles);

    private bool IsOfSingles => parts < (long)documents.Count * LeastParts;

    /// <summary>Takes a text; false where it has no number.</summary>
    public bool Add(ReadOnlySpan<byte> text)
    {
        bool found = TryPart(text, out ulong document, out int part);
        if (found)
        {
            Add(document, part);
        }

        return found;
    }

    /// <summary>Takes a part of a document.</summary>
    /// <param name="document">A hash that stands for the document.</param>
    /// <param name="part">Number of the part, 0 or more.</param>
    public void Add(ulong document, int part)
    {
        Count++;
        if ((document & mask) != 0)
        {
            return;
        }

        if (held.Count < MostHeld && !held.Add(RowNumbers.Hash((long)document, part)))
        {
            repeated++;
        }

        if (!documents.TryGetValue(document, out Document? own))
        {
            documents.Add(document, own = new Document(part));
        }

        own.Add(part);
        parts++;
        while (documents.Count > MostDocuments)
        {
            mask = (mask << 1) | 1;
            foreach (ulong left in documents.Keys.Where(key => (key & mask) != 0).ToArray())
            {
                parts -= documents[left].Parts;
                documents.Remove(left);
            }
        }
    }

    /// <summary>Hash of what stands before and behind the number of a part.</summary>
    public static ulong Hash(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second)
    {
        // FNV-1a, mixed once more, since the low bits choose the sample.
        ulong hash = 0xCBF29CE484222325;
        unchecked
        {
            foreach (byte letter in first)
            {
                hash = (hash ^ letter) * 0x100000001B3;
            }

            hash = (hash ^ 0xFF) * 0x100000001B3;
            foreach (byte letter in second)
            {
                hash = (hash ^ letter) * 0x100000001B3;
            }
        }

        return RowNumbers.Hash((long)hash);
    }

    /// <summary>Whether the texts number the parts of several documents, each from 0 or 1 on without a gap, and not in that order.</summary>
    public bool IsShuffled()
    {
        if (documents.Count < 2 || IsOut || IsOfSingles)
        {
            return false;
        }

        Document[] whole = [.. documents.Values.Where(static document => document.IsWhole)];
        return whole.Length * 10L >= documents.Count * 9L && Array.Exists(whole, static document => !document.IsAscending);
    }

    /// <summary>The text around its last number, as a hash, and that number.</summary>
    private static bool TryPart(ReadOnlySpan<byte> text, out ulong document, out int part)
    {
        (document, part) = (0, 0);
        int end = text.LastIndexOfAnyInRange((byte)'0', (byte)'9') + 1;
        int begin = end;
        while (begin > 0 && text[begin - 1] is >= (byte)'0' and <= (byte)'9')
        {
            begin--;
        }

        if (begin == end || !Utf8Parser.TryParse(text[begin..end], out part, out int used) || used != end - begin)
        {
            return false;
        }

        document = Hash(text[..begin], text[end..]);
        return true;
    }

    /// <summary>The parts of one document that came so far.</summary>
    private sealed class Document(int first)
    {
        private int least = first;
        private int greatest = first;
        private int previous = -1;
        private ulong numbers;

        public bool IsAscending { get; private set; } = true;

        public long Parts { get; private set; }

        /// <summary>Numbered from 0 or 1 on, each number once.</summary>
        public bool IsWhole
        {
            get
            {
                if (least > 1 || greatest - least + 1L != Parts)
                {
                    return false;
                }

                ulong expected = 0;
                for (int number = least; number <= greatest; number++)
                {
                    unchecked
                    {
                        expected += RowNumbers.Hash(number);
                    }
                }

                return expected == numbers;
            }
        }

        public void Add(int part)
        {
            IsAscending &= part > previous;
            previous = part;
            least = Math.Min(least, part);
            greatest = Math.Max(greatest, part);
            Parts++;
            unchecked
            {
                numbers += RowNumbers.Hash(part);
            }
        }
    }
}
