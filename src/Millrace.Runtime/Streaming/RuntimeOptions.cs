using Millrace.Runtime.Sql;
using Millrace.Sdk;

namespace Millrace.Runtime.Streaming;

/// <summary>
/// Options of <c>WITH (…)</c> that are the runtime's, not the connector's: <c>late.data</c> is the option <c>late_data</c> of a
/// record, <c>failure.strategy</c> the option <c>strategy</c> of its group <c>failure</c>.
/// </summary>
internal static class RuntimeOptions
{
    /// <summary>Takes the options of a record out of those of a statement.</summary>
    public static StatementOptions Take<T>(StatementOptions options)
    {
        StatementOptions taken = options.Where(name => PathOf<T>(name) is not null);
        foreach (string name in taken.Keys)
        {
            options.Remove(name);
        }

        return taken;
    }

    /// <summary>Reads what was taken.</summary>
    public static T Bind<T>(StatementOptions options)
        where T : class
    {
        var map = new OptionMap(options.Place);
        foreach ((string name, string value) in options)
        {
            string meant = value.Equals("side output", StringComparison.OrdinalIgnoreCase) ? "side_output" : value;
            map.SetPath(PathOf<T>(name)!, new OptionScalar(meant, options.PlaceOf(name)) { WrittenName = name });
        }

        var faults = new OptionFaults();
        T bound = OptionBinder.Bind<T>(map, faults);
        faults.ThrowIfAny();
        return bound;
    }

    /// <summary>The options of a record as statements write them.</summary>
    public static IEnumerable<string> NamesOf<T>() => OptionInfo.Of(typeof(T)).SelectMany(o => o.Parts.Count > 0 ? Within(o) : [o.Name.Replace('_', '.')]);

    private static IEnumerable<string> Within(OptionInfo group) => group.Parts.SelectMany(o => o.Parts.Count > 0 ? Within(o) : [o.Name]).Select(name => $"{group.Name}.{name}");

    // Existing applications write late.data and 'allowed lateness'.
    private static string? PathOf<T>(string name)
    {
        string lower = name.ToLowerInvariant();
        string flat = lower.Replace('.', '_').Replace(' ', '_');
        foreach (OptionInfo option in OptionInfo.Of(typeof(T)))
        {
            if (option.Name == flat)
            {
                return flat;
            }

            if (lower.StartsWith(option.Name + ".", StringComparison.Ordinal))
            {
                return lower;
            }
        }

        return null;
    }
}
