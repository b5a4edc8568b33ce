using System.Collections;
using System.Globalization;
using System.Management.Automation;
using System.Numerics;

namespace VectorMigration.Commands;

/// <summary>
/// Reads the objects of a pipeline by hand: binding CSV text to an array of floats by property name would give null without a word,
/// and PowerShell's own conversion takes 145 µs for 384 components.
/// </summary>
internal static class InputReader
{
    private const string VectorForms = "an array of numbers, a JSON array, or numbers split by space, comma or semicolon";

    /// <summary>Reads one object.</summary>
    /// <param name="value">A FaissVector, or an object or dictionary with Id, Vector and perhaps Payload.</param>
    /// <param name="position">Position in the pipeline, from 1.</param>
    /// <param name="rules">What becomes of ids and payloads.</param>
    /// <exception cref="MigrationException">It cannot be read; the error names position, property, expected and found.</exception>
    public static InputVector Read(object? value, long position, InputRules rules)
    {
        object? bare = Unwrap(value);
        return bare is FaissVector vector
            ? FromIndex(vector, value, position, rules)
            : FromObject(value, bare, position, rules);
    }

    private static InputVector FromIndex(FaissVector vector, object? value, long position, InputRules rules)
    {
        Given given = Given.Of(vector, value!);
        if (given.Id is not null)
        {
            return FromIndexWithId(vector, given, position, rules);
        }

        bool mapped = rules.Mapping == IdMapping.Uuid5 || vector.PointId.IsGuid;
        if (!mapped && vector.FaissId < 0)
        {
            throw CommandErrors.NegativeId(position, vector.FaissId);
        }

        PointId id = rules.Mapping == IdMapping.Uuid5 ? IndexFeed.MapId(vector.FaissId, rules.Mapping) : vector.PointId;
        ReadOnlyMemory<byte> payload = Payload(given, mapped, position, vector.FaissId, rules);
        payload = mapped ? IdField.AddTo(payload, vector.FaissId, text: null, rules.IdField) : payload;
        return new InputVector(vector.Ordinal, vector.FaissId, id, Components(given, position, vector.FaissId), payload, vector.Index)
        {
            IsChanged = given.IsChanged,
        };
    }

    /// <summary>A vector of an index that a script has given another id: that id is the one that is sent.</summary>
    private static InputVector FromIndexWithId(FaissVector vector, in Given given, long position, InputRules rules)
    {
        (PointId point, long number, string? text) = ReadId(given.Id!, position, rules.Mapping);
        bool mapped = rules.Mapping == IdMapping.Uuid5;
        ReadOnlyMemory<byte> payload = Payload(given, mapped, position, given.Id!, rules);
        payload = mapped ? IdField.AddTo(payload, number, text, rules.IdField) : payload;
        return new InputVector(vector.Ordinal, number, point, Components(given, position, given.Id!), payload, vector.Index)
        {
            IsChanged = true,
            HasOwnId = true,
            IdText = text,
        };
    }

    private static float[] Components(in Given given, long position, object id) =>
        ComponentReader.Read(given.Vector, out string? problem) ?? throw CommandErrors.UnreadableObject(position, "property Vector", VectorForms, problem!, id);

    private static ReadOnlyMemory<byte> Payload(in Given given, bool mapped, long position, object id, InputRules rules)
    {
        RowFault? repeated = given.Original is { IsEmpty: false } read ? PayloadRows.FindRepeated(read.Span)
            : (given.Payload as VectorPayload)?.FindRepeated() is string path ? RowFault.FieldRepeated(path) : null;
        if (repeated is not null)
        {
            rules.NoteRepeated(position, id, repeated);
        }

        // What was read from a file has been judged there, except for repeated fields, which an object keeps as they are.
        return given.Original is not ReadOnlyMemory<byte> json ? Payload(given.Payload, mapped ? rules.WithIdField : rules.Plain, position, id)
            : !mapped || json.IsEmpty ? json
            : Payload(new VectorPayload(json), rules.Untouched, position, id);
    }

    private static ReadOnlyMemory<byte> Payload(object? value, PayloadRows rows, long position, object id)
    {
        ReadOnlyMemory<byte> payload = PayloadReader.Read(value, rows, out string? refused, out RowFault? fault);
        return refused is not null ? throw CommandErrors.UnreadableObject(
            position, "property Payload", "an object, a dictionary or a JSON object as text", refused, id)
            : fault is not null ? throw CommandErrors.PayloadRefused(position, fault, id)
            : payload;
    }

