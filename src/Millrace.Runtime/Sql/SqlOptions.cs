using Millrace.Runtime.Streaming;
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
    public static OptionMap ToMap(StatementOptions options, Type? record)
    {
        var map = new OptionMap(options.Place);
        HashSet<string> own = record is null ? [] : [.. OptionInfo.Of(record).Where(o => !o.IsRest).Select(o => o.Name)];
        string? format = options.GetValueOrDefault(Format);
        if (format is not null)
        {
            map.SetPath(Format, new OptionScalar(format, options.PlaceOf(Format)));
        }

        foreach ((string name, string value) in options)
        {
            string head = name.Split('.')[0];
            string path = own.Contains(head) || !own.Contains(Format) ? name
                : head.Equals(format, StringComparison.OrdinalIgnoreCase) && name.Length > head.Length ? Format + name[head.Length..]
                : $"{Format}.{name}";
            if (name != Format)
            {
                map.SetPath(path, new OptionScalar(value, options.PlaceOf(name)) { WrittenName = name });
            }
        }

        return map;
    }

    /// <summary>Refuses options that nothing which could be meant has a use for, with the nearest name of all that are understood.</summary>
    /// <param name="options">What is left for the connector.</param>
    /// <param name="connector">What the object lies in; null if that is not said.</param>
    /// <param name="others">Names that are understood before a connector is asked.</param>
    public static void CheckNames(StatementOptions options, Connector? connector, IReadOnlyCollection<string> others)
    {
        OptionInfo[] own = [.. new[] { connector?.SourceOptions, connector?.SinkOptions }.OfType<Type>().SelectMany(OptionInfo.Of)];
        if (own.Any(o => o.IsRest))
        {
            return;
        }

        string? format = options.GetValueOrDefault(Format);
        Type[] formats = [.. own.Where(o => o.Name == Format).Select(o => Activator.CreateInstance(o.Type, null, new OptionMap(options.Place))).OfType<OptionChoice>().SelectMany(c => c.Alternatives)
            .Where(a => format is null || a.Key.Equals(format, StringComparison.OrdinalIgnoreCase)).Select(a => a.Value).Distinct()];
        string[] known = [.. others.Concat(own.Select(o => o.Name)).Concat(formats.SelectMany(OptionInfo.Of).Select(o => o.Name)).Distinct()];
        HashSet<string> flat = [.. known.Select(Flat)];
        foreach (string name in options.Keys)
        {
            string[] parts = name.Split('.');
            bool isKnown = flat.Contains(Flat(name)) || flat.Contains(Flat(parts[0])) || (parts.Length > 1 && parts[0].Equals(format, StringComparison.OrdinalIgnoreCase));
            if (!isKnown)
            {
                throw SdkErrors.UnknownOption.Error(
                    $"There is no option '{name}'{NearestName.Suggest(name, known.Concat(RuntimeOptions.NamesOf<StreamTableOptions>()).Concat(RuntimeOptions.NamesOf<StreamJobOptions>()))}.",
                    options.PlaceOf(name),
                    $"Options here: {string.Join(", ", known)}. Those of statements that run on: {string.Join(", ", RuntimeOptions.NamesOf<StreamTableOptions>().Concat(OptionInfo.Of(typeof(StreamJobOptions)).Select(o => o.Parts.Count > 0 ? $"{o.Name}.…" : o.Name.Replace('_', '.'))))}.");
            }
        }
    }

    private static string Flat(string name) => name.Replace("_", "", StringComparison.Ordinal).Replace("-", "", StringComparison.Ordinal).ToLowerInvariant();
}
