using System.Text;
using System.Text.Json;

namespace VectorMigration.SideFiles;

/// <summary>The place of a field in rows that are JSON objects.</summary>
/// <param name="path">Names of the field and of the objects around it, the outermost first.</param>
internal sealed class FieldPath(string[] path)
{
    private readonly byte[][] names = [.. path.Select(Encoding.UTF8.GetBytes)];

    /// <summary>The names, with dots.</summary>
    public string Name { get; } = string.Join('.', path);

    /// <summary>Brings the reader, which stands at the beginning of an object, to the value of the field; false where there is none.</summary>
    public bool Seek(ref Utf8JsonReader reader)
    {
        int depth = 0;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            bool here = reader.ValueTextEquals(names[depth]);
            reader.Read();
            if (!here)
            {
                reader.TrySkip();
            }
            else if (++depth == names.Length)
            {
                return true;
            }
            else if (reader.TokenType == JsonTokenType.StartArray)
            {
                // The first of several, as they were collected.
                reader.Read();
            }

            if (here && reader.TokenType != JsonTokenType.StartObject)
            {
                return false;
            }
        }

        return false;
    }
}
