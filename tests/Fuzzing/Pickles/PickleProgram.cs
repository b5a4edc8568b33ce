using System.Text;
using VectorMigration.SideFiles.Pickles;

namespace VectorMigration.Fuzzing.Pickles;

/// <summary>
/// A pickle of random opcodes that fit what is on the stack. Most of it is carried out by a reader, unlike damage to sound pickles: values that hold
/// each other and themselves, states of everything, calls of every class that is known with arguments that do not suit it.
/// </summary>
internal sealed class PickleProgram(Dice dice)
{
    private const int MostOpcodes = 1_500;
    private const int MostMemo = 200;

    private static readonly string[] Classes =
    [
        "langchain.schema\nDocument", "langchain.docstore.in_memory\nInMemoryDocstore", "langchain.vectorstores.faiss\nFAISS", "faiss.swigfaiss\nIndexFlat",
        "uuid\nUUID", "pathlib\nPosixPath", "pathlib\nWindowsPath", "datetime\ndatetime", "datetime\ndate", "datetime\ntime", "datetime\ntimedelta",
        "datetime\ntimezone", "zoneinfo\nZoneInfo", "pytz\n_UTC", "pytz\n_p", "decimal\nDecimal", "collections\nOrderedDict", "collections\ndefaultdict",
        "collections\nCounter", "builtins\nset", "builtins\nbytes", "builtins\nobject", "builtins\ngetattr", "_codecs\nencode", "copyreg\n_reconstructor",
        "copyreg\n__newobj__", "copyreg\n__newobj_ex__", "numpy\ndtype", "numpy\nndarray", "numpy.core.multiarray\nscalar",
        "numpy.core.multiarray\n_reconstruct", "numpy._core.numeric\n_frombuffer", "acme\nGadget",
    ];

    private static readonly string[] Texts =
    [
        "", "a", "latin1", "f8", "U1", "O8", "<", ">", "C", "F", "int", "_dict", "__dict__", "page_content", "metadata", "this", "1.5", "Europe/Berlin", "/",
        "_unpickle",
    ];

    private readonly List<byte> pickle = [];
    private readonly List<char> stack = [];
    private readonly List<char> memo = [];
    private Dice dice = dice;

    /// <summary>Writes it.</summary>
    public byte[] Write()
    {
        for (int left = 1 + dice.Next(MostOpcodes); left > 0; left--)
        {
            Step();
        }

        // Everything that is left becomes one value, which is looked at as a value or as a store.
        while (stack.Count > 1)
        {
            Op(PickleOpcode.Tuple2, 2, 'T');
        }

        if (stack.Count == 0)
        {
            Op(PickleOpcode.None, 0, 'V');
        }

        if (dice.OneIn(2))
        {
            pickle.InsertRange(0, [(byte)PickleOpcode.EmptyList]);
            pickle.Add((byte)PickleOpcode.Append);
        }

        pickle.Add((byte)PickleOpcode.Stop);
        return [.. pickle];
    }

    private void Step()
    {
        char top = stack.Count > 0 ? stack[^1] : ' ';
        char below = stack.Count > 1 ? stack[^2] : ' ';
        switch (dice.Next(12))
        {
            case 0 or 1:
                Scalar();
                break;
            case 2:
                Empty();
                break;
            case 3:
                Op(PickleOpcode.Global, 0, 'C');
                pickle.AddRange(Encoding.ASCII.GetBytes(dice.Of(Classes) + "\n"));
                break;
            case 4 when stack.Count > 0 && memo.Count < MostMemo:
                Op(PickleOpcode.Memoize, 0, ' ');
                memo.Add(top);
                break;
            case 5 or 6 when memo.Count > 0:
                int index = dice.Next(memo.Count);
                Op(PickleOpcode.BinGet, 0, memo[index]);
                pickle.Add((byte)index);
                break;
            case 7 when stack.Count >= 3:
                int count = 1 + dice.Next(3);
                Op(PickleOpcode.Tuple1 + (byte)(count - 1), count, 'T');
                break;
            case 8 when below == 'L':
                Op(PickleOpcode.Append, 1, ' ');
                break;
            case 8 or 9 when stack.Count > 2 && stack[^3] == 'D':
                Op(PickleOpcode.SetItem, 2, ' ');
                break;
            case 9 or 10 when below is 'C' && top == 'T':
                Op(dice.OneIn(2) ? PickleOpcode.Reduce : PickleOpcode.NewObj, 2, 'O');
                break;
            case 10 or 11 when below == 'O':
                Op(PickleOpcode.Build, 1, ' ');
                break;
            case 11 when stack.Count > 0:
                Op(dice.OneIn(2) ? PickleOpcode.Dup : PickleOpcode.Pop, 0, ' ');
                if (pickle[^1] == (byte)PickleOpcode.Dup)
                {
                    stack.Add(top);
                }
                else
                {
                    stack.RemoveAt(stack.Count - 1);
                }

                break;
        }
    }

    private void Scalar()
    {
        switch (dice.Next(4))
        {
            case 0:
                Op(PickleOpcode.BinInt1, 0, 'V');
                pickle.Add((byte)dice.Next(4));
                break;
            case 1:
                byte[] text = Encoding.ASCII.GetBytes(dice.Of(Texts));
                Op(PickleOpcode.ShortBinUnicode, 0, 'V');
                pickle.AddRange([(byte)text.Length, .. text]);
                break;
            case 2:
                byte[] bytes = BitConverter.GetBytes(dice.Bits())[..dice.Next(9)];
                Op(PickleOpcode.ShortBinBytes, 0, 'V');
                pickle.AddRange([(byte)bytes.Length, .. bytes]);
                break;
            default:
                Op(dice.OneIn(2) ? PickleOpcode.None : PickleOpcode.NewTrue, 0, 'V');
                break;
        }
    }

    private void Empty()
    {
        (PickleOpcode opcode, char type) = dice.Next(4) switch
        {
            0 => (PickleOpcode.EmptyList, 'L'),
            1 => (PickleOpcode.EmptyDict, 'D'),
            2 => (PickleOpcode.EmptySet, 'S'),
            _ => (PickleOpcode.EmptyTuple, 'T'),
        };
        Op(opcode, 0, type);
    }

    private void Op(PickleOpcode opcode, int taken, char pushed)
    {
        pickle.Add((byte)opcode);
        stack.RemoveRange(stack.Count - taken, taken);
        if (pushed != ' ')
        {
            stack.Add(pushed);
        }
    }
}
