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

    /// <summary>True for a key of that name; false also for half of a character.</summary>
    public static bool Is(ref Utf8JsonReader key, string name)
    {
        try
        {
            return key.ValueTextEquals(name);
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }

    /// <summary>The text that a reader stands on; null for half of a character, which the check before a run refuses.</summary>
    public static string? TextOf(ref Utf8JsonReader text)
    {
        try
        {
            return text.GetString();
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }
}
