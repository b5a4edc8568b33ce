namespace VectorMigration.Fuzzing;

/// <summary>A field of an index, as the parser met it.</summary>
internal readonly record struct SeedField(int Offset, int Length);

/// <summary>A sound index file that others are made of, with the places of its fields.</summary>
internal sealed class SeedFile
{
    private SeedFile(string path, string name, byte[] bytes, SeedField[] fields, bool isReadable)
    {
        IsReadable = isReadable;
        Path = path;
        Name = name;
        Bytes = bytes;
        Fields = fields;
        Codes = [.. fields.Where(field => field.Length == sizeof(uint) && IsCode(bytes.AsSpan(field.Offset, sizeof(uint))))];
    }

    /// <summary>Full path: files of inverted lists are looked for beside it.</summary>
    public string Path { get; }

    /// <summary>Folder and file, short.</summary>
    public string Name { get; }

    /// <summary>True where its vectors are read and not only its header.</summary>
    public bool IsReadable { get; }

    /// <summary>All of it.</summary>
    public byte[] Bytes { get; }

    /// <summary>Fields in the order of the file, four-character codes among them.</summary>
    public IReadOnlyList<SeedField> Fields { get; }

    /// <summary>The four-character codes.</summary>
    public IReadOnlyList<SeedField> Codes { get; }

    /// <summary>Loads all files of that name below a folder, in the order of their paths.</summary>
    public static IReadOnlyList<SeedFile> LoadAll(string root) =>
        [.. Directory.GetFiles(root, "index.faiss", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
            .Select(path => Load(path, System.IO.Path.GetRelativePath(root, System.IO.Path.GetDirectoryName(path)!).Replace('\\', '/')))];

    private static SeedFile Load(string path, string name)
    {
        byte[] bytes = File.ReadAllBytes(path);
        SortedDictionary<long, int> fields = [];
        using FaissFile file = new(path, new MemoryBytes(bytes));
        using IndexParser parser = new(new FaissCursor(file) { OnField = (offset, length) => fields[offset] = length }, IndexKinds.Find);
        bool isReadable = parser.ParseFile().Layout is not null;
        return new SeedFile(path, name, bytes, [.. fields.Select(field => new SeedField((int)field.Key, field.Value))], isReadable);
    }

    /// <summary>Four letters or digits: what the codes of indexes, lists and transforms are.</summary>
    private static bool IsCode(ReadOnlySpan<byte> bytes)
    {
        foreach (byte b in bytes)
        {
            if (!char.IsAsciiLetterOrDigit((char)b))
            {
                return false;
            }
        }

        return true;
    }
}
