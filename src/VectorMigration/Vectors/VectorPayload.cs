using System.Collections;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json;

namespace VectorMigration.Vectors;

/// <summary>
/// The payload of a vector as a dictionary, which PowerShell asks by the names of its members: <c>$_.Payload.lang</c>. It is read from its JSON when it is
/// first asked. Until a script changes something in it, however deep, it stays the JSON that it was read from, byte by byte.
/// Names are found as they are written, and otherwise in any case.
/// </summary>
[SuppressMessage("Naming", "CA1710:Identifiers should have correct suffix",
    Justification = "It is a payload first; that it is a dictionary is how it is asked.")]
public sealed class VectorPayload : IDictionary<string, object?>, IDictionary
{
    private readonly ReadOnlyMemory<byte> utf8;
    private readonly VectorPayload? root;
    private OrderedDictionary<string, object?>? members;
    private HashSet<string>? repeated;
    private bool isChanged;

    /// <summary>A payload of a JSON object in UTF-8.</summary>
    /// <param name="utf8">One JSON object.</param>
    /// <param name="plain">Makes what a script puts in what it is: PowerShell wraps values. Null where nothing wraps.</param>
    internal VectorPayload(ReadOnlyMemory<byte> utf8, Func<object, object>? plain = null)
    {
        this.utf8 = utf8;
        Plain = plain;
    }

    private VectorPayload(VectorPayload root) => (this.root, members, Plain) = (root, [], root.Plain);

    /// <summary>Number of members.</summary>
    public int Count => Members.Count;

    /// <summary>The names, in their order.</summary>
    public ICollection<string> Keys => Members.Keys;

    /// <summary>The values, in their order.</summary>
    public ICollection<object?> Values => Members.Values;

    /// <inheritdoc/>
    public bool IsReadOnly => false;

    /// <inheritdoc/>
    public bool IsFixedSize => false;

    /// <inheritdoc/>
    public bool IsSynchronized => false;

    /// <inheritdoc/>
    public object SyncRoot => this;

    ICollection IDictionary.Keys => Members.Keys;

    ICollection IDictionary.Values => Members.Values;

    /// <summary>Makes what a script puts in what it is.</summary>
    internal Func<object, object>? Plain { get; }

    /// <summary>The JSON that it was read from; null for an object within another, and for one that a script has changed.</summary>
    internal ReadOnlyMemory<byte>? Original => root is null && !isChanged ? utf8 : default(ReadOnlyMemory<byte>?);

    private OrderedDictionary<string, object?> Members
    {
        get
        {
            if (members is null)
            {
                OrderedDictionary<string, object?> read = [];
                Utf8JsonReader reader = new(utf8.IsEmpty ? "{}"u8 : utf8.Span, PayloadValues.ReaderOptions);
                reader.Read();
                PayloadValues.ReadMembers(ref reader, read, this);
                members = read;
            }

            return members;
        }
    }

    /// <inheritdoc/>
    public object? this[string key]
    {
        get => Find(key) is string name ? Members[name] : null;
        set
        {
            Touch();
            string name = Find(key) ?? key;
            repeated?.Remove(name);
            Members[name] = value;
        }
    }

    object? IDictionary.this[object key]
    {
        get => this[Name(key)];
        set => this[Name(key)] = value;
    }

    /// <inheritdoc/>
    public void Add(string key, object? value)
    {
        Touch();
        Members.Add(key, value);
    }

    /// <inheritdoc/>
    public bool ContainsKey(string key) => Find(key) is not null;

    /// <summary>Whether there is such a name.</summary>
    public bool Contains(object key) => ContainsKey(Name(key));

    /// <inheritdoc/>
    public bool Remove(string key)
    {
        if (Find(key) is not string name)
        {
            return false;
        }

        Touch();
        repeated?.Remove(name);
        return Members.Remove(name);
    }

    /// <inheritdoc/>
    public bool TryGetValue(string key, out object? value)
    {
        value = this[key];
        return value is not null || ContainsKey(key);
    }

