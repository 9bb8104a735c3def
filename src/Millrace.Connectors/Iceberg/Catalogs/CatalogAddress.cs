using Millrace.Connectors.Common;
using Millrace.Sdk;

namespace Millrace.Connectors.Iceberg;

/// <summary>
/// Tables of catalogs in one line: behind <c>iceberg+</c> stands the address of the catalog, behind its last slash the table, and in the
/// query the other options of catalog and table: <c>iceberg+https://host/api/catalog/raw.orders?warehouse=lake</c>.
/// </summary>
internal static class CatalogAddress
{
    private const string Start = "iceberg+";

    // The type of the catalog by the scheme of its address.
    private static readonly Dictionary<string, string> Types = new(StringComparer.Ordinal) { ["http"] = "rest", ["https"] = "rest", ["postgres"] = "sql", ["postgresql"] = "sql", ["glue"] = "glue" };

    public static IEnumerable<string> Schemes => Types.Keys.Select(s => Start + s);

    public static bool Is(Location location) => location.Scheme.StartsWith(Start, StringComparison.Ordinal);

    public static OptionMap ToOptions(Location location)
    {
        string scheme = location.Scheme[Start.Length..];
        var place = new ErrorPlace { File = ServerLocation.Masked(location.Shown) };
        int slash = location.Path.LastIndexOf('/');
        string table = slash < 0 ? "" : Uri.UnescapeDataString(location.Path[(slash + 1)..]);
        var catalog = new OptionMap(place);
        catalog.Set(CatalogChoices.Key, new OptionScalar(Types[scheme], place));
        string address = slash < 0 ? location.Path : location.Path[..slash];
        if (scheme == "glue")
        {
            // iceberg+glue://eu-central-1/raw.orders
            catalog.Set("region", new OptionScalar(address, place));
        }
        else
        {
            catalog.Set("uri", new OptionScalar($"{scheme}://{address}", place, Quoted: true));
        }

        var options = new OptionMap(place);
        options.Set("catalog", catalog);
        if (table.Length > 0)
        {
            options.Set("table", new OptionScalar(table, place, Quoted: true));
        }

        // What the catalog has an option for is the catalog's.
        HashSet<string> own = [.. OptionInfo.Of(CatalogChoices.Choices[Types[scheme]]).Select(o => o.Name)];
        foreach ((string name, string value) in location.Query)
        {
            int dot = name.IndexOf('.', StringComparison.Ordinal);
            (own.Contains(dot < 0 ? name : name[..dot]) ? catalog : options).SetPath(name, new OptionScalar(value, place));
        }

        return options;
    }
}
