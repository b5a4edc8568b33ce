using System.Buffers;
using System.Text;
using VectorMigration.Fuzzing.Pickles;
using VectorMigration.SideFiles.Pickles;
using VectorMigration.SideFiles.Stores;
using VectorMigration.Tests.SideFiles.Pickles;
using static VectorMigration.Fuzzing.Pickles.StorePickles;

namespace VectorMigration.Tests.SideFiles.Stores;

/// <summary>LangChain's stores of every generation, however they were saved.</summary>
public sealed class LangChainStoreTests
{
    private const string Secret = "sk-secret-1234";

    public static TheoryData<int, int> Generations
    {
        get
        {
            TheoryData<int, int> all = [];
            for (int generation = 0; generation < 4; generation++)
            {
                for (int protocol = 0; protocol <= 5; protocol++)
                {
                    all.Add(generation, protocol);
                }
            }

            return all;
        }
    }

    [Theory]
    [MemberData(nameof(Generations))]
    public void Documents_of_every_generation_in_every_protocol(int generation, int protocol)
    {
        LangChainStore store = Read(Tuple(Docstore(("b", Document(generation, "second")), ("a", Document(generation, "first"))), Map("a", "b")), protocol);
        store.Form.ShouldBe(LangChainForm.Saved);
        store.DocstoreClass.ShouldBe("langchain_community.docstore.in_memory.InMemoryDocstore");
        store.Generations.Single().Value.ShouldBe(2);
        store.Generations.Single().Key.ShouldBe((LangChainGeneration)Math.Min(generation, 2));
        store.Positions.ShouldBe([0, 1]);
        (store.DocumentCount, store.PositionCount, store.DocumentsWithoutVector, store.PositionsWithoutDocument, store.RepeatedIds).ShouldBe((2, 2, 0, 0, 0));
        store.IdOf(0).ShouldBe("a");
        Payload(store, 0).ShouldBe("{\"page_content\":\"first\",\"metadata\":{\"source\":\"/a.txt\",\"page\":3}}");
        Payload(store, 1).ShouldBe("{\"page_content\":\"second\",\"metadata\":{\"source\":\"/a.txt\",\"page\":3}}");
        store.Find(0)!.OwnId.ShouldBe(generation == 2 ? "own" : null);
        store.Find(0)!.Type.ShouldBe(generation == 0 ? null : "Document");
        store.OtherFields.ShouldBeEmpty();
        store.InertClasses.ShouldBeEmpty();
        store.Index.ShouldBeNull();
        store.Check(LargeInteger.Fail, default).ShouldBe(Payload(store, 0).Length + Payload(store, 1).Length);
    }

    [Theory]
    [InlineData("langchain.docstore.in_memory.InMemoryDocstore", "langchain_core.documents.base.Document")]
    [InlineData("langchain.docstore.in_memory.InMemoryDocstore", "langchain.schema.Document")]
    [InlineData("langchain_community.docstore.in_memory.InMemoryDocstore", "langchain.schema.document.Document")]
    [InlineData("langchain_community.docstore.in_memory.InMemoryDocstore", "langchain.docstore.document.Document")]
    public void Every_mixture_of_class_paths(string docstoreClass, string documentClass)
    {
        PickleValue docstore = Object(docstoreClass, Dict(("_dict", Dict(("a", Pydantic1Document("x", Dict(), documentClass))))));
        LangChainStore store = Read(Tuple(docstore, Map("a")), 4);
        store.DocstoreClass.ShouldBe(docstoreClass);
        store.DocumentClasses.ShouldBe(new Dictionary<string, int> { [documentClass] = 1 });
        Payload(store, 0).ShouldBe("{\"page_content\":\"x\",\"metadata\":{}}");
    }

    [Theory]
    [InlineData(2)]
    [InlineData(4)]
    public void The_whole_object_is_read_without_looking_into_its_embeddings(int protocol)
    {
        byte[] pickle = PickleWriter.Write(WholeObject(Docstore(("a", Document(1, "first"))), Map("a"), Secret), protocol);
        LangChainStore store = Read(pickle);
        store.Form.ShouldBe(LangChainForm.WholeObject);
        store.DistanceStrategy.ShouldBe("EUCLIDEAN_DISTANCE");
        store.NormalizesL2.ShouldBe(false);
        Payload(store, 0).ShouldContain("first");
        store.InertClasses.ShouldBe(
            [
                "langchain.embeddings.openai.OpenAIEmbeddings", "openai.api_resources.embedding.Embedding",
                "langchain.vectorstores.faiss._default_relevance_score_fn",
            ],
            ignoreOrder: true);
        Texts(Pickled.Read(pickle).Root).ShouldNotContain(Secret);
    }

