using System.Collections;
using System.Globalization;
using Millrace.Columnar;

namespace Millrace.Sdk;

/// <summary>How options look in configuration and in the reference page.</summary>
public static class OptionText
{
    /// <summary>The default as one would write it; empty when there is none worth showing.</summary>
    public static string Default(OptionInfo option) => option.Default switch
    {
        null => "",
        bool flag => flag ? "true" : "false",
        string text => text,
        Enum value => OptionInfo.SnakeCase(value.ToString()),
        TimeSpan duration => Duration.Format(duration),
        IFormattable number when number is int or long or double => number.ToString(null, CultureInfo.InvariantCulture),
        ByteSize size => size.ToString(),
        char c => c == '\t' ? "\\t" : c.ToString(),
        DataType type => type.ToString(),
        IEnumerable<string> texts => string.Join(", ", texts.Select(t => t.Length == 0 ? "''" : t)),
        IEnumerable<Enum> values => string.Join(", ", values.Select(v => OptionInfo.SnakeCase(v.ToString()))),
        _ => "",
    };

    /// <summary>What a value looks like, in words.</summary>
    public static string TypeName(Type type)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (typeof(OptionChoice).IsAssignableFrom(type))
        {
            return "name or group";
        }

        if (type != typeof(string) && OptionBinder.ElementType(type) is { } element)
        {
            return $"list of {TypeName(element)}";
        }

        return type switch
        {
            _ when type == typeof(string) => "text",
            _ when type == typeof(bool) => "true or false",
            _ when type == typeof(int) || type == typeof(long) => "whole number",
            _ when type == typeof(double) => "number",
            _ when type == typeof(char) => "character",
            _ when type == typeof(TimeSpan) => "duration",
            _ when type == typeof(ByteSize) => "size",
            _ when type == typeof(DataType) => "type",
            _ when type.IsEnum => "name",
            _ when type == typeof(OptionNode) => "any",
            _ when typeof(IEnumerable).IsAssignableFrom(type) => "names with values",
            _ => "group",
        };
    }
}
