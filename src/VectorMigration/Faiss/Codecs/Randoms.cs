namespace VectorMigration.Faiss.Codecs;

/// <summary>The generator SplitMix64, by which HadamardRotation draws its signs.</summary>
internal struct SplitMix64(ulong seed)
{
    private ulong state = seed;

    public ulong Next()
    {
        state += 0x9E37_79B9_7F4A_7C15;
        ulong value = state;
        value = (value ^ (value >> 30)) * 0xBF58_476D_1CE4_E5B9;
        value = (value ^ (value >> 27)) * 0x94D0_49BB_1331_11EB;
        return value ^ (value >> 31);
    }
}

/// <summary>The generator mt19937 with 32 bits a draw, by which TurboQuant draws its signs.</summary>
internal sealed class Mt19937
{
    private const int Length = 624;
    private const int Distance = 397;

    private readonly uint[] state = new uint[Length];
    private int next = Length;

    public Mt19937(uint seed)
    {
        state[0] = seed;
        for (int i = 1; i < Length; i++)
        {
            state[i] = (1812433253U * (state[i - 1] ^ (state[i - 1] >> 30))) + (uint)i;
        }
    }

    public uint Next()
    {
        if (next == Length)
        {
            Renew();
        }

        uint value = state[next++];
        value ^= value >> 11;
        value ^= (value << 7) & 0x9D2C_5680;
        value ^= (value << 15) & 0xEFC6_0000;
        return value ^ (value >> 18);
    }

    private void Renew()
    {
        for (int i = 0; i < Length; i++)
        {
            uint joined = (state[i] & 0x8000_0000) | (state[(i + 1) % Length] & 0x7FFF_FFFF);
            state[i] = state[(i + Distance) % Length] ^ (joined >> 1) ^ (joined % 2 == 0 ? 0 : 0x9908_B0DF);
        }

        next = 0;
    }
}
