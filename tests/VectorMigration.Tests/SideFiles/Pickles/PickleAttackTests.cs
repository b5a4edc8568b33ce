using System.Text;
using VectorMigration.Fuzzing.Pickles;
using VectorMigration.SideFiles.Pickles;
using VectorMigration.SideFiles.Stores;
using static VectorMigration.Fuzzing.Pickles.StorePickles;

namespace VectorMigration.Tests.SideFiles.Pickles;

/// <summary>What has been used to attack programs that load pickles: each is refused in words, at once, and with little memory.</summary>
public sealed class PickleAttackTests
{
    /// <summary>Bytes that an attack may cost beyond what the reader takes for itself.</summary>
    private const long LittleMemory = 8 << 20;

    [Theory]
    [InlineData("cos\nsystem\n(S'id'\ntR.", "os.system")]
    [InlineData("cposix\nsystem\n(S'id'\ntR.", "posix.system")]
    [InlineData("cnt\nsystem\n(S'id'\ntR.", "nt.system")]
    [InlineData("csubprocess\nPopen\n((lp0\nS'id'\natR.", "subprocess.Popen")]
    [InlineData("csubprocess\ncheck_output\n(S'id'\ntR.", "subprocess.check_output")]
    [InlineData("c__builtin__\neval\n(S'1+1'\ntR.", "__builtin__.eval")]
    [InlineData("cbuiltins\nexec\n(S'x=1'\ntR.", "builtins.exec")]
    [InlineData("cbuiltins\n__import__\n(S'os'\ntR.", "builtins.__import__")]
    [InlineData("cbuiltins\nopen\n(S'x'\ntR.", "builtins.open")]
    [InlineData("(S'id'\nios\nsystem\n.", "os.system")]
    [InlineData("(cos\nsystem\nS'id'\no.", "os.system")]
    [InlineData("\x80\x04\x8c\x02os\x8c\x06system\x93\x8c\x02id\x85R.", "os.system")]
    [InlineData("\x80\x04\x8c\x05posix\x8c\x06system\x93\x8c\x02id\x85\x81.", "posix.system")]
    [InlineData("\x80\x04\x8c\x0dimportlib.abc\x8c\x01x\x93.", "importlib.abc.x")]
    [InlineData("\x80\x04\x8c\x07pathlib\x8c\x09os.system\x93\x8c\x02id\x85R.", "pathlib.os.system")]
    [InlineData("cio\nopen\n(S'x'\ntR.", "io.open")]
    [InlineData("cmarshal\nloads\n(S'x'\ntR.", "marshal.loads")]
    [InlineData("crunpy\n_run_code\n(S'x'\ntR.", "runpy._run_code")]
    public void A_function_that_only_an_attack_names_is_refused_wherever_it_stands(string attack, string name)
    {
        AssertAttack(attack, name);

        // Where nobody looks: taken from the stack again before a sound value.
        AssertAttack(attack[..^1] + "0K\x05.", name);
    }

