namespace VectorMigration.SideFiles.Pickles;

/// <summary>What a pickle holds.</summary>
/// <param name="Root">The value.</param>
/// <param name="Protocol">The protocol it names; 0 where it names none, as protocols 0 and 1 do.</param>
/// <param name="Length">Bytes up to and with STOP.</param>
/// <param name="TrailingBytes">Bytes behind it.</param>
/// <param name="InertClasses">Names of classes and functions that mean nothing here, the first hundred, in order of their appearance.</param>
internal sealed record PickleContent(PickleValue Root, int Protocol, long Length, long TrailingBytes, IReadOnlyList<string> InertClasses);

/// <summary>
/// Reads pickles of protocols 0 to 5 as data. It is a machine with a stack, as Python's is, but one whose every opcode makes a plain value: names of
/// classes are looked up in a closed list, objects become records or inert tokens, and nothing is ever loaded or called. It does not recurse.
/// </summary>
internal sealed partial class PickleReader
{
    private const int MostInertNames = 100;
    private const int HighestProtocol = 5;

    /// <summary>Bytes of the longest text in front of the first class of a store.</summary>
    private const int GlimpsedText = 64 << 10;

    private readonly PickleInput input;
    private readonly PickleLimits limits;
    private readonly List<PickleValue> stack = [];
    private readonly List<int> marks = [];
    private readonly PickleMemo memo = new();
    private readonly List<string> inert = [];
    private readonly PickleMaker maker;
    private long values;
    private int protocol;

    private PickleReader(PickleInput input, PickleLimits limits)
    {
        this.input = input;
        this.limits = limits;
        maker = new PickleMaker(input, limits);
    }

    /// <summary>Told of every class that is named; false ends the reading.</summary>
    private Func<PickleClass, bool>? OnClass { get; init; }

    /// <summary>Reads a pickle.</summary>
    /// <param name="stream">A stream that stands at its beginning.</param>
    /// <param name="length">How many bytes the stream has from there on.</param>
    /// <param name="name">Path or name, for errors.</param>
    /// <param name="limits">Limits.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <exception cref="MigrationException">It is damaged, cut short, passes a limit or is refused.</exception>
    public static PickleContent Read(Stream stream, long length, string name, PickleLimits limits, CancellationToken cancellationToken)
    {
        PickleInput input = new(stream, length, name, cancellationToken);
        PickleReader reader = new(input, limits);
        PickleValue root = reader.Run(long.MaxValue)!;
        return new PickleContent(root, reader.protocol, input.Position, input.Remaining, reader.inert);
    }

    /// <summary>
    /// Looks at the beginning of what may be a pickle: the kinds of the classes that its first opcodes name, until <paramref name="enough"/> says so.
    /// Long runs of bytes are passed over where the stream can be positioned. Null for what is no pickle.
    /// </summary>
    public static IReadOnlyList<PickleClassKind>? Glimpse(
        Stream stream, long length, int opcodes, Func<PickleClassKind, bool> enough, CancellationToken cancellationToken)
    {
        List<PickleClassKind> met = [];
        PickleInput input = new(stream, length, "the file", cancellationToken);
        PickleReader reader = new(input, new PickleLimits { Text = GlimpsedText })
        {
            OnClass = type =>
            {
                met.Add(type.Form);
                return !enough(type.Form);
            },
        };
        try
        {
            reader.Run(opcodes);
        }
        catch (MigrationException error) when (error.ErrorId != ErrorIds.PayloadFileUnreadable)
        {
            return met.Count > 0 ? met : null;
        }

        return met;
    }

    /// <summary>Runs opcodes up to STOP; null where it ended before.</summary>
    private PickleValue? Run(long opcodes)
    {
        for (long done = 0; done < opcodes; done++)
        {
            PickleOpcode opcode = input.ReadOpcode();
            if (opcode == PickleOpcode.Stop)
            {
                return Pop();
            }

            if (!RunScalar(opcode) && !RunContainer(opcode) && !RunObject(opcode))
            {
                throw PickleErrors.NotAPickle(input, (byte)opcode);
            }

            if (stopped)
            {
                return null;
            }
        }

        return null;
    }

