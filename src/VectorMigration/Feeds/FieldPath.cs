using System.Text;

namespace VectorMigration.Feeds;

/// <summary>
/// The place of a field in a payload as Qdrant writes it: names with dots between them; a name that holds a dot, a bracket or a star stands in quotation
/// marks (<c>metadata."file.name"</c>).
/// </summary>
internal sealed class FieldPath
{
    private const string Star = "*";

    private FieldPath(IReadOnlyList<string> names, bool below)
    {
        Names = names;
        Below = below;
        Text = string.Join('.', names.Select(Quoted)) + (below ? ".*" : string.Empty);
    }

    /// <summary>The names, at least one.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>True where a star at the end means every field of the object.</summary>
    public bool Below { get; }

    /// <summary>The path as a text, always the same for the same place.</summary>
    public string Text { get; }

    /// <summary>Reads a path.</summary>
    /// <param name="text">The path.</param>
    /// <param name="parameter">Where it was given, for messages.</param>
    /// <param name="mayEndInStar">A star may stand at its end.</param>
    /// <exception cref="Errors.MigrationException">It is none.</exception>
    public static FieldPath Parse(string? text, string parameter, bool mayEndInStar = false)
    {
        List<string> names = [];
        bool below = false;
        for (int at = 0; text is not null && at <= text.Length;)
        {
            int end = at < text.Length && text[at] == '"' ? EndOfQuoted(text, at) : text.IndexOf('.', at) is int dot and >= 0 ? dot : text.Length;
            bool isQuoted = at < text.Length && text[at] == '"';
            string name = end < 0 ? string.Empty : isQuoted ? text[(at + 1)..(end - 1)] : text[at..end];
            if (!isQuoted && name == Star && end == text.Length && mayEndInStar && names.Count > 0)
            {
                below = true;
            }
            else if (name.Length == 0 || (!isQuoted && name.AsSpan().IndexOfAny("\"[]*") >= 0))
            {
                throw MappingErrors.NotAPath(parameter, text, mayEndInStar);
            }
            else
            {
                names.Add(name);
            }

            at = end + 1;
        }

        return names.Count > 0 ? new FieldPath(names, below) : throw MappingErrors.NotAPath(parameter, text, mayEndInStar);
    }

    /// <summary>Whether a path is this one or lies in it.</summary>
    public bool Holds(FieldPath other) => other.Names.Count >= Names.Count + (Below ? 1 : 0) && Names.SequenceEqual(other.Names.Take(Names.Count));

    /// <inheritdoc/>
    public override string ToString() => Text;

    /// <summary>Behind the quotation mark that ends a name: the one before a dot or the end. Negative where there is none.</summary>
    private static int EndOfQuoted(string text, int at)
    {
        for (int end = text.IndexOf('"', at + 1); end >= 0; end = text.IndexOf('"', end + 1))
        {
            if (end + 1 == text.Length || text[end + 1] == '.')
            {
                return end + 1;
            }
        }

        return -1;
    }

    private static string Quoted(string name)
    {
        bool plain = name.AsSpan().IndexOfAny("\".[]*") < 0;
        return plain ? name : new StringBuilder(name.Length + 2).Append('"').Append(name).Append('"').ToString();
    }
}
