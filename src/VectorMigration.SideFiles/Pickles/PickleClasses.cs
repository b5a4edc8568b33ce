using System.Collections.Frozen;

namespace VectorMigration.SideFiles.Pickles;

/// <summary>What is known of a class or function that a pickle names.</summary>
internal enum PickleClassKind
{
    /// <summary>Nothing: objects of it are inert.</summary>
    Other,

    /// <summary>A docstore of LangChain.</summary>
    Docstore,

    /// <summary>A document of LangChain.</summary>
    Document,

    /// <summary>A vector store object of LangChain.</summary>
    VectorStore,

    /// <summary>LangChain's enumeration of distances.</summary>
    Distance,

    /// <summary>An index of FAISS.</summary>
    FaissIndex,

    /// <summary>A UUID.</summary>
    Uuid,

    /// <summary>A path with slashes.</summary>
    PosixPath,

    /// <summary>A path with backslashes.</summary>
    WindowsPath,

    /// <summary>A date with a time.</summary>
    DateTime,

    /// <summary>A date with a time of pandas.</summary>
    PandasTimestamp,

    /// <summary>The missing time of pandas.</summary>
    PandasNoTime,

    /// <summary>A date.</summary>
    Date,

    /// <summary>A time of day.</summary>
    Time,

    /// <summary>A length of time.</summary>
    Duration,

    /// <summary>A fixed offset.</summary>
    TimeZone,

    /// <summary>A zone by name.</summary>
    ZoneInfo,

    /// <summary>What makes a zone by name.</summary>
    ZoneInfoMaker,

    /// <summary>UTC of other libraries.</summary>
    Utc,

    /// <summary>A zone of pytz, with its offset.</summary>
    PytzZone,

    /// <summary>A decimal number.</summary>
    Decimal,

    /// <summary>A dictionary in order.</summary>
    OrderedDict,

    /// <summary>A dictionary with defaults.</summary>
    DefaultDict,

    /// <summary>A dictionary of counts.</summary>
    Counter,

    /// <summary>A set, or a frozen one.</summary>
    Set,

    /// <summary>Bytes, or bytes that can change.</summary>
    Bytes,

    /// <summary>The root of all classes.</summary>
    Object,

    /// <summary>NumPy: a scalar.</summary>
    NumpyScalar,

    /// <summary>NumPy: an array to be filled by its state.</summary>
    NumpyReconstruct,

    /// <summary>NumPy: an array of a buffer.</summary>
    NumpyFromBuffer,

    /// <summary>NumPy: the class of arrays.</summary>
    NumpyArray,

    /// <summary>NumPy: a type of elements.</summary>
    NumpyType,

    /// <summary>Makes an object of a class, in protocols 0 and 1.</summary>
    Reconstructor,

    /// <summary>Makes an object of a class.</summary>
    NewObject,

    /// <summary>Makes an object of a class with named arguments.</summary>
    NewObjectEx,

    /// <summary>How protocols 0 to 2 write bytes.</summary>
    CodecsEncode,

    /// <summary>An attribute of an object; the result is inert, but for the maker of zones.</summary>
    GetAttribute,
}

/// <summary>The classes and functions that mean something in a store. Everything else means nothing, or is an attack.</summary>
internal static class PickleClasses
{
    private static readonly FrozenDictionary<string, PickleClassKind> Known = Table().ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Modules that no store needs and every attack uses.</summary>
    private static readonly FrozenSet<string> AttackModules = FrozenSet.ToFrozenSet(
        [
            "os", "posix", "nt", "subprocess", "_posixsubprocess", "pty", "commands", "popen2", "sys", "shutil", "socket", "ctypes", "_ctypes", "runpy",
            "importlib", "imp", "code", "codeop", "webbrowser", "pdb", "bdb", "timeit", "profile", "cProfile", "marshal", "pip", "multiprocessing",
        ],
        StringComparer.Ordinal);

    private static readonly FrozenSet<string> AttackBuiltins = FrozenSet.ToFrozenSet(
        ["eval", "exec", "execfile", "compile", "__import__", "open", "file", "input", "raw_input", "breakpoint", "globals", "locals", "vars", "apply"],
        StringComparer.Ordinal);

    /// <summary>What is known of a name.</summary>
    public static PickleClassKind Find(string module, string name) =>
        Known.TryGetValue($"{module} {name}", out PickleClassKind form) ? form
        : IsFaissIndex(module, name) ? PickleClassKind.FaissIndex
        : PickleClassKind.Other;

    /// <summary>True for functions that only an attack names, by way of a module that imports theirs too (<c>pathlib</c>, <c>os.system</c>).</summary>
    public static bool IsAttack(string module, string name)
    {
        return AttackModules.Contains(First(module))
            || (name.Contains('.', StringComparison.Ordinal) && AttackModules.Contains(First(name)))
            || (module is "io" or "_io" && name == "open")
            || (module is "builtins" or "__builtin__" or "__builtins__" && AttackBuiltins.Contains(name));
    }

