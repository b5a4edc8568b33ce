namespace VectorMigration.Qdrant;

/// <summary>
/// UpdateBatchPoints of SetPayload operations, as <c>POST …/points/batch</c>. The message is read where it lies, and payloads are written as they are
/// in an upsert.
/// </summary>
internal static class PayloadUpdates
{
    /// <summary>The request.</summary>
    /// <exception cref="FormatException">It is no message.</exception>
    /// <exception cref="ForeignAnswerException">It holds other operations, or its JSON is too large.</exception>
    public static RestCall Make(ReadOnlySpan<byte> message)
    {
        JsonPieces json = new();
        using PayloadJson payloads = new();
        try
        {
            string collection = string.Empty;
            bool waits = false;
            bool isFirst = true;
            WireReader reader = new(message);
            while (!reader.IsAtEnd)
            {
                switch (reader.Tag())
                {
                    case (1, WireReader.DelimitedType):
                        collection = System.Text.Encoding.UTF8.GetString(reader.Delimited());
                        break;
                    case (2, WireReader.VarintType):
                        waits = reader.Varint() != 0;
                        break;
                    case (3, WireReader.DelimitedType):
                        json.Append(isFirst ? "{\"operations\":["u8 : ","u8);
                        isFirst = false;
                        WriteOperation(json, payloads, reader.Delimited());
                        break;
                    case (int field, int type):
                        Unsupported.If(true, $"the field {field} of UpdateBatchPoints");
                        reader.Skip(type);
                        break;
                }
            }

            json.Append(isFirst ? "{\"operations\":[]}"u8 : "]}"u8);
            return new RestCall(HttpMethod.Post, RestCall.At(collection, "/points/batch") + RestCall.Query(waits))
            {
                Body = json,
                Answer = RestAnswers.ToUpdates,
            };
        }
        catch
        {
            json.Dispose();
            throw;
        }
    }

    /// <summary>PointsUpdateOperation: set_payload = 3 { payload = 1 (map), points_selector = 2 { points = 1 { ids = 1 } } }.</summary>
    private static void WriteOperation(JsonPieces json, PayloadJson payloads, ReadOnlySpan<byte> operation)
    {
        WireReader reader = new(operation);
        (int kind, _) = reader.Tag();
        Unsupported.If(kind != 3, $"the operation {kind}");
        ReadOnlySpan<byte> selector = [];
        WireReader setting = new(reader.Delimited());
        payloads.BeginAnew();
        while (!setting.IsAtEnd)
        {
            (int field, _) = setting.Tag();
            ReadOnlySpan<byte> value = setting.Delimited();
            if (field == 1)
            {
                payloads.Entry(value);
            }
            else
            {
                Unsupported.If(field != 2, $"the field {field} of SetPayload");
                selector = value;
            }
        }

        Range written = payloads.End();
        json.Append("{\"set_payload\":{\"payload\":"u8);
        json.Append(payloads.Written.Span[written]);
        json.Append(",\"points\":["u8);
        WriteIds(json, selector);
        json.Append("]}}"u8);
    }

    private static void WriteIds(JsonPieces json, ReadOnlySpan<byte> selector)
    {
        WireReader reader = new(selector);
        (int kind, _) = reader.Tag();
        Unsupported.If(kind != 1, "a filter");
        WireReader ids = new(reader.Delimited());
        for (bool isFirst = true; !ids.IsAtEnd; isFirst = false)
        {
            ids.Tag();
            json.Append(isFirst ? ""u8 : ","u8);
            PointsJson.WriteId(json, ids.Delimited());
        }
    }
}
