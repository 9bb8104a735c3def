using Millrace.Sdk;

namespace Millrace.Runtime.Streaming;

/// <summary>
/// Options of <c>WITH (…)</c> that are the runtime's, not the connector's: <c>late.data</c> is the option <c>late_data</c> of a
/// record, <c>failure.strategy</c> the option <c>strategy</c> of its group <c>failure</c>.
/// </summary>
internal static class RuntimeOptions
{
    /// <summary>Takes the options of a record out of those of a statement.</summary>
    public static Dictionary<string, string> Take<T>(Dictionary<string, string> options)
    {
        var taken = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach ((string name, string value) in options.Where(o => PathOf<T>(o.Key) is not null).ToList())
        {
            taken.Add(name, value);
            options.Remove(name);
        }

        return taken;
    }

    /// <summary>Reads what was taken.</summary>
    public static T Bind<T>(IReadOnlyDictionary<string, string> options, ErrorPlace place)
        where T : class
    {
        var map = new OptionMap(place);
        foreach ((string name, string value) in options)
        {
            map.SetPath(PathOf<T>(name)!, new OptionScalar(value.Equals("side output", StringComparison.OrdinalIgnoreCase) ? "side_output" : value, place));
        }

        var faults = new OptionFaults();
        T bound = OptionBinder.Bind<T>(map, faults);
        faults.ThrowIfAny();
        return bound;
    }

    /// <summary>The options of a record as statements write them.</summary>
    public static IEnumerable<string> NamesOf<T>() => OptionInfo.Of(typeof(T)).Select(o => o.Name.Replace('_', '.'));

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