    private static string First(string name)
    {
        int dot = name.IndexOf('.', StringComparison.Ordinal);
        return dot < 0 ? name : name[..dot];
    }

    /// <summary><c>faiss.swigfaiss</c>, <c>faiss.swigfaiss_avx2</c> and the like.</summary>
    private static bool IsFaissIndex(string module, string name) =>
        module.StartsWith("faiss.swigfaiss", StringComparison.Ordinal) && name.StartsWith("Index", StringComparison.Ordinal);

    private static Dictionary<string, PickleClassKind> Table()
    {
        Dictionary<string, PickleClassKind> table = new(StringComparer.Ordinal)
        {
            ["uuid UUID"] = PickleClassKind.Uuid,
            ["datetime datetime"] = PickleClassKind.DateTime,
            ["pandas._libs.tslibs.timestamps _unpickle_timestamp"] = PickleClassKind.PandasTimestamp,
            ["pandas._libs.tslibs.nattype _nat_unpickle"] = PickleClassKind.PandasNoTime,
            ["datetime date"] = PickleClassKind.Date,
            ["datetime time"] = PickleClassKind.Time,
            ["datetime timedelta"] = PickleClassKind.Duration,
            ["datetime timezone"] = PickleClassKind.TimeZone,
            ["zoneinfo ZoneInfo"] = PickleClassKind.ZoneInfo,
            ["zoneinfo ZoneInfo._unpickle"] = PickleClassKind.ZoneInfoMaker,
            ["backports.zoneinfo ZoneInfo"] = PickleClassKind.ZoneInfo,
            ["pytz _UTC"] = PickleClassKind.Utc,
            ["dateutil.tz.tz tzutc"] = PickleClassKind.Utc,
            ["pytz _p"] = PickleClassKind.PytzZone,
            ["decimal Decimal"] = PickleClassKind.Decimal,
            ["_pydecimal Decimal"] = PickleClassKind.Decimal,
            ["collections OrderedDict"] = PickleClassKind.OrderedDict,
            ["collections defaultdict"] = PickleClassKind.DefaultDict,
            ["collections Counter"] = PickleClassKind.Counter,
            ["_codecs encode"] = PickleClassKind.CodecsEncode,
            ["numpy ndarray"] = PickleClassKind.NumpyArray,
            ["numpy dtype"] = PickleClassKind.NumpyType,
        };
        Add(table, PickleClassKind.Docstore, ["langchain.docstore.in_memory", "langchain_community.docstore.in_memory"], ["InMemoryDocstore"]);
        Add(
            table,
            PickleClassKind.Document,
            [
                "langchain.docstore.document", "langchain.schema", "langchain.schema.document", "langchain_core.documents.base", "langchain_core.documents",
                "langchain_community.docstore.document",
            ],
            ["Document"]);
        Add(table, PickleClassKind.VectorStore, ["langchain.vectorstores.faiss", "langchain_community.vectorstores.faiss"], ["FAISS"]);
        Add(table, PickleClassKind.Distance, ["langchain.vectorstores.utils", "langchain_community.vectorstores.utils"], ["DistanceStrategy"]);
        Add(table, PickleClassKind.PosixPath, ["pathlib", "pathlib._local"], ["PosixPath", "PurePosixPath"]);
        Add(table, PickleClassKind.WindowsPath, ["pathlib", "pathlib._local"], ["WindowsPath", "PureWindowsPath"]);
        Add(table, PickleClassKind.Set, ["builtins", "__builtin__"], ["set", "frozenset"]);
        Add(table, PickleClassKind.Bytes, ["builtins", "__builtin__"], ["bytes", "bytearray"]);
        Add(table, PickleClassKind.Object, ["builtins", "__builtin__"], ["object"]);
        Add(table, PickleClassKind.GetAttribute, ["builtins", "__builtin__"], ["getattr"]);
        Add(table, PickleClassKind.Reconstructor, ["copyreg", "copy_reg"], ["_reconstructor"]);
        Add(table, PickleClassKind.NewObject, ["copyreg", "copy_reg"], ["__newobj__"]);
        Add(table, PickleClassKind.NewObjectEx, ["copyreg", "copy_reg"], ["__newobj_ex__"]);
        Add(table, PickleClassKind.NumpyScalar, ["numpy.core.multiarray", "numpy._core.multiarray"], ["scalar"]);
        Add(table, PickleClassKind.NumpyReconstruct, ["numpy.core.multiarray", "numpy._core.multiarray"], ["_reconstruct"]);
        Add(table, PickleClassKind.NumpyFromBuffer, ["numpy.core.numeric", "numpy._core.numeric"], ["_frombuffer"]);
        return table;
    }

    private static void Add(Dictionary<string, PickleClassKind> table, PickleClassKind form, string[] modules, string[] names)
    {
        foreach (string module in modules)
        {
            foreach (string name in names)
            {
                table.Add($"{module} {name}", form);
            }
        }
    }
}
