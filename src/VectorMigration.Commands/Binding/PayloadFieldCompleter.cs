using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using System.Text;
using System.Text.Json;

namespace VectorMigration.Commands;

/// <summary>Completes the fields of the payload file that is on the same line, by its first row: <c>metadata.source</c>. Never a file.</summary>
public sealed class PayloadFieldCompleter : IArgumentCompleter
{
    private const int MostRead = 64 * 1024;

    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        string? path = fakeBoundParameters?[nameof(PayloadParameters.PayloadPath)]?.ToString();
        return Completions.OrNothing(string.IsNullOrEmpty(path) ? [] : FieldsOf(path), wordToComplete);
    }

    private static IReadOnlyList<string> FieldsOf(string path)
    {
        try
        {
            byte[] start = new byte[MostRead];
            using FileStream file = File.OpenRead(Completions.FullPath(path));
            ReadOnlySpan<byte> text = start.AsSpan(0, file.ReadAtLeast(start, MostRead, throwOnEndOfStream: false));
            text = text.StartsWith(Encoding.UTF8.Preamble) ? text[3..] : text;
            return text.TrimStart(" \t\r\n"u8) is [(byte)'{' or (byte)'[', ..] ? OfJson(text) : OfTable(text);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or JsonException or ArgumentException or NotSupportedException
            or InvalidOperationException or RuntimeException)
        {
            // Completion has nobody to tell: the command itself tells what is wrong with the file.
            return [];
        }
    }

    /// <summary>Fields of the first object, also where its end was not read.</summary>
    private static List<string> OfJson(ReadOnlySpan<byte> text)
    {
        List<string> fields = [];
        Stack<string> within = [];
        Utf8JsonReader reader = new(text, isFinalBlock: false, default);
        string name = string.Empty;
        int arrays = 0;
        while (reader.Read())
        {
            switch (reader.TokenType)
            {
                case JsonTokenType.StartArray when within.Count > 0:
                    arrays++;
                    break;
                case JsonTokenType.EndArray:
                    arrays--;
                    break;
                case JsonTokenType.StartObject when arrays <= 0:
                    within.Push(within.Count == 0 ? string.Empty : name + ".");
                    break;
                case JsonTokenType.EndObject when arrays <= 0:
                    within.Pop();
                    if (within.Count == 0)
                    {
                        return fields;
                    }

                    break;
                case JsonTokenType.PropertyName when arrays <= 0:
                    name = within.Peek() + reader.GetString();
                    fields.Add(name);
                    break;
            }
        }

        return fields;
    }

    /// <summary>Names in the first line of a CSV file.</summary>
    private static IReadOnlyList<string> OfTable(ReadOnlySpan<byte> text)
    {
        int end = text.IndexOfAny((byte)'\r', (byte)'\n');
        string line = Encoding.UTF8.GetString(end < 0 ? text : text[..end]);
        char delimiter = ((char[])[',', ';', '\t']).MaxBy(sign => line.Count(candidate => candidate == sign));
        return line.Any(char.IsControl) && delimiter != '\t' ? [] : [.. line.Split(delimiter).Select(static name => name.Trim('"', ' '))];
    }
}