    [Fact]
    public void What_serialize_to_bytes_gives_holds_the_index_too()
    {
        byte[] index = [.. "IxF2"u8, 1, 2, 3];
        byte[] pickle = PickleWriter.Write(Tuple(Index(index), Docstore(("a", Document(1, "first"))), Map("a")), 4);
        LangChainStore store = Read(pickle);
        store.Form.ShouldBe(LangChainForm.Serialized);
        store.Index!.Class.ShouldBe("faiss.swigfaiss_avx2.IndexFlatL2");
        store.Index.Bytes.ToArray().ShouldBe(index);
        pickle.AsSpan((int)store.Index.Offset, index.Length).ToArray().ShouldBe(index);
        Payload(store, 0).ShouldContain("first");
    }

    [Fact]
    public void What_does_not_match_is_counted()
    {
        PickleValue docstore = Docstore(("a", Document(1, "A")), ("b", Document(1, "B")), ("c", Document(1, "C")));
        PickleDict map = DictOf(
            (Number(9), Text("a")), (Number(46), Text("b")), (Number(47), Text("gone")), (Number(48), Text("a")), (Number(1L << 40), Text("lost")));
        LangChainStore store = Read(Tuple(docstore, map), 4);
        store.Positions.ShouldBe([9, 46, 47, 48, 1L << 40]);
        (store.DocumentCount, store.DocumentsWithoutVector, store.PositionsWithoutDocument, store.RepeatedIds).ShouldBe((3, 1, 2, 1));
        Payload(store, 9).ShouldContain("\"A\"");
        Payload(store, 48).ShouldContain("\"A\"");
        store.Find(47).ShouldBeNull();
        store.IdOf(47).ShouldBe("gone");
        store.Find(0).ShouldBeNull();
        store.IdOf(0).ShouldBeNull();
    }

    [Fact]
    public void Fields_of_nobody_are_told()
    {
        PickleValue document = Object("langchain.schema.Document", Dict(("page_content", Text("x")), ("metadata", PickleNone.Value), ("score", Number(1))));
        LangChainStore store = Read(Tuple(Docstore(("a", document)), Map("a")), 4);
        store.OtherFields.ShouldBe(new Dictionary<string, int> { ["score"] = 1 });
        Payload(store, 0).ShouldBe("{\"page_content\":\"x\",\"metadata\":{}}");
    }

    [Fact]
    public void What_is_no_such_store_is_refused_with_what_was_found()
    {
        PickleValue docstore = Docstore(("a", Document(1, "A")));
        Refused(Number(5)).ShouldContain("expected documents and map, or a vector store object, found a whole number");
        Refused(Tuple(Dict(), Dict())).ShouldContain("expected an InMemoryDocstore, found a dictionary");
        Refused(Tuple(docstore, List())).ShouldContain("expected a dictionary of positions and ids, found a list");
        Refused(Tuple(Object("langchain.docstore.in_memory.InMemoryDocstore", null), Dict())).ShouldContain("expected '_dict' in the docstore, found none");
        Refused(Tuple(docstore, DictOf((Text("0"), Text("a"))))).ShouldContain("whole numbers as positions");
        Refused(Tuple(docstore, DictOf((Number(-1), Text("a"))))).ShouldContain("found -1");
        Refused(Tuple(docstore, DictOf((Number(1), Text("a")), (Number(1), Text("b"))))).ShouldContain("position 1 twice");
        Refused(Tuple(docstore, DictOf((Number(1), Number(2))))).ShouldContain("strings as ids in index_to_docstore_id");
        Refused(Tuple(Docstore(("a", Document(1, "A")), ("a", Document(1, "B"))), Map("a"))).ShouldContain("'a' twice");
        Refused(Tuple(Docstore(("a", Dict(("page_content", Text("x"))))), Map("a")))
            .ShouldContain("expected a Document as the document 'a', found a dictionary");
        Refused(Tuple(Docstore(("a", Object("langchain.schema.Document", null))), Map("a"))).ShouldContain("a state of the document 'a', found none");
        Refused(Tuple(Docstore(("a", Object("langchain.schema.Document", Dict()))), Map("a")))
            .ShouldContain("'page_content' of the document 'a', found no such");
        Refused(Tuple(Docstore(("a", Object("langchain.schema.Document", Dict(("page_content", Number(1)))))), Map("a"))).ShouldContain("found a whole number");
        Refused(Tuple(Docstore(("a", Object("langchain.schema.Document", Dict(("page_content", Text("")), ("metadata", List()))))), Map("a")))
            .ShouldContain("a dictionary in 'metadata'");
    }