    [Fact]
    public void An_unknown_class_is_refused_with_its_place_where_a_document_holds_one()
    {
        foreach (PickleValue value in new PickleValue[]
        {
            Call("acme.things.Gadget", Text("x")),
            Object("acme.things.Gadget", Dict(("key", Text("secret")))),
            Name("acme.things.Gadget"),
            Call("builtins.getattr", Name("acme.things.Gadget"), Text("make")),
            Call("builtins.complex", Number(1), Number(2)),
            Call("fractions.Fraction", Text("1/3")),
            Call("functools.partial", Name("acme.things.Gadget")),
        })
        {
            for (int protocol = 0; protocol <= 5; protocol++)
            {
                byte[] pickle = PickleWriter.Write(
                    Tuple(Docstore(("a", Pydantic1Document("text", Dict(("thing", List(value)))))), Map("a")), protocol);
                LangChainStore store = LangChainStore.Read(new MemoryStream(pickle), pickle.Length, "test.pkl", default);
                MigrationException error = Should.Throw<MigrationException>(() => store.Check(LargeInteger.Fail, default));
                error.ErrorId.ShouldBe("PickleRefused");
                error.Message.ShouldContain("'metadata.thing[0]' of the document 'a' is ");
                error.Message.ShouldContain("(offset ");
                error.Message.ShouldContain("Nothing was loaded or called");
                error.Message.ShouldNotContain("secret");
            }
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void What_a_function_would_make_stands_for_no_part_of_a_store(int part)
    {
        PickleValue made = Call("builtins.getattr", Name("acme.Factory"), Text("build"));
        PickleValue root = part switch
        {
            0 => made,
            1 => Tuple(made, Map("a")),
            2 => Tuple(Docstore(("a", Pydantic1Document("text", Dict()))), made),
            3 => Tuple(Docstore(("a", made)), Map("a")),
            _ => Tuple(Object("langchain.docstore.in_memory.InMemoryDocstore", Dict(("_dict", made))), Map("a")),
        };
        byte[] pickle = PickleWriter.Write(root, 4);
        MigrationException error = Should.Throw<MigrationException>(() => LangChainStore.Read(new MemoryStream(pickle), pickle.Length, "test.pkl", default));
        error.ErrorId.ShouldBe("PickleRefused");
        error.Message.ShouldContain("builtins.getattr (offset ");
    }

    [Theory]
    [InlineData("P12\n.", "a persistent id")]
    [InlineData("K\x01Q.", "a persistent id")]
    [InlineData("\x82\x01.", "an extension code")]
    [InlineData("\x83\x01\x00.", "an extension code")]
    [InlineData("\x84\x01\x00\x00\x00.", "an extension code")]
    [InlineData("\x97.", "a buffer outside")]
    [InlineData("K\x01\x98.", "a buffer outside")]
    [InlineData("\x80\x06K\x01.", "protocol 6")]
    public void Opcodes_that_lead_out_of_the_file_are_refused(string attack, string what)
    {
        MigrationException error = Pickled.Refused(Pickled.Bytes(attack));
        error.ErrorId.ShouldBe("PickleRefused");
        error.Message.ShouldContain(what);
        error.Message.ShouldContain("at offset ");
    }

    /// <summary>Lists of two references to the list before: 2 to the power of 60 values from some hundred bytes.</summary>
    [Fact]
    public void A_billion_laughs_end_at_the_size_of_a_document()
    {
        PickleValue laughs = List(Text("ha"), Text("ha"));
        for (int i = 0; i < 60; i++)
        {
            laughs = List(laughs, laughs);
        }

        byte[] pickle = PickleWriter.Write(Tuple(Docstore(("d", Pydantic1Document("x", Dict(("laughs", laughs))))), Map("d")), 4);
        pickle.Length.ShouldBeLessThan(2_000);
        LangChainStore store = LangChainStore.Read(new MemoryStream(pickle), pickle.Length, "test.pkl", default);
        MigrationException error = Should.Throw<MigrationException>(() => store.Check(LargeInteger.Fail, default));
        error.ErrorId.ShouldBe("StoreValueRefused");
        error.Message.ShouldContain("the document 'd'");
        error.Message.ShouldContain("more than 67,108,864 bytes");
    }

    /// <summary>Many documents that share one large value: each is within the limit, all together are not.</summary>
    [Fact]
    public void Documents_that_share_what_is_large_end_at_the_size_of_the_store()
    {
        PickleValue large = Text(new string('x', 200_000));
        (string, PickleValue)[] documents = [.. Enumerable.Range(0, 4_000).Select(i => ($"d{i}", Pydantic1Document("t", Dict(("shared", large)))))];
        byte[] pickle = PickleWriter.Write(Tuple(Docstore(documents), Map([.. documents.Select(entry => entry.Item1)])), 4);
        LangChainStore store = LangChainStore.Read(new MemoryStream(pickle), pickle.Length, "test.pkl", default);
        MigrationException error = Should.Throw<MigrationException>(() => store.Check(LargeInteger.Fail, default));
        error.ErrorId.ShouldBe("PickleTooLarge");
        error.Message.ShouldContain("as JSON");
    }

    [Theory]
    [InlineData("]q\x00h\x00" + "a", "a list that contains itself")]
    [InlineData("}q\x00X\x01\x00\x00\x00kh\x00s", "a dictionary that contains itself")]
    public void What_contains_itself_is_refused(string circle, string words)
    {
        PickleValue root = Pickled.Read(circle + ".");
        MigrationException error = Should.Throw<MigrationException>(() => Pickled.Json(root));
        error.ErrorId.ShouldBe("StoreValueRefused");
        error.Message.ShouldContain(words);
    }

    [Fact]
    public void Nesting_has_an_end_on_a_small_stack()
    {
        byte[] tuples = Pickled.Bytes("N" + new string('\x85', 1_000_000) + ".");
        byte[] lists = Pickled.Bytes(new string(']', 500_000) + new string('a', 499_999) + ".");
        byte[] marks = Pickled.Bytes(new string('(', 1_000_000) + ".");
        OnSmallStack(() =>
        {
            Assert(tuples, "PickleTooLarge", "nested deeper than 1000");
            Assert(lists, "PickleTooLarge", "nested deeper than 1000");
            Assert(marks, "PickleInvalid", "too few values");
        });
        MigrationException error = Should.Throw<MigrationException>(() => Pickled.Json(Pickled.Read("N" + new string('\x85', 100) + ".")));
        error.Message.ShouldContain("nested more deeply than 64");

        static void Assert(byte[] pickle, string id, string words)
        {
            MigrationException error = Pickled.Refused(pickle);
            error.ErrorId.ShouldBe(id);
            error.Message.ShouldContain(words);
        }
    }

    /// <summary>States that hold their own record, and a chain of records longer than any stack, made from its end that is looked at.</summary>
    [Fact]
    public void Records_that_hold_each_other_do_not_exhaust_the_stack()
    {
        const string Begin = "clangchain.schema\nDocument\nq\x00";
        StringBuilder chain = new(Begin + "0h\x00)\x81r\x01\x00\x00\x00");
        for (int i = 2; i < 50_000; i++)
        {
            // A new record becomes the state of the one before, which has none yet; then it alone stays on the stack.
            string number = Encoding.Latin1.GetString(BitConverter.GetBytes(i));
            string before = Encoding.Latin1.GetString(BitConverter.GetBytes(i - 1));
            chain.Append($"0h\x00)\x81r{number}0j{before}j{number}b");
        }

        byte[] pickle = Pickled.Bytes(chain + "0j\x01\x00\x00\x00\x85.");
        byte[] own = Pickled.Bytes(Begin + "0h\x00)\x81q\x01h\x01" + "bh\x01\x85.");
        OnSmallStack(() =>
        {
            Pickled.Read(pickle).Root.ShouldBeOfType<PickleTuple>();
            Pickled.Read(own).Root.ShouldBeOfType<PickleTuple>();
        });
    }

    /// <summary>A function that makes objects of a class, given itself again and again.</summary>
    [Fact]
    public void A_maker_of_makers_does_not_recurse()
    {
        string attack = "ccopyreg\n__newobj__\nq\x00(" + string.Concat(Enumerable.Repeat("h\x00", 100_000)) + "tR.";
        OnSmallStack(() => Pickled.Read(attack).ShouldBeOfType<PickleToken>());
        string loop = "ccopyreg\n__newobj__\nq\x00" + "0cacme\nX\nq\x01" + "0(" + string.Concat(Enumerable.Repeat("h\x01", 10_000)) + "tq\x02" + "0("
            + string.Concat(Enumerable.Repeat("h\x00h\x02R", 20_000)) + "t.";
        Pickled.Refused(Pickled.Bytes(loop)).ErrorId.ShouldBe("PickleTooLarge");
    }

    [Fact]
    public void A_memo_of_far_numbers_takes_no_array_up_to_them()
    {
        StringBuilder bomb = new("N");
        for (int i = 0; i < 1_000; i++)
        {
            bomb.Append("r\xff\xff\xff").Append((char)(i % 256));
        }

        Cost(() => Pickled.Read(bomb + ".")).ShouldBeLessThan(LittleMemory);
    }

    [Fact]
    public void Limits_are_errors_with_words()
    {
        Limited("KK".PadRight(2) + ".", new PickleLimits { Values = 0 }, "more than 0 values");
        Limited("K\x01\x94K\x01\x94K\x01\x94.", new PickleLimits { Memo = 2 }, "more than 2 entries of the memo");
        Limited("X\x05\x00\x00\x00" + "abcde.", new PickleLimits { Text = 4 }, "a string of 5 bytes, at most 4");
        Limited("Vabcde\n.", new PickleLimits { Text = 4 }, "a line of more than 4 bytes");
        Limited("]]]aa.", new PickleLimits { Depth = 2 }, "nested deeper than 2");
        Limited("L" + new string('9', 5_000) + "L\n.", new PickleLimits(), "a line of more than");
        Limited("\x8b\x00\x08\x00\x00" + new string('\x01', 2_048) + ".", new PickleLimits(), "a whole number of 2048 bytes");
    }

    /// <summary>A text that is made into bytes again and again by five bytes of the file each time.</summary>
    [Fact]
    public void What_is_made_of_others_again_and_again_ends()
    {
        string call = "h\x01h\x02h\x03\x86R";
        string attack = $"c_codecs\nencode\nq\x01" + "0X\x00\x00\x01\x00" + new string('x', 1 << 16) + "q\x02" + "0X\x06\x00\x00\x00latin1q\x03" + "0"
            + string.Concat(Enumerable.Repeat(call, 2_000)) + ".";
        long cost = Cost(() =>
        {
            MigrationException error = Pickled.Refused(Pickled.Bytes(attack));
            error.ErrorId.ShouldBe("PickleTooLarge");
            error.Message.ShouldContain("objects built from others");
        });
        cost.ShouldBeLessThan(40L * attack.Length);
    }

    /// <summary>A set of one list again and again shares it instead of copying it.</summary>
    [Fact]
    public void A_loop_of_calls_over_one_list_copies_nothing()
    {
        string list = "](" + string.Concat(Enumerable.Repeat("K\x01", 10_000)) + "e";
        string attack = "cbuiltins\nset\nq\x01" + "0" + list + "q\x02" + "0(" + string.Concat(Enumerable.Repeat("h\x01h\x02\x85R", 20_000)) + "t.";
        Cost(() => Pickled.Read(attack)).ShouldBeLessThan(100L * attack.Length);
        MigrationException error = Pickled.Refused(Pickled.Bytes("cbuiltins\nset\n]\x85R(K\x01\x90."));
        error.Message.ShouldContain("adds to a set");
    }

    [Fact]
    public void A_hostile_name_does_nothing_to_a_terminal_and_does_not_fill_the_screen()
    {
        PickleValue token = Pickled.Read("cacme\u001b[2J\nGadget" + new string('x', 5_000) + "\n)R.");
        token.Kind.ShouldNotContain("\u001b");
        token.Kind.Length.ShouldBeLessThan(250);
    }

    private static void AssertAttack(string attack, string name)
    {
        MigrationException error = Pickled.Refused(Pickled.Bytes(attack));
        error.ErrorId.ShouldBe("PickleRefused");
        error.Message.ShouldContain($"it names {name}, ");
        error.Message.ShouldContain("at offset ");
        error.Message.ShouldContain("Nothing was called here");
        error.RecommendedAction.ShouldContain("Do not load this file with Python");
    }

    private static void Limited(string pickle, PickleLimits limits, string words)
    {
        MigrationException error = Pickled.Refused(Pickled.Bytes(pickle), limits);
        error.ErrorId.ShouldBe("PickleTooLarge");
        error.Message.ShouldContain(words);
        error.Message.ShouldContain("at offset ");
    }

    private static long Cost(Action read)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        read();
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    private static void OnSmallStack(Action work)
    {
        Exception? failure = null;
        Thread thread = new(
            () =>
            {
                try
                {
                    work();
                }
                catch (Exception error)
                {
                    failure = error;
                }
            },
            256 << 10);
        thread.Start();
        thread.Join();
        failure.ShouldBeNull();
    }
}
