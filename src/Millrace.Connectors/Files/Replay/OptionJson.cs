using System.Collections;
using System.Globalization;
using System.Text.Json.Nodes;
using Millrace.Formats;
using Millrace.Sdk;

namespace Millrace.Connectors.Files;

/// <summary>Options of a format as JSON: those that are not at their defaults, by their names in configuration.</summary>
internal static class OptionJson
{
    public static JsonObject Of(FormatOptions options)
    {
        var json = new JsonObject();
        foreach (OptionInfo option in OptionInfo.Of(options.GetType()))
        {
            object? value = option.Property.GetValue(options);
            if (value is not null && !IsDefault(option, value))
            {
                json[option.Name] = value is IEnumerable list and not string
                    ? new JsonArray([.. list.Cast<object>().Select(i => (JsonNode)TextOf(i))])
                    : TextOf(value);
            }
        }

        return json;
    }

    public static OptionMap Parse(JsonObject json, ErrorPlace place)
    {
        var map = new OptionMap(place);
        foreach ((string name, JsonNode? value) in json)
        {
            map.Set(name, value is JsonArray list ? new OptionList([.. list.Select(i => Scalar((string)i!, place))], place) : Scalar((string)value!, place));
        }

        return map;
    }

    private static OptionScalar Scalar(string text, ErrorPlace place) => new(text, place, Quoted: true);

    private static bool IsDefault(OptionInfo option, object value)
        => value is IEnumerable list and not string
            ? option.Default is IEnumerable defaults && list.Cast<object>().SequenceEqual(defaults.Cast<object>())
            : value.Equals(option.Default);

    private static string TextOf(object value) => value switch
    {
        Enum choice => OptionInfo.SnakeCase(choice.ToString()),
        bool flag => flag ? "true" : "false",
        TimeSpan time => Duration.Format(time),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "",
    };
}