    [Fact]
    public void A_store_is_recognised_by_its_beginning()
    {
        byte[] longIndex = new byte[3 << 20];
        PickleValue docstore = Docstore([.. Enumerable.Range(0, 5_000).Select(i => ($"d{i}", Document(1, new string('x', 200))))]);
        Recognizes(PickleWriter.Write(Tuple(docstore, Map()), 4), out long read).ShouldBeTrue();
        read.ShouldBeLessThan(200_000);
        Recognizes(PickleWriter.Write(Tuple(Index(longIndex), docstore, Map()), 4), out read).ShouldBeTrue();
        read.ShouldBeLessThan(400_000);
        Recognizes(PickleWriter.Write(WholeObject(docstore, Map(), Secret), 3), out _).ShouldBeTrue();
        Recognizes(PickleWriter.Write(Index(longIndex), 4), out _).ShouldBeFalse();
        Recognizes(PickleWriter.Write(Tuple(Dict(("a", Text("x"))), Map("a")), 4), out _).ShouldBeFalse();
        Recognizes("{\"docstore\": 1}"u8.ToArray(), out _).ShouldBeFalse();
        Recognizes([], out _).ShouldBeFalse();
        Recognizes("IxF2 and more"u8.ToArray(), out _).ShouldBeFalse();
    }