    private static InputVector FromObject(object? value, object? bare, long position, InputRules rules)
    {
        if (bare is null)
        {
            throw CommandErrors.UnreadableObject(position, "the object", "an object with Id and Vector", "null", null);
        }

        if (bare is string or decimal or Guid || bare.GetType().IsPrimitive)
        {
            throw CommandErrors.UnreadableObject(position, "the object", "an object with Id and Vector", $"a value ({Name(bare)})", null);
        }

        object id = Property(value!, bare, "Id") ?? throw CommandErrors.UnreadableObject(
            position, "property Id", "a number, text or a Guid", $"none ({Name(bare)})", bare);
        object vector = Property(value!, bare, "Vector") ?? throw CommandErrors.UnreadableObject(
            position, "property Vector", "numbers", $"none ({Name(bare)})", id);
        (PointId point, long number, string? text) = ReadId(id, position, rules.Mapping);
        float[] components = ComponentReader.Read(vector, out string? problem)
            ?? throw CommandErrors.UnreadableObject(position, "property Vector", VectorForms, problem!, id);
        bool mapped = rules.Mapping == IdMapping.Uuid5;
        ReadOnlyMemory<byte> payload = Payload(Property(value!, bare, "Payload"), mapped ? rules.WithIdField : rules.Plain, position, id);
        return new InputVector(position - 1, number, point, components, mapped ? IdField.AddTo(payload, number, text, rules.IdField) : payload, null)
        {
            IdText = text,
        };
    }

    private static (PointId Point, long Number, string? Text) ReadId(object id, long position, IdMapping mapping)
    {
        Int128? number = id switch
        {
            long or int or short or sbyte => Convert.ToInt64(id, CultureInfo.InvariantCulture),
            ulong or uint or ushort or byte => Convert.ToUInt64(id, CultureInfo.InvariantCulture),
            double real when real == Math.Truncate(real) && Math.Abs(real) <= 9_007_199_254_740_992 => (long)real,
            float real when real == Math.Truncate(real) && Math.Abs(real) <= 16_777_216 => (long)real,
            decimal real when real == decimal.Truncate(real) && Math.Abs(real) <= ulong.MaxValue => (Int128)real,
            BigInteger big when big >= long.MinValue && big <= ulong.MaxValue => (Int128)big,
            PointId point when !point.IsGuid => point.Number,
            string text when Int128.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite,
                CultureInfo.InvariantCulture, out Int128 parsed)
                && parsed >= long.MinValue && parsed <= ulong.MaxValue => parsed,
            _ => null,
        };
        if (mapping == IdMapping.Uuid5)
        {
            return MapText(number, id, position);
        }

        if (number is { } known)
        {
            return known < 0 ? throw CommandErrors.NegativeId(position, known) : (PointId.FromNumber((ulong)known), unchecked((long)(ulong)known), null);
        }

        Guid? guid = id switch
        {
            Guid given => given,
            PointId point => point.Guid,
            string text when Guid.TryParse(text, out Guid parsed) => parsed,
            _ => null,
        };
        return guid is { } uuid
            ? (PointId.FromGuid(uuid), position - 1, null)
            : throw CommandErrors.UnreadableObject(position, "property Id",
                "a whole number from 0 to 18446744073709551615 or a UUID (or any text, with -IdMapping Uuid5)", Show(id), id);
    }

    /// <summary>
    /// Under Uuid5 any text is an id. One that is a whole number as numbers are written is that number, so that an index and a list of its ids agree;
    /// '017' is no number, and stays what it is.
    /// </summary>
    private static (PointId Point, long Number, string? Text) MapText(Int128? number, object id, long position)
    {
        string? text = id switch
        {
            string given => given,
            Guid guid => guid.ToString("D"),
            PointId point => point.ToString(),
            _ => number?.ToString(CultureInfo.InvariantCulture),
        };
        if (string.IsNullOrEmpty(text))
        {
            throw CommandErrors.UnreadableObject(position, "property Id", "a whole number, a UUID or any text for -IdMapping Uuid5", Show(id), id);
        }

        return number is { } known && known >= long.MinValue && known <= long.MaxValue && known.ToString(CultureInfo.InvariantCulture) == text
            ? (IndexFeed.MapId((long)known, IdMapping.Uuid5), (long)known, null)
            : (PointId.FromGuid(UuidV5.OfText(text)), position - 1, text);
    }

    private static object? Property(object value, object bare, string name)
    {
        if (bare is IDictionary dictionary)
        {
            foreach (DictionaryEntry entry in dictionary)
            {
                if (entry.Key is string key && key.Equals(name, StringComparison.OrdinalIgnoreCase))
                {
                    return Unwrap(entry.Value);
                }
            }

            return null;
        }

        return Unwrap(PSObject.AsPSObject(value).Properties[name]?.Value);
    }

    // A PSCustomObject's BaseObject is no use; the PSObject itself carries its properties.
    internal static object? Unwrap(object? value) =>
        value is PSObject wrapped && wrapped.BaseObject is not PSCustomObject ? wrapped.BaseObject : value;

    private static string Name(object bare) => bare is PSObject ? "PSCustomObject" : bare.GetType().Name;

    private static string Show(object value)
    {
        string text = Convert.ToString(value, CultureInfo.InvariantCulture) ?? string.Empty;
        return $"'{(text.Length > 60 ? text[..60] + "…" : text)}' ({value.GetType().Name})";
    }
}
