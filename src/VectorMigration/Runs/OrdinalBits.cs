using VectorMigration.Vectors;

namespace VectorMigration.Runs;

/// <summary>Ordinals of an index, one bit a vector: ordinals that come in the order of ids are too scattered for ranges until all are known.</summary>
internal sealed class OrdinalBits(long count)
{
    private readonly ulong[] words = new ulong[(count + 63) / 64];

    /// <summary>Adds an ordinal.</summary>
    public void Add(long ordinal) => words[ordinal >> 6] |= 1UL << (int)(ordinal & 63);

    /// <summary>The ordinals as ranges.</summary>
    public OrdinalSet ToSet()
    {
        OrdinalSet set = new();
        long first = -1;
        for (long word = 0; word < words.LongLength; word++)
        {
            if (words[word] == (first < 0 ? 0UL : ulong.MaxValue))
            {
                continue;
            }

            for (int bit = 0; bit < 64; bit++)
            {
                bool isSet = (words[word] >> bit & 1) != 0;
                long ordinal = (word << 6) + bit;
                if (isSet && first < 0)
                {
                    first = ordinal;
                }
                else if (!isSet && first >= 0)
                {
                    set.Add(new OrdinalRange(first, ordinal - 1));
                    first = -1;
                }
            }
        }

        if (first >= 0)
        {
            set.Add(new OrdinalRange(first, (words.LongLength << 6) - 1));
        }

        return set;
    }
}
