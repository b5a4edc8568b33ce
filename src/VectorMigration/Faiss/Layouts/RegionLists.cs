using System.Collections;
using VectorMigration.Vectors;

namespace VectorMigration.Faiss.Layouts;

/// <summary>Regions that are made when they are asked for: an index may have millions of lists.</summary>
internal abstract class RegionList : IReadOnlyList<IndexRegion>
{
    public abstract int Count { get; }

    public abstract IndexRegion this[int index] { get; }

    public IEnumerator<IndexRegion> GetEnumerator()
    {
        for (int i = 0; i < Count; i++)
        {
            yield return this[i];
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}

/// <summary>The regions of an inner index, and the id map after them.</summary>
internal sealed class AppendedRegion(IReadOnlyList<IndexRegion> inner, IndexRegion last) : RegionList
{
    public override int Count => inner.Count + 1;

    public override IndexRegion this[int index] => index == inner.Count ? last : inner[index];
}

/// <summary>Two regions for each list, made one at a time.</summary>
internal sealed class ListRegions(ListTable table, VectorRows rows, string path) : RegionList
{
    public override int Count => checked(table.Length * 2);

    public override IndexRegion this[int index]
    {
        get
        {
            int list = index / 2;
            long first = table.FirstOrdinal(list);
            long size = table.EndOrdinal(list) - first;
            return index % 2 == 0
                ? new IndexRegion(rows.Content, path, table.ComponentsOffset(list), rows.Length(size), first)
                : new IndexRegion(RegionContent.Ids, path, table.IdsOffset(list), size * sizeof(long), first);
        }
    }
}

/// <summary>The regions of a layout from whose bytes other components come out: what are components there, are codes here.</summary>
internal sealed class CodeRegions(IReadOnlyList<IndexRegion> inner) : RegionList
{
    public override int Count => inner.Count;

    public override IndexRegion this[int index] =>
        inner[index] is { Content: RegionContent.Components } region ? region with { Content = RegionContent.Codes } : inner[index];
}
