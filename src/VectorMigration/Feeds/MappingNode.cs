using System.Text;
using System.Text.Json;
using VectorMigration.Vectors;

namespace VectorMigration.Feeds;

/// <summary>
/// What a mapping says of a place in a payload, and of those below it. Built once, then read by any thread; all of them note the same of what they saw.
/// </summary>
internal sealed class MappingNode
{
    private readonly List<(string Text, byte[] Name, MappingNode Node)> children = [];

    /// <summary>The field goes to the point.</summary>
    public bool Keep { get; set; }

    /// <summary>All fields of the object do.</summary>
    public bool KeepBelow { get; set; }

    /// <summary>The field is left out.</summary>
    public bool Drop { get; set; }

    /// <summary>All fields of the object are.</summary>
    public bool DropBelow { get; set; }

    /// <summary>The type that it gets; null where it keeps its own.</summary>
    public PayloadFieldType? Type { get; set; }

    /// <summary>Where it goes, name by name; null where it stays.</summary>
    public IReadOnlyList<MadeName>? Target { get; set; }

    /// <summary>The object must be looked into, because another field is put there.</summary>
    public bool Receives { get; set; }

    /// <summary>A payload had such a field.</summary>
    public bool IsSeen { get; private set; }

    /// <summary>Notes that a payload has such a field, of which nothing was read.</summary>
    public void See() => IsSeen = true;

    /// <summary>Whether an object at this place is looked into.</summary>
    public bool LooksInto => children.Count > 0 || KeepBelow || DropBelow || Receives;

    /// <summary>The node of a path below this one, made where it is not there.</summary>
    public MappingNode At(IEnumerable<string> names)
    {
        MappingNode node = this;
        foreach (string name in names)
        {
            MappingNode? next = node.children.FirstOrDefault(child => child.Text == name).Node;
            if (next is null)
            {
                node.children.Add((name, Encoding.UTF8.GetBytes(name), next = new MappingNode()));
            }

            node = next;
        }

        return node;
    }

    /// <summary>What is said of the field whose name a reader stands at; null where nothing is.</summary>
    public MappingNode? Find(ref Utf8JsonReader reader)
    {
        foreach ((string _, byte[] name, MappingNode node) in children)
        {
            if (reader.ValueTextEquals(name))
            {
                node.IsSeen = true;
                return node;
            }
        }

        return null;
    }
}

/// <summary>A name that a mapping gives: as it is compared, and as it is written.</summary>
/// <param name="Plain">UTF-8.</param>
/// <param name="Quoted">UTF-8 with quotation marks, as JSON has it.</param>
internal sealed record MadeName(byte[] Plain, byte[] Quoted)
{
    /// <summary>Makes one.</summary>
    public static MadeName Of(string name) => new(Encoding.UTF8.GetBytes(name), IdField.Quoted(name));
}
