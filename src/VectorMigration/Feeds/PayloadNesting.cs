using System.Text.Json;

namespace VectorMigration.Feeds;

/// <summary>
/// How deep the encoder's messages get: an entry's value lies two levels below its object, an element one below its array. The limit is the encoder's own:
/// protobuf messages 100 deep, of which an object takes three and an array two. A point is the first.
/// </summary>
internal ref struct PayloadNesting
{
    /// <summary>Containers within one another of which it is asked.</summary>
    public const int Most = 64;

    private const int DeepestLevel = 100;
    private const byte ObjectMark = 0x80;

    private readonly Span<byte> containers;
    private int depth;

    /// <summary>Begins with an object.</summary>
    /// <param name="containers">Room for <see cref="Most"/> of them.</param>
    public PayloadNesting(Span<byte> containers)
    {
        this.containers = containers;
        containers[0] = 1 | ObjectMark;
    }

    /// <summary>Follows a token; true when it lies too deep.</summary>
    public bool Follow(JsonTokenType token)
    {
        switch (token)
        {
            case JsonTokenType.EndObject or JsonTokenType.EndArray:
                depth--;
                return false;
            case JsonTokenType.PropertyName:
                return false;
            default:
                int holder = containers[depth];
                int level = (holder & ~ObjectMark) + ((holder & ObjectMark) != 0 ? 2 : 1);
                if (token is not (JsonTokenType.StartObject or JsonTokenType.StartArray))
                {
                    return level > DeepestLevel;
                }

                containers[++depth] = (byte)((level + 1) | (token == JsonTokenType.StartObject ? ObjectMark : 0));
                return level + 1 > DeepestLevel;
        }
    }
}
