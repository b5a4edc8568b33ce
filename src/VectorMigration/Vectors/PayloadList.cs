using System.Collections;
using System.Diagnostics.CodeAnalysis;

namespace VectorMigration.Vectors;

/// <summary>An array within a payload. To change it is to change the payload.</summary>
[SuppressMessage("Naming", "CA1710:Identifiers should have correct suffix", Justification = "A list by name and by nature.")]
public sealed class PayloadList : IList<object?>, IList
{
    private readonly List<object?> items = [];
    private readonly VectorPayload payload;

    internal PayloadList(VectorPayload payload) => this.payload = payload;

    /// <summary>Number of elements.</summary>
    public int Count => items.Count;

    /// <inheritdoc/>
    public bool IsReadOnly => false;

    /// <inheritdoc/>
    public bool IsFixedSize => false;

    /// <inheritdoc/>
    public bool IsSynchronized => false;

    /// <inheritdoc/>
    public object SyncRoot => this;

    /// <summary>An element by its place, from 0.</summary>
    public object? this[int index]
    {
        get => items[index];
        set
        {
            payload.Touch();
            items[index] = value;
        }
    }

    /// <inheritdoc/>
    public void Add(object? item)
    {
        payload.Touch();
        items.Add(item);
    }

    int IList.Add(object? value)
    {
        Add(value);
        return items.Count - 1;
    }

    /// <summary>Removes all elements.</summary>
    public void Clear()
    {
        payload.Touch();
        items.Clear();
    }

    /// <inheritdoc cref="IList.Contains"/>
    public bool Contains(object? value) => items.Contains(value);

    /// <inheritdoc/>
    public void CopyTo(object?[] array, int arrayIndex) => items.CopyTo(array, arrayIndex);

    void ICollection.CopyTo(Array array, int index) => ((ICollection)items).CopyTo(array, index);

    /// <inheritdoc/>
    public IEnumerator<object?> GetEnumerator() => items.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <inheritdoc cref="IList.IndexOf"/>
    public int IndexOf(object? value) => items.IndexOf(value);

    /// <inheritdoc cref="IList.Insert"/>
    public void Insert(int index, object? value)
    {
        payload.Touch();
        items.Insert(index, value);
    }

    /// <inheritdoc/>
    public bool Remove(object? item)
    {
        payload.Touch();
        return items.Remove(item);
    }

    void IList.Remove(object? value) => Remove(value);

    /// <inheritdoc cref="IList.RemoveAt"/>
    public void RemoveAt(int index)
    {
        payload.Touch();
        items.RemoveAt(index);
    }

    /// <summary>The array as JSON.</summary>
    public override string ToString() => PayloadValues.Text(this, payload.Plain);

    /// <summary>Takes an element while the payload is read.</summary>
    internal void Take(object? item) => items.Add(item);
}
