using System.Buffers.Binary;
using System.Text;
using VectorMigration.SideFiles.Pickles;

namespace VectorMigration.Fuzzing.Pickles;

/// <summary>Makes damaged pickles of sound ones: case n of a seed is the same on every machine.</summary>
internal sealed class PickleMutator(IReadOnlyList<byte[]> seeds, ulong seed)
{
    private const int MostRepeats = 2_000;
    private const int MostLength = 1 << 20;

    private static readonly byte[] Opcodes = [.. Enum.GetValues<PickleOpcode>().Select(opcode => (byte)opcode)];

    private static readonly ulong[] Telling = [0, 1, 0xFF, 0xFFFF, 1UL << 31, uint.MaxValue, 1UL << 40, long.MaxValue, ulong.MaxValue];

    private static readonly string[] Modules =
        ["os", "builtins", "langchain.schema", "datetime", "numpy", "collections", "_codecs", "copyreg", "uuid", "pathlib", "acme", "decimal"];

    private static readonly string[] Names =
        ["system", "getattr", "Document", "datetime", "dtype", "OrderedDict", "encode", "_reconstructor", "UUID", "PosixPath", "Gadget", "Decimal"];

    /// <summary>A case.</summary>
    public (PickleMutation Mutation, byte[] Bytes) Make(long number)
    {
        Dice dice = new(seed, number);
        PickleMutation mutation = (PickleMutation)(number % Enum.GetValues<PickleMutation>().Length);
        byte[] bytes = dice.Of(seeds);
        if (mutation != PickleMutation.Several)
        {
            return (mutation, Damage(mutation, bytes, ref dice));
        }

        for (int turns = 2 + dice.Next(4); turns > 0; turns--)
        {
            bytes = Damage((PickleMutation)dice.Next((int)PickleMutation.Nonsense), bytes, ref dice);
        }

        return (mutation, bytes);
    }

    private byte[] Damage(PickleMutation mutation, byte[] sound, ref Dice dice)
    {
        byte[] bytes = [.. sound.Length == 0 ? [0] : sound];
        int at = dice.Next(bytes.Length);
        switch (mutation)
        {
            case PickleMutation.BitFlips:
                for (int turns = 1 + dice.Next(8); turns > 0; turns--)
                {
                    bytes[dice.Next(bytes.Length)] ^= (byte)(1 << dice.Next(8));
                }

                return bytes;
            case PickleMutation.Bytes:
                for (int i = at; i < Math.Min(bytes.Length, at + 1 + dice.Next(16)); i++)
                {
                    bytes[i] = (byte)dice.Bits();
                }

                return bytes;
            case PickleMutation.Opcodes:
                bytes[at] = dice.Of(Opcodes);
                return bytes;
            case PickleMutation.Lengths:
                byte[] telling = new byte[sizeof(ulong)];
                BinaryPrimitives.WriteUInt64LittleEndian(telling, dice.Of(Telling));
                telling.AsSpan(0, Math.Min(1 << dice.Next(4), bytes.Length - at)).CopyTo(bytes.AsSpan(at));
                return bytes;
            case PickleMutation.Cuts:
                return bytes[..at];
            case PickleMutation.Splices:
                byte[] other = dice.Of(seeds);
                return Limited([.. bytes[..at], .. other[dice.Next(other.Length)..]]);
            case PickleMutation.Shifts:
                byte[] added = BitConverter.GetBytes(dice.Bits())[..dice.Next(9)];
                return Limited([.. bytes[..at], .. added, .. bytes[Math.Min(bytes.Length, at + dice.Next(9))..]]);
            case PickleMutation.Repeats:
                byte[] part = bytes[at..Math.Min(bytes.Length, at + 1 + dice.Next(40))];
                return Limited([.. bytes[..at], .. Enumerable.Repeat(part, 1 + dice.Next(MostRepeats)).SelectMany(one => one), .. bytes[at..]]);
            case PickleMutation.Names:
                return Limited([.. bytes[..at], .. Named(ref dice), .. bytes[at..]]);
            case PickleMutation.Programs:
                return new PickleProgram(dice).Write();
            default:
                return Nonsense(ref dice);
        }
    }

    /// <summary>A call of a class by its name, of sound form, where no such thing belongs.</summary>
    private static byte[] Named(ref Dice dice)
    {
        string module = dice.Of(Modules);
        string name = dice.Of(Names);
        return dice.OneIn(2)
            ? Encoding.ASCII.GetBytes($"c{module}\n{name}\n)R")
            : [(byte)PickleOpcode.ShortBinUnicode, (byte)module.Length, .. Encoding.ASCII.GetBytes(module),
                (byte)PickleOpcode.ShortBinUnicode, (byte)name.Length, .. Encoding.ASCII.GetBytes(name), (byte)PickleOpcode.StackGlobal];
    }

    private static byte[] Nonsense(ref Dice dice)
    {
        byte[] bytes = new byte[1 + dice.Next(600)];
        for (int i = 0; i < bytes.Length; i++)
        {
            bytes[i] = dice.OneIn(3) ? (byte)dice.Next(4) : dice.Of(Opcodes);
        }

        bytes[^1] = (byte)PickleOpcode.Stop;
        return bytes;
    }

    private static byte[] Limited(byte[] bytes) => bytes.Length <= MostLength ? bytes : bytes[..MostLength];
}
