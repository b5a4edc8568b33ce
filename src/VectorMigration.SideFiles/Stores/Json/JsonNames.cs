using System.Text.Json;

namespace VectorMigration.SideFiles.Stores.Json;

/// <summary>Tells the names of fields apart.</summary>
internal static class JsonNames
{
    /// <summary>Which of some names a key is; negative for none of them, and for one that is no text: the check before a run refuses it.</summary>
    public static int IndexOf(ref Utf8JsonReader key, ReadOnlySpan<string> names)
    {
        try
        {
            for (int i = 0; i < names.Length; i++)
            {
                if (key.ValueTextEquals(names[i]))
                {
                    return i;
                }
            }
        }
        catch (InvalidOperationException)
        {
            // Half of a character.
        }

        return -1;
    }
}
