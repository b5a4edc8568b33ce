using System.Text;

namespace VectorMigration.Faiss.Input;

/// <summary>The codes of four characters that open every record of a file.</summary>
internal static class FourCharacters
{
    /// <summary><c>null</c>: no index (v1.9 and later).</summary>
    public static uint Null { get; } = Of("null");

    /// <summary>The code of four characters, as a little-endian machine writes it.</summary>
    public static uint Of(string text)
    {
        byte[] bytes = Encoding.ASCII.GetBytes(text);
        return bytes[0] | ((uint)bytes[1] << 8) | ((uint)bytes[2] << 16) | ((uint)bytes[3] << 24);
    }

    /// <summary>The characters; a dot for what is none.</summary>
    public static string Text(uint code)
    {
        StringBuilder text = new(4);
        for (int i = 0; i < 4; i++)
        {
            char c = (char)((code >> (8 * i)) & 0xFF);
            text.Append(c is >= ' ' and < (char)127 ? c : '.');
        }

        return text.ToString();
    }

    /// <summary>The bytes in the order of the file.</summary>
    public static string Hex(uint code) => $"{code & 0xFF:X2}{(code >> 8) & 0xFF:X2}{(code >> 16) & 0xFF:X2}{code >> 24:X2}";
}
