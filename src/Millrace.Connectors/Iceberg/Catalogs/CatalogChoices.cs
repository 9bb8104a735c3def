using Millrace.Sdk;

namespace Millrace.Connectors.Iceberg;

/// <summary>The kinds of catalogs, as alternatives of the option <c>catalog</c>.</summary>
public sealed class CatalogChoices : IOptionChoices
{
    public static IReadOnlyDictionary<string, Type> Choices { get; } = new Dictionary<string, Type>(StringComparer.OrdinalIgnoreCase)
    {
        ["rest"] = typeof(RestCatalogOptions),
        ["sql"] = typeof(SqlCatalogOptions),
        ["glue"] = typeof(GlueCatalogOptions),
    };

    public static string Key => "type";

    internal static ICatalog Open(OptionChoice choice, CatalogContext context)
    {
        if (choice.Name is not { } type)
        {
            throw CatalogErrors.BadOption.Error("The catalog lacks its type.", choice.Raw.Place, $"Set `catalog: {{type: …}}` to one of {string.Join(", ", Choices.Keys)}.");
        }

        return choice.Bind(type) switch
        {
            RestCatalogOptions options => new RestCatalog(options, context),
            SqlCatalogOptions options => new SqlCatalog(options, context),
            GlueCatalogOptions options => new GlueCatalog(options, context),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
    }
}

/// <summary>What a catalog needs besides its options.</summary>
/// <param name="Stores">Opens the stores that its tables lie in; the catalog disposes of it.</param>
/// <param name="Time">Clock.</param>
internal sealed record CatalogContext(TableStores Stores, TimeProvider Time);
