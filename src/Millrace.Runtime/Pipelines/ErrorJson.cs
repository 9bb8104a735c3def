using System.Text.Json.Nodes;
using Millrace.Sdk;

namespace Millrace.Runtime;

/// <summary>Errors as JSON, for <c>--json</c> and dead letters.</summary>
public static class ErrorJson
{
    public static JsonObject Of(MillraceException error)
    {
        JsonObject json = Of(error.Code, error.Message, error.Place);
        json["hint"] = error.Hint;
        json["class"] = OptionInfo.SnakeCase(error.Code.Class.ToString());
        json["retryable"] = error.Code.Retryable;
        if (error.Related.Count > 0)
        {
            json["faults"] = new JsonArray([.. error.Related.Select(e => (JsonNode)Of(e))]);
        }

        return json;
    }

    public static JsonObject Of(RowError error) => Of(error.Code, error.Message, error.Place);

    private static JsonObject Of(ErrorCode code, string message, ErrorPlace? place)
    {
        var json = new JsonObject
        {
            ["code"] = code.Id,
            ["message"] = message,
            ["domain"] = OptionInfo.SnakeCase(code.Domain.ToString()),
        };
        if (place is not null)
        {
            AddPart(json, "file", place.File);
            AddPart(json, "line", place.Line);
            AddPart(json, "column", place.Column);
            AddPart(json, "offset", place.Offset);
            AddPart(json, "field", place.Field);
            AddPart(json, "stream", place.Stream);
            AddPart(json, "split", place.Split);
        }

        return json;
    }

    private static void AddPart<T>(JsonObject json, string name, T? value)
    {
        if (value is not null)
        {
            json[name] = JsonValue.Create(value);
        }
    }
}
