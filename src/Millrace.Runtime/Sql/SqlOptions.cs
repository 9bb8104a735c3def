using Millrace.Sdk;

namespace Millrace.Runtime.Sql;

/// <summary>Options of a <c>WITH (…)</c> clause as a connector takes them.</summary>
internal static class SqlOptions
{
    private const string Format = "format";

    /// <summary>
    /// Names the connector's record has are its own; others belong to its format, so that <c>WITH (delimiter = ';')</c> is
    /// enough. <c>csv.delimiter</c> is understood as well as <c>format.delimiter</c>.
    /// </summary>
    /// <param name="options">By name, as written.</param>
    /// <param name="record">The connector's record of options.</param>
    /// <param name="place">For messages.</param>
    public static OptionMap ToMap(IReadOnlyDictionary<string, string> options, Type? record, ErrorPlace place)
    {
        var map = new OptionMap(place);
        HashSet<string> own = record is null ? [] : [.. OptionInfo.Of(record).Where(o => !o.IsRest).Select(o => o.Name)];
        string? format = options.GetValueOrDefault(Format);
        if (format is not null)
        {
            map.SetPath(Format, new OptionScalar(format, place));
        }

        foreach ((string name, string value) in options)
        {
            string head = name.Split('.')[0];
            string path = own.Contains(head) || !own.Contains(Format) ? name
                : head.Equals(format, StringComparison.OrdinalIgnoreCase) && name.Length > head.Length ? Format + name[head.Length..]
                : $"{Format}.{name}";
            if (name != Format)
            {
                map.SetPath(path, new OptionScalar(value, place));
            }
        }

        return map;
    }
}
