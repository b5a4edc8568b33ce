namespace VectorMigration.SideFiles.Pickles;

/// <content>Classes, objects, and what is refused.</content>
internal sealed partial class PickleReader
{
    private bool stopped;

    private bool RunObject(PickleOpcode opcode)
    {
        switch (opcode)
        {
            case PickleOpcode.Proto: ReadProtocol(); break;
            case PickleOpcode.Frame: input.Announced(input.ReadUInt64()); break;
            case PickleOpcode.Global: Push(Named(input.ReadLine(PickleLimits.MostNameLine), input.ReadLine(PickleLimits.MostNameLine))); break;
            case PickleOpcode.StackGlobal: StackGlobal(); break;
            case PickleOpcode.Reduce: Reduce(); break;
            case PickleOpcode.NewObj: NewObject(); break;
            case PickleOpcode.NewObjEx: NewObjectEx(); break;
            case PickleOpcode.Inst: Instance(); break;
            case PickleOpcode.Obj: InstanceOfStack(); break;
            case PickleOpcode.Build: Build(); break;
            case PickleOpcode.PersId or PickleOpcode.BinPersId:
                throw PickleErrors.Opcode(input, "a persistent id, which refers to an object outside the file");
            case PickleOpcode.Ext1 or PickleOpcode.Ext2 or PickleOpcode.Ext4:
                throw PickleErrors.Opcode(input, "an extension code, which refers to a class that only the writing program knows");
            case PickleOpcode.NextBuffer or PickleOpcode.ReadOnlyBuffer:
                throw PickleErrors.Opcode(input, "a buffer outside the file");
            default: return false;
        }

        return true;
    }

    private void ReadProtocol()
    {
        protocol = input.ReadByte();
        if (protocol > HighestProtocol)
        {
            throw PickleErrors.Opcode(input, $"protocol {protocol}, expected 0 to {HighestProtocol}");
        }
    }

    private void StackGlobal()
    {
        PickleValue name = Pop();
        PickleValue module = Pop();
        Push(module is PickleText m && name is PickleText n
            ? Named(m.Utf8, n.Utf8)
            : throw PickleErrors.Invalid(input, $"module and name of a class are {module.Kind} and {name.Kind}, expected strings"));
    }

    private PickleClass Named(byte[] moduleName, byte[] className)
    {
        string module = Shortened(moduleName);
        string name = Shortened(className);
        string fullName = PickleErrors.Clean($"{module}.{name}");
        if (PickleClasses.IsAttack(module, name))
        {
            throw PickleErrors.Attack(input, fullName);
        }

        PickleClass type = new(fullName, PickleClasses.Find(module, name), input.OpcodeOffset);
        if (type.Form == PickleClassKind.Other && inert.Count < MostInertNames && !inert.Contains(fullName))
        {
            inert.Add(fullName);
        }

        stopped = OnClass?.Invoke(type) == false;
        return type;
    }

    private static string Shortened(byte[] name) =>
        System.Text.Encoding.UTF8.GetString(name.AsSpan(0, Math.Min(name.Length, PickleLimits.MostName)));

    private void Reduce()
    {
        PickleValue arguments = Pop();
        Call(Pop(), arguments);
    }

    private void NewObject() => Reduce();

    private void NewObjectEx()
    {
        PickleValue named = Pop();
        PickleValue arguments = Pop();
        PickleValue type = Pop();
        if (named is PickleDict { Count: 0 })
        {
            Call(type, arguments);
            return;
        }

        Push(Inert(type));
    }

    private void Instance()
    {
        PickleClass type = Named(input.ReadLine(PickleLimits.MostNameLine), input.ReadLine(PickleLimits.MostNameLine));
        Call(type, MakeTuple(TakeFromMark()));
    }

    private void InstanceOfStack()
    {
        PickleValue[] taken = TakeFromMark();
        if (taken.Length == 0)
        {
            throw Underflow();
        }

        Call(taken[0], MakeTuple(taken[1..]));
    }

    /// <summary>What a call of a class or function leaves: a value or record for those that are known, an inert token otherwise. Nothing is called.</summary>
    private void Call(PickleValue callable, PickleValue arguments)
    {
        if (arguments is not PickleTuple tuple)
        {
            throw PickleErrors.Invalid(input, $"the arguments of an object are {arguments.Kind}, expected a tuple");
        }

        Push(callable is PickleClass type ? Fit(maker.Make(type, tuple)) : Inert(callable));
    }

    private PickleToken Inert(PickleValue callable) => callable switch
    {
        PickleClass type => new PickleToken(type.FullName, input.OpcodeOffset),
        PickleToken token => new PickleToken(token.FullName, input.OpcodeOffset, token.Reason),
        _ => throw PickleErrors.Invalid(input, $"it creates an object of {callable.Kind}, expected a class"),
    };

    private void Build()
    {
        PickleValue state = Pop();
        switch (Peek())
        {
            case PickleRecord { State: null } record:
                record.Build(state);
                Fit(record);
                break;
            case PickleNumpyType type:
                type.Complete(state);
                break;
            case PickleArray array:
                array.Complete(state);
                break;
            case PickleToken or PickleContainer or PickleScalar or PickleClass:
                // Attributes of a dictionary or the state of what is inert: not kept.
                break;
            case PickleValue other:
                throw PickleErrors.Invalid(input, $"it sets the state of {other.Kind}{(other is PickleRecord ? ", which has one" : string.Empty)}");
        }
    }
}
