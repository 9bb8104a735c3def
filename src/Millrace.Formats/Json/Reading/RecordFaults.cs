using System.Text.Unicode;
using Millrace.Columnar;

namespace Millrace.Formats.Json;

/// <summary>Decides what is said of a record that could not be decoded: that it is a bad row, or that the schema is too narrow.</summary>
internal sealed unsafe class RecordFaults(string file, Schema schema, FileReadRequest request, JsonOptions options)
{
    public void Report(ErrorCode code, string message, ReadOnlySpan<byte> raw, ErrorPlace place)
        => request.RowErrors.OnRowError(new RowError(code, message, place, raw[..Math.Min(raw.Length, RowError.MaxRaw)].ToArray()) { RawLength = raw.Length });

    /// <summary>Reports the record that begins at a token and failed as the segment says.</summary>
    public void Report(JsonSegment segment, uint* token, ReadOnlySpan<byte> raw, ErrorPlace place)
    {
        JsonFault fault = segment.Fault;
        string field = segment.FaultField;
        uint at = segment.FaultAt;
        if (segment.NeedsUtf8Check && !Utf8.IsValid(raw))
        {
            fault = JsonFault.InvalidUtf8;
        }
        else if (fault is JsonFault.Misfit or JsonFault.UnknownField or JsonFault.NullValue && !IsGood(segment, token, raw))
        {
            fault = segment.Fault;
            at = segment.FaultAt;
        }

        switch (fault)
        {
            case JsonFault.Misfit or JsonFault.UnknownField:
                ReportField(segment, token, fault, field, at, raw, place);
                break;
            case JsonFault.NullValue:
                Report(JsonErrors.NullCode, JsonErrors.Null(field), raw, place with { Field = field });
                break;
            case JsonFault.NotAnObject:
                Report(JsonErrors.NotAnObjectCode, JsonErrors.NotAnObject(raw.Trim(" \t\r\n"u8)), raw, place);
                break;
            case JsonFault.InvalidUtf8:
                Report(FormatErrors.InvalidUtf8, JsonErrors.InvalidUtf8(), raw, place);
                break;
            case JsonFault.TooDeep:
                Report(JsonErrors.TooDeepCode, $"The record has more than {segment.MaxDepth} levels of objects and arrays.", raw, place);
                break;
            case JsonFault.TooLong:
                Report(JsonErrors.RecordTooLongCode, JsonErrors.RecordTooLong(options.MaxRecordBytes), raw, place);
                break;
            case JsonFault.TooLarge:
                Report(JsonErrors.RecordTooLongCode, "The record holds more values than fit into one batch.", raw, place);
                break;
            case JsonFault.LoneSurrogate:
                Report(JsonErrors.LoneSurrogateCode, "A text of the record holds half of a surrogate pair.", raw, place);
                break;
            default:
                Report(JsonErrors.SyntaxCode, Syntax(segment, at, raw), raw, place);
                break;
        }
    }

    // Whether the record is JSON from its first to its last byte.
    private static bool IsGood(JsonSegment segment, uint* token, ReadOnlySpan<byte> raw)
    {
        uint* end = JsonSyntax.Check(segment, token);
        fixed (byte* start = raw)
        {
            bool reachesEnd = end != null && segment.Text + *end >= start + raw.Length;
            if (end != null && !reachesEnd)
            {
                segment.Fail(JsonFault.Syntax, end);
            }

            return reachesEnd;
        }
    }

    private static string Syntax(JsonSegment segment, uint at, ReadOnlySpan<byte> raw)
    {
        fixed (byte* start = raw)
        {
            long offset = segment.Text + at - start;
            if (offset < 0 || offset >= raw.Length)
            {
                return "The record ends before it is complete.";
            }

            byte found = raw[(int)offset];
            return found is < 0x20 or 0x7F
                ? $"Found the control character 0x{found:X2} at byte {offset + 1} of the record."
                : $"Found {JsonErrors.Show(raw[(int)offset..])} at byte {offset + 1} of the record.";
        }
    }

    // The record is good JSON here, so its members can be walked over.
    private void ReportField(JsonSegment segment, uint* token, JsonFault fault, string field, uint at, ReadOnlySpan<byte> raw, ErrorPlace place)
    {
        uint* member = FindMember(segment, token, at);
        uint* end = JsonSyntax.Skip(segment, member + 3);
        string name = Name(segment, member);
        int column = schema.IndexOf(name);
        bool known = column >= 0 && schema[column].Name == name;
        ErrorPlace here = place with { Field = name == field ? name : $"{name}.{field}" };
        if (fault == JsonFault.UnknownField && (options.UnknownFields == JsonUnknownFields.Fail || (known && request.Declared.Contains(name))))
        {
            Report(JsonErrors.UnknownFieldCode, JsonErrors.UnknownField(field), raw, here);
            return;
        }

        JsonShape shape = known ? JsonShape.Of(schema[column], options) : new JsonShape(options, depth: 1);
        shape.Add(segment, member + 3);
        DataType wider = shape.ToType();
        if (known && (request.Declared.Contains(name) || wider.Equals(schema[column].Type)))
        {
            Report(FormatErrors.ValueDoesNotFit, JsonErrors.ValueDoesNotFit(JsonSyntax.Raw(segment.Text, member + 3, end), schema[column].Type), raw, here);
            return;
        }

        throw new SchemaWideningException(name, known ? schema[column].Type : null, wider, here with { File = file });
    }

    // The key of the member of the record within which a place lies.
    private static uint* FindMember(JsonSegment segment, uint* token, uint at)
    {
        uint* member = token + 1;
        while (true)
        {
            uint* next = JsonSyntax.Skip(segment, member + 3);
            if (*next > at || segment.Text[*next] != ',')
            {
                return member;
            }

            member = next + 1;
        }
    }

    private static string Name(JsonSegment segment, uint* key)
    {
        using var scratch = new JsonScratch();
        scratch.TryGetText(segment, key, JsonLoneSurrogates.Replace, out ReadOnlySpan<byte> name);
        return System.Text.Encoding.UTF8.GetString(name);
    }
}
