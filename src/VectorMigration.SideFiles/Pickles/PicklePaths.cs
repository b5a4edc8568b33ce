using System.Text;

namespace VectorMigration.SideFiles.Pickles;

/// <summary>Joins the parts of Python's paths to the text that <c>str()</c> gives.</summary>
internal static class PicklePaths
{
    /// <summary>With slashes.</summary>
    public static string Posix(IReadOnlyList<string> parts)
    {
        string root = string.Empty;
        List<string> names = [];
        foreach (string part in parts)
        {
            if (part.StartsWith('/'))
            {
                // Two slashes at the beginning, and no more, are a root of their own.
                root = part.StartsWith("//", StringComparison.Ordinal) && !part.StartsWith("///", StringComparison.Ordinal) ? "//" : "/";
                names.Clear();
            }

            names.AddRange(part.Split('/').Where(static name => name is not ("" or ".")));
        }

        string text = root + string.Join('/', names);
        return text.Length == 0 ? "." : text;
    }

    /// <summary>With backslashes; the first part holds drive and root.</summary>
    public static string Windows(IReadOnlyList<string> parts)
    {
        StringBuilder text = new();
        foreach (string part in parts)
        {
            string own = part.Replace('/', '\\');
            if (own.StartsWith('\\') || own is [_, ':', ..])
            {
                text.Clear();
            }
            else if (text.Length > 0 && text[^1] is not ('\\' or ':'))
            {
                text.Append('\\');
            }

            text.Append(own);
        }

        return text.Length == 0 ? "." : text.ToString();
    }
}
