namespace VectorMigration.Faiss.Codecs;

/// <summary>Bits as signs: 0 is −1 and 1 is 1, the least significant first, eight at a time from a table.</summary>
internal static class SignTable
{
    private const int BitsOfByte = 8;

    private static readonly float[] Table = Fill();

    /// <summary>Writes as many signs as there is room for.</summary>
    public static void Expand(ReadOnlySpan<byte> bits, Span<float> signs)
    {
        int whole = signs.Length / BitsOfByte;
        for (int i = 0; i < whole; i++)
        {
            Table.AsSpan(bits[i] * BitsOfByte, BitsOfByte).CopyTo(signs.Slice(i * BitsOfByte, BitsOfByte));
        }

        int rest = signs.Length - (whole * BitsOfByte);
        if (rest > 0)
        {
            Table.AsSpan(bits[whole] * BitsOfByte, rest).CopyTo(signs[(whole * BitsOfByte)..]);
        }
    }

    private static float[] Fill()
    {
        float[] table = new float[(byte.MaxValue + 1) * BitsOfByte];
        for (int i = 0; i < table.Length; i++)
        {
            table[i] = ((i / BitsOfByte >> (i % BitsOfByte)) & 1) == 0 ? -1f : 1f;
        }

        return table;
    }
}
