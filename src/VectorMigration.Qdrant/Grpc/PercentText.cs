
namespace VectorMigration.Qdrant;

/// <summary>The percent-encoding of <c>grpc-message</c> (gRPC over HTTP/2, "Percent-Encoded").</summary>
internal static class PercentText
{
    /// <summary>Decodes UTF-8 bytes written as <c>%XX</c>. A percent sign that starts no such pair stands for itself: the protocol asks for leniency.</summary>
    public static string Decode(string text)
    {
        if (!text.Contains('%', StringComparison.Ordinal))
        {
            return text;
        }

        byte[] source = System.Text.Encoding.UTF8.GetBytes(text);
        byte[] decoded = new byte[source.Length];
        int written = 0;
        for (int i = 0; i < source.Length; i++)
        {
            if (source[i] == '%' && i + 2 < source.Length && char.IsAsciiHexDigit((char)source[i + 1]) && char.IsAsciiHexDigit((char)source[i + 2]))
            {
                decoded[written++] = (byte)((HexValue(source[i + 1]) << 4) | HexValue(source[i + 2]));
                i += 2;
            }
            else
            {
                decoded[written++] = source[i];
            }
        }

        return System.Text.Encoding.UTF8.GetString(decoded, 0, written);
    }

    private static int HexValue(byte digit) => digit <= '9' ? digit - '0' : (digit | 0x20) - 'a' + 10;
}
