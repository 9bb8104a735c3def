namespace Millrace.Runtime.Sql;

/// <summary>Options of a <c>WITH (…)</c> clause by name, in any case, and where they stand.</summary>
/// <param name="place">Where the statement stands that has them.</param>
internal sealed class StatementOptions(ErrorPlace place) : Dictionary<string, string>(StringComparer.OrdinalIgnoreCase)
{
    private readonly Dictionary<string, ErrorPlace> _places = new(StringComparer.OrdinalIgnoreCase);

    public ErrorPlace Place => place;

    public ErrorPlace PlaceOf(string name) => _places.GetValueOrDefault(name, place);

    /// <summary>Adds an option; false if it is there.</summary>
    public bool TryAdd(string name, string value, ErrorPlace where)
    {
        _places[name] = where;
        return TryAdd(name, value);
    }

    /// <summary>Those of some names.</summary>
    public StatementOptions Where(Func<string, bool> keep)
    {
        var some = new StatementOptions(place);
        foreach ((string name, string value) in this)
        {
            if (keep(name))
            {
                some.TryAdd(name, value, PlaceOf(name));
            }
        }

        return some;
    }
}