    private bool RunContainer(PickleOpcode opcode)
    {
        switch (opcode)
        {
            case PickleOpcode.Memoize: Remember(memo.Count); break;
            case PickleOpcode.BinGet: Recall(input.ReadByte()); break;
            case PickleOpcode.LongBinGet: Recall(input.ReadUInt32()); break;
            case PickleOpcode.Get: Recall(TextIndex()); break;
            case PickleOpcode.BinPut: Remember(input.ReadByte()); break;
            case PickleOpcode.LongBinPut: Remember(input.ReadUInt32()); break;
            case PickleOpcode.Put: Remember(TextIndex()); break;
            case PickleOpcode.Mark: marks.Add(stack.Count); break;
            case PickleOpcode.Pop: Discard(); break;
            case PickleOpcode.PopMark: TakeFromMark(); break;
            case PickleOpcode.Dup: Push(Peek()); break;
            case PickleOpcode.EmptyTuple: Push(PickleTuple.Empty); break;
            case PickleOpcode.Tuple1: Push(Fit(new PickleTuple(TakeLast(1)))); break;
            case PickleOpcode.Tuple2: Push(Fit(new PickleTuple(TakeLast(2)))); break;
            case PickleOpcode.Tuple3: Push(Fit(new PickleTuple(TakeLast(3)))); break;
            case PickleOpcode.Tuple: Push(MakeTuple(TakeFromMark())); break;
            case PickleOpcode.EmptyList: Push(new PickleList()); break;
            case PickleOpcode.List: Push(Fit(new PickleList(TakeFromMark()))); break;
            case PickleOpcode.Append: AddToBelow(TakeLast(1), Below.List); break;
            case PickleOpcode.Appends: AddToBelow(TakeFromMark(), Below.List); break;
            case PickleOpcode.EmptyDict: Push(new PickleDict()); break;
            case PickleOpcode.Dict: Push(Fit(new PickleDict(Even(TakeFromMark())))); break;
            case PickleOpcode.SetItem: AddToBelow(TakeLast(2), Below.Dict); break;
            case PickleOpcode.SetItems: AddToBelow(Even(TakeFromMark()), Below.Dict); break;
            case PickleOpcode.EmptySet: Push(new PickleSet()); break;
            case PickleOpcode.AddItems: AddToBelow(TakeFromMark(), Below.Set); break;
            case PickleOpcode.FrozenSet: Push(Fit(new PickleSet(TakeFromMark()))); break;
            default: return false;
        }

        return true;
    }

    private enum Below
    {
        List,
        Dict,
        Set,
    }

    private static PickleTuple MakeTuple(PickleValue[] items) => items.Length == 0 ? PickleTuple.Empty : new PickleTuple(items);

    /// <summary>Adds to the container on top of the stack; what is added to an inert object is dropped.</summary>
    private void AddToBelow(PickleValue[] added, Below expected)
    {
        PickleValue below = Peek();
        if (below is PickleToken)
        {
            return;
        }

        bool fits = expected switch
        {
            Below.List => below is PickleList,
            Below.Dict => below is PickleDict,
            _ => below is PickleSet,
        };
        if (!fits || below is not PickleContainer { IsView: false } container)
        {
            throw PickleErrors.Invalid(input, $"it adds to {below.Kind}");
        }

        if (container.Size > Array.MaxLength - added.Length)
        {
            throw PickleErrors.TooLarge(input, $"more than {Array.MaxLength} values in one container");
        }

        container.Add(added);
        Fit(container);
    }

    private PickleValue[] Even(PickleValue[] items) =>
        items.Length % 2 == 0 ? items : throw PickleErrors.Invalid(input, $"{items.Length} keys and values, expected as many keys as values");

    private T Fit<T>(T value)
        where T : PickleValue =>
        value.Depth <= limits.Depth ? value : throw PickleErrors.TooLarge(input, $"containers nested deeper than {limits.Depth}");

    private void Push(PickleValue value)
    {
        if (++values > limits.Values)
        {
            throw PickleErrors.TooLarge(input, $"more than {limits.Values} values");
        }

        stack.Add(value);
    }

    private int Floor => marks.Count > 0 ? marks[^1] : 0;

    private PickleValue Peek() => stack.Count > Floor ? stack[^1] : throw Underflow();

    private PickleValue Pop()
    {
        PickleValue value = Peek();
        stack.RemoveAt(stack.Count - 1);
        return value;
    }

    private void Discard()
    {
        if (marks.Count > 0 && marks[^1] == stack.Count)
        {
            marks.RemoveAt(marks.Count - 1);
            return;
        }

        Pop();
    }

    private PickleValue[] TakeLast(int count)
    {
        if (stack.Count - count < Floor)
        {
            throw Underflow();
        }

        PickleValue[] taken = new PickleValue[count];
        stack.CopyTo(stack.Count - count, taken, 0, count);
        stack.RemoveRange(stack.Count - count, count);
        return taken;
    }

    private PickleValue[] TakeFromMark()
    {
        if (marks.Count == 0)
        {
            throw PickleErrors.Invalid(input, "there is no MARK before it");
        }

        int count = stack.Count - marks[^1];
        marks.RemoveAt(marks.Count - 1);
        PickleValue[] taken = new PickleValue[count];
        stack.CopyTo(stack.Count - count, taken, 0, count);
        stack.RemoveRange(stack.Count - count, count);
        return taken;
    }

    private void Remember(long index)
    {
        if (memo.Count >= limits.Memo)
        {
            throw PickleErrors.TooLarge(input, $"more than {limits.Memo} entries of the memo");
        }

        memo.Put(index, Peek());
    }

    private void Recall(long index) =>
        Push(memo.Get(index) ?? throw PickleErrors.Invalid(input, $"the memo has no entry {index}"));

    private MigrationException Underflow() => PickleErrors.Invalid(input, "the stack holds too few values");
}