    /// <summary>Removes all members.</summary>
    public void Clear()
    {
        Touch();
        repeated = null;
        Members.Clear();
    }

    /// <inheritdoc/>
    public void CopyTo(Array array, int index)
    {
        ArgumentNullException.ThrowIfNull(array);
        foreach (DictionaryEntry entry in this)
        {
            array.SetValue(entry, index++);
        }
    }

    /// <inheritdoc cref="IDictionary.GetEnumerator"/>
    public IDictionaryEnumerator GetEnumerator() => ((IDictionary)Members).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    IEnumerator<KeyValuePair<string, object?>> IEnumerable<KeyValuePair<string, object?>>.GetEnumerator() => Members.GetEnumerator();

    void IDictionary.Add(object key, object? value) => Add(Name(key), value);

    void IDictionary.Remove(object key) => Remove(Name(key));

    void ICollection<KeyValuePair<string, object?>>.Add(KeyValuePair<string, object?> item) => Add(item.Key, item.Value);

    bool ICollection<KeyValuePair<string, object?>>.Contains(KeyValuePair<string, object?> item) =>
        TryGetValue(item.Key, out object? value) && Equals(value, item.Value);

    void ICollection<KeyValuePair<string, object?>>.CopyTo(KeyValuePair<string, object?>[] array, int arrayIndex) =>
        ((ICollection<KeyValuePair<string, object?>>)Members).CopyTo(array, arrayIndex);

    bool ICollection<KeyValuePair<string, object?>>.Remove(KeyValuePair<string, object?> item) =>
        ((ICollection<KeyValuePair<string, object?>>)this).Contains(item) && Remove(item.Key);

    /// <summary>The payload as JSON: as it was read, or written anew where a script has changed it.</summary>
    public override string ToString() => Original is ReadOnlyMemory<byte> json
        ? json.IsEmpty ? "{}" : Encoding.UTF8.GetString(json.Span)
        : PayloadValues.Text(this, Plain);

    /// <summary>A field that the JSON has twice and that no script has set or removed since: of the two, the last is here. Null without any.</summary>
    internal string? Repeated => repeated?.FirstOrDefault();

    /// <summary>The path of such a field, at any depth; null without any.</summary>
    internal string? FindRepeated()
    {
        if (Repeated is string own)
        {
            return own;
        }

        foreach ((string name, object? value) in Members)
        {
            if (FindRepeated(value) is string path)
            {
                return path.StartsWith('[') ? name + path : $"{name}.{path}";
            }
        }

        return null;
    }

    private static string? FindRepeated(object? value)
    {
        if (value is PayloadList list)
        {
            for (int i = 0; i < list.Count; i++)
            {
                if (FindRepeated(list[i]) is string path)
                {
                    return path.StartsWith('[') ? $"[{i}]{path}" : $"[{i}].{path}";
                }
            }
        }

        return (value as VectorPayload)?.FindRepeated();
    }

    /// <summary>A field was read that was there already.</summary>
    internal void NoteRepeated(string name) => (repeated ??= new HashSet<string>(StringComparer.Ordinal)).Add(name);

    /// <summary>The members, for who reads them.</summary>
    internal IDictionary<string, object?> Unread => Members;

    /// <summary>An object within this payload.</summary>
    internal VectorPayload NewWithin() => new(root ?? this);

    /// <summary>Something in it is changed: it is written anew from now on.</summary>
    internal void Touch()
    {
        _ = Members;
        (root ?? this).isChanged = true;
    }

    private static string Name(object key) => key as string ?? key?.ToString() ?? throw new ArgumentNullException(nameof(key));

    private string? Find(string key)
    {
        if (Members.ContainsKey(key))
        {
            return key;
        }

        foreach (string name in Members.Keys)
        {
            if (string.Equals(name, key, StringComparison.OrdinalIgnoreCase))
            {
                return name;
            }
        }

        return null;
    }
}
