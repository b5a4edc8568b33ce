using System.Buffers;
using System.Globalization;
using System.Text;
using VectorMigration.SideFiles.Pickles;

namespace VectorMigration.Fuzzing.Pickles;

/// <summary>
/// Writes values as pickles of any protocol, opcode by opcode as CPython's pickler does: memo, batches, frames, and the older ways of writing what
/// a protocol has no opcode for.
/// </summary>
internal sealed partial class PickleWriter
{
    private const int Batch = 1_000;

    private readonly int protocol;
    private readonly ArrayBufferWriter<byte> body = new();
    private readonly Dictionary<PickleValue, int> memo = new(ReferenceEqualityComparer.Instance);

    private PickleWriter(int protocol) => this.protocol = protocol;

    /// <summary>A pickle of a value.</summary>
    public static byte[] Write(PickleValue value, int protocol)
    {
        PickleWriter writer = new(protocol);
        writer.Add(value);
        writer.Op(PickleOpcode.Stop);
        byte[] body = writer.body.WrittenSpan.ToArray();
        return protocol switch
        {
            < 2 => body,
            < 4 => [(byte)PickleOpcode.Proto, (byte)protocol, .. body],
            _ => [(byte)PickleOpcode.Proto, (byte)protocol, (byte)PickleOpcode.Frame, .. BitConverter.GetBytes((ulong)body.Length), .. body],
        };
    }

    private void Add(PickleValue value)
    {
        if (memo.TryGetValue(value, out int index))
        {
            Get(index);
            return;
        }

        switch (value)
        {
            case PickleNone: Op(PickleOpcode.None); break;
            case PickleBool truth: AddBool(truth.Value); break;
            case PickleInteger number: AddInteger(number.Value); break;
            case PickleBigInteger number: AddLong(number.Value); break;
            case PickleFloat number: AddFloat(number.Value); break;
            case PickleText text: AddText(text); break;
            case PickleBytes bytes: AddBytes(bytes); break;
            case PickleTuple tuple: AddTuple(tuple); break;
            case PickleList list: AddList(list); break;
            case PickleDict dictionary: AddDictionary(dictionary); break;
            case PickleSet set: AddSet(set); break;
            case PickleName name: AddName(name); break;
            case PickleCall call: AddCall(call); break;
            default: throw new ArgumentException($"There is no way of writing {value.Kind}.", nameof(value));
        }
    }

    private void AddTuple(PickleTuple tuple)
    {
        if (tuple.Size == 0 && protocol > 0)
        {
            Op(PickleOpcode.EmptyTuple);
            return;
        }

        bool isShort = protocol >= 2 && tuple.Size is > 0 and <= 3;
        if (!isShort)
        {
            Op(PickleOpcode.Mark);
        }

        foreach (PickleValue item in tuple.Items)
        {
            Add(item);
        }

        Op(!isShort ? PickleOpcode.Tuple : PickleOpcode.Tuple1 + (byte)(tuple.Size - 1));
        Put(tuple);
    }

    private void AddList(PickleList list)
    {
        Empty(PickleOpcode.EmptyList, PickleOpcode.List);
        Put(list);
        AddItems(list.Items, 1, PickleOpcode.Append, PickleOpcode.Appends);
    }

    private void AddDictionary(PickleDict dictionary)
    {
        Empty(PickleOpcode.EmptyDict, PickleOpcode.Dict);
        Put(dictionary);
        AddItems(dictionary.Items, 2, PickleOpcode.SetItem, PickleOpcode.SetItems);
    }

    private void AddSet(PickleSet set)
    {
        if (protocol < 4)
        {
            AddCall(new PickleCall(protocol < 3 ? "__builtin__" : "builtins", "set", new PickleTuple([new PickleList(set.Items.ToArray())])), set);
            return;
        }

        Op(PickleOpcode.EmptySet);
        Put(set);
        if (set.Size > 0)
        {
            Op(PickleOpcode.Mark);
            foreach (PickleValue item in set.Items)
            {
                Add(item);
            }

            Op(PickleOpcode.AddItems);
        }
    }

    private void AddName(PickleName name)
    {
        if (protocol < 4)
        {
            Op(PickleOpcode.Global);
            Line(name.Module);
            Line(name.Name);
        }
        else
        {
            Add(new PickleText(Encoding.UTF8.GetBytes(name.Module)));
            Add(new PickleText(Encoding.UTF8.GetBytes(name.Name)));
            Op(PickleOpcode.StackGlobal);
        }

        Put(name);
    }

    private void AddCall(PickleCall call, PickleValue? standsFor = null)
    {
        if (call.IsObject && protocol < 2)
        {
            Add(new PickleName("copy_reg", "_reconstructor"));
            Add(new PickleTuple([new PickleName(call.Module, call.Name), new PickleName("__builtin__", "object"), PickleNone.Value]));
            Op(PickleOpcode.Reduce);
        }
        else
        {
            Add(new PickleName(call.Module, call.Name));
            Add(call.Arguments);
            Op(call.IsObject ? PickleOpcode.NewObj : PickleOpcode.Reduce);
        }

        Put(standsFor ?? call);
        if (call.State is PickleValue state)
        {
            Add(state);
            Op(PickleOpcode.Build);
        }
    }

    private void AddItems(ReadOnlySpan<PickleValue> items, int width, PickleOpcode one, PickleOpcode many)
    {
        for (int i = 0; i < items.Length;)
        {
            int count = protocol == 0 ? width : Math.Min(Batch * width, items.Length - i);
            bool several = count > width;
            if (several)
            {
                Op(PickleOpcode.Mark);
            }

            foreach (PickleValue item in items.Slice(i, count))
            {
                Add(item);
            }

            Op(several ? many : one);
            i += count;
        }
    }

    private void Empty(PickleOpcode binary, PickleOpcode text)
    {
        if (protocol > 0)
        {
            Op(binary);
            return;
        }

        Op(PickleOpcode.Mark);
        Op(text);
    }

    private void Put(PickleValue value)
    {
        int index = memo.Count;
        memo.Add(value, index);
        if (protocol >= 4)
        {
            Op(PickleOpcode.Memoize);
            return;
        }

        Indexed(index, PickleOpcode.Put, PickleOpcode.BinPut, PickleOpcode.LongBinPut);
    }

    private void Get(int index) => Indexed(index, PickleOpcode.Get, PickleOpcode.BinGet, PickleOpcode.LongBinGet);

    private void Indexed(int index, PickleOpcode text, PickleOpcode small, PickleOpcode large)
    {
        if (protocol == 0)
        {
            Op(text);
            Line(index.ToString(CultureInfo.InvariantCulture));
        }
        else if (index <= byte.MaxValue)
        {
            Op(small);
            body.Write([(byte)index]);
        }
        else
        {
            Op(large);
            body.Write(BitConverter.GetBytes(index));
        }
    }

    private void Op(PickleOpcode opcode) => body.Write([(byte)opcode]);

    private void Line(string text)
    {
        body.Write(Encoding.Latin1.GetBytes(text));
        body.Write([(byte)'\n']);
    }
}
