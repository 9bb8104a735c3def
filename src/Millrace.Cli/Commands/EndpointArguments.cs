using System.CommandLine;
using Millrace.Formats;
using Millrace.Runtime;
using Millrace.Sdk;
using Millrace.Storage;

namespace Millrace.Cli;

/// <summary>A source or target on the command line: its location and <c>key=value</c> options.</summary>
internal static class EndpointArguments
{
    public static Argument<string> Source() => new("source")
    {
        Description = "Path, pattern or URL; options may follow as ?name=value&name=value.",
    };

    public static Option<string[]> SourceOptions() => new("--source-option", "-s")
    {
        Description = "Option of the source, as name=value; may be repeated. See `millrace connectors describe`.",
        HelpName = "name=value",
    };

    public static Option<string?> SourceFormat() => new("--source-format")
    {
        Description = "Format of the source, when its name does not tell.",
        HelpName = "name",
        CompletionSources = { _ => FormatNames.All },
    };

    public static Endpoint Resolve(string location, ConnectorRole role, IEnumerable<string> options, string? format = null)
    {
        (string place, string? own) = Placed(location, format);
        return Endpoint.OfLocation(place, role, Composition.Connectors, Parse(options, own));
    }

    /// <summary>
    /// A location and the format of its files. A format that is a connector, such as <c>iceberg</c>, makes a path, or one in a store, a location of
    /// that connector, whose files have no other.
    /// </summary>
    public static (string Location, string? Format) Placed(string location, string? format)
        => format is not null
            && FormatRegistry.BuiltIn.All.All(f => !f.Name.Equals(format, StringComparison.OrdinalIgnoreCase))
            && (Location.Parse(location).Scheme.Length == 0 || ObjectStores.IsRemote(location))
            && Composition.Connectors.All.Any(c => c.Value.Schemes.Contains(format, StringComparer.Ordinal))
                ? ($"{format}://{location}", null)
                : (location, format);

    /// <summary>Reads <c>name=value</c> pairs; dots in names make nested options.</summary>
    public static OptionMap Parse(IEnumerable<string> pairs, string? format = null)
    {
        var map = new OptionMap(new ErrorPlace { File = "command line" });
        if (format is not null)
        {
            map.SetPath("format", new OptionScalar(format, new ErrorPlace { File = "--format" }));
        }

        foreach (string pair in pairs)
        {
            int equals = pair.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0)
            {
                throw SdkErrors.InvalidOption.Error($"'{pair}' is not of the form name=value.", new ErrorPlace { File = "command line" }, "For example -s format.delimiter=';'. See the names with `millrace connectors describe files`.");
            }

            map.SetPath(pair[..equals], new OptionScalar(pair[(equals + 1)..], new ErrorPlace { File = $"option {pair}" }));
        }

        return map;
    }
}