    [Fact]
    public void A_file_that_is_not_there_or_is_a_folder_is_an_error_of_ours()
    {
        string folder = Directory.CreateTempSubdirectory("vm-store-").FullName;
        try
        {
            Should.Throw<MigrationException>(() => LangChainStore.Read(Path.Combine(folder, "none.pkl"), default)).ErrorId.ShouldBe("PayloadFileMissing");
            Should.Throw<MigrationException>(() => LangChainStore.Read(folder, default)).ErrorId.ShouldBe("PayloadIsDirectory");
            string path = Path.Combine(folder, "store.pkl");
            File.WriteAllBytes(path, PickleWriter.Write(Tuple(Docstore(("a", Document(1, "A"))), Map("a")), 4));
            LangChainStore.Recognizes(path, default).ShouldBeTrue();
            LangChainStore.Read(path, default).Path.ShouldBe(path);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>The index in front stays where it is: a pickle of 5 GB takes the memory of its documents.</summary>
    [Fact]
    public void An_index_of_gigabytes_in_a_pickle_takes_no_memory()
    {
        const long IndexLength = 5L << 30;
        byte[] end = PickleWriter.Write(Tuple(Docstore(("a", Document(1, "A"))), Map("a")), 2)[2..];

        // (index, docstore, map): the last tuple of two takes the index in as well, TUPLE2 becomes TUPLE3.
        end[^4].ShouldBe((byte)PickleOpcode.Tuple2);
        end[^4] = (byte)PickleOpcode.Tuple3;
        byte[] opcodes = Pickled.Bytes("\x80\x04" + "cfaiss.swigfaiss\nIndexFlat\n)\x81}X\x04\0\0\0this\x8e");
        byte[] begin = [.. opcodes, .. BitConverter.GetBytes(IndexLength)];
        using SparseStream stream = new(begin, IndexLength, [.. "sb"u8, .. end]);
        long before = GC.GetAllocatedBytesForCurrentThread();
        LangChainStore store = LangChainStore.Read(stream, stream.Length, "large.pkl", default);
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(1 << 20);
        store.Index!.Offset.ShouldBe(begin.Length);
        store.Index.Length.ShouldBe(IndexLength);
        store.Index.Bytes.IsEmpty.ShouldBeTrue();
        Payload(store, 0).ShouldContain("\"A\"");
    }

    /// <summary>All that is allocated, freed or not: more than is ever in memory at once.</summary>
    [Theory]
    [InlineData(500)]
    [InlineData(2_000)]
    public void Memory_is_below_what_is_predicted(int length)
    {
        string text = new('x', length);
        (string, PickleValue)[] documents = [.. Enumerable.Range(0, 20_000).Select(i => ($"document-{i:D12}", Document(2, $"{i:D8}{text}")))];
        byte[] pickle = PickleWriter.Write(Tuple(Docstore(documents), Map([.. documents.Select(entry => entry.Item1)])), 4);
        long before = GC.GetAllocatedBytesForCurrentThread();
        LangChainStore store = Read(pickle);
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(LangChainStore.PredictMemory(pickle.Length));
        store.DocumentCount.ShouldBe(20_000);
    }

    [Fact]
    public void Reading_stops_when_it_is_told_to()
    {
        byte[] pickle = PickleWriter.Write(Tuple(Docstore(("a", Document(1, "A"))), Map("a")), 4);
        using CancellationTokenSource stop = new();
        stop.Cancel();
        Should.Throw<OperationCanceledException>(() => LangChainStore.Read(new MemoryStream(pickle), pickle.Length, "x.pkl", stop.Token));
    }

    private static PickleValue Document(int generation, string text)
    {
        PickleDict metadata = Dict(("source", Call("pathlib.PosixPath", Text("/"), Text("a.txt"))), ("page", Number(3)));
        return generation switch
        {
            0 => PlainDocument(text, metadata),
            1 => Pydantic1Document(text, metadata),
            2 => Pydantic2Document("own", text, metadata),
            _ => Pydantic2Document(null, text, metadata),
        };
    }

    private static LangChainStore Read(PickleValue value, int protocol) => Read(PickleWriter.Write(value, protocol));

    private static LangChainStore Read(byte[] pickle) => LangChainStore.Read(new MemoryStream(pickle), pickle.Length, "test.pkl", default);

    private static string Payload(LangChainStore store, long position)
    {
        ArrayBufferWriter<byte> output = new();
        store.Find(position)!.WriteTo(output, LargeInteger.Fail);
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }

    private static string Refused(PickleValue value)
    {
        MigrationException error = Should.Throw<MigrationException>(() => Read(value, 4));
        error.ErrorId.ShouldBe("StoreInvalid");
        error.Message.ShouldStartWith("test.pkl is not what LangChain writes: ");
        error.RecommendedAction.ShouldNotBeNullOrWhiteSpace();
        return error.Message;
    }

    private static bool Recognizes(byte[] file, out long read)
    {
        using CountingStream stream = new(file);
        bool recognized = LangChainStore.Recognizes(stream, file.Length, default);
        read = stream.BytesRead;
        return recognized;
    }

    /// <summary>All texts that can be reached from a value.</summary>
    private static IEnumerable<string> Texts(PickleValue value) => value switch
    {
        PickleText text => [text.ToString()],
        PickleContainer container => container.Items.ToArray().SelectMany(Texts),
        PickleRecord record => Texts(record.Arguments).Concat(record.State is null ? [] : Texts(record.State)),
        _ => [],
    };

    /// <summary>Some bytes, very many zeros that are nowhere, and some bytes.</summary>
    private sealed class SparseStream(byte[] begin, long zeros, byte[] end) : Stream
    {
        public override bool CanRead => true;

        public override bool CanSeek => true;

        public override bool CanWrite => false;

        public override long Length => begin.Length + zeros + end.Length;

        public override long Position { get; set; }

        public override int Read(Span<byte> buffer)
        {
            for (int i = 0; i < buffer.Length; i++)
            {
                if (Position == Length)
                {
                    return i;
                }

                buffer[i] = Position < begin.Length ? begin[Position]
                    : Position < begin.Length + zeros ? (byte)0
                    : end[Position - begin.Length - zeros];
                Position++;
            }

            return buffer.Length;
        }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override long Seek(long offset, SeekOrigin origin) => Position = origin == SeekOrigin.Current ? Position + offset : offset;

        public override void Flush()
        {
        }

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }

    private sealed class CountingStream(byte[] bytes) : MemoryStream(bytes)
    {
        public long BytesRead { get; private set; }

        public override int Read(Span<byte> buffer)
        {
            int read = base.Read(buffer);
            BytesRead += read;
            return read;
        }
    }
}
