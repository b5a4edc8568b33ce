namespace VectorMigration.Qdrant;

/// <summary>
/// Payloads that were read back: light ones were written as JSON when their answer was read; heavy ones are compared in the answer that brought them, and
/// become JSON only where that does not settle it.
/// </summary>
/// <param name="text">JSON of the light ones.</param>
/// <param name="answers">Answers with heavy ones, which it owns.</param>
/// <param name="rows">Where the payload of each row lies: in the text, or as a point in an answer. An empty range is a row without.</param>
internal sealed class ReadPayloads(ReadOnlyMemory<byte> text, IReadOnlyList<RawAnswer> answers, (int Answer, Range Place)[] rows) : RetrievedPayloads
{
    /// <summary>Instead of an answer: it lies in the text.</summary>
    public const int InText = -1;

    /// <inheritdoc/>
    public override ReadOnlyMemory<byte> Utf8(int row) =>
        rows[row].Place.Equals(default) ? default : rows[row].Answer == InText ? text[rows[row].Place] : Json(Point(row));

    /// <inheritdoc/>
    public override bool IsCertainly(int row, ReadOnlySpan<byte> json) =>
        rows[row].Answer != InText && !rows[row].Place.Equals(default) && WireEquality.IsCertain(Point(row), RetrievedReader.PayloadField, json);

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        foreach (RawAnswer answer in disposing ? answers : [])
        {
            answer.Dispose();
        }

        base.Dispose(disposing);
    }

    private static ReadOnlyMemory<byte> Json(ReadOnlySpan<byte> point)
    {
        using PayloadJson json = new();
        json.Expect(point.Length);
        bool isThere = false;
        WireReader reader = new(point);
        while (!reader.IsAtEnd)
        {
            (int field, int type) = reader.Tag();
            if (field != RetrievedReader.PayloadField || type != WireReader.DelimitedType)
            {
                reader.Skip(type);
                continue;
            }

            if (!isThere)
            {
                json.Begin();
                isThere = true;
            }

            json.Entry(reader.Delimited());
        }

        if (!isThere)
        {
            return default;
        }

        // Ending it writes, so what was written is asked for after it.
        Range place = json.End();
        return json.Written[place];
    }

    private ReadOnlySpan<byte> Point(int row) => answers[rows[row].Answer].Body[rows[row].Place];
}
