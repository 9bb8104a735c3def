using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Millrace.Connectors.Iceberg;
using Millrace.Runtime;
using Millrace.Sdk;

namespace Millrace.Cli;

/// <summary>The table of a command, and options that several commands on tables take. Each command has its own.</summary>
internal sealed class TableArguments
{
    private readonly Argument<string> _path = new("table") { Description = "Folder of the table, its address in a store, or the address of a table in a catalog." };
    private readonly Option<string[]> _options = EndpointArguments.SourceOptions();

    public Option<bool> DryRun { get; } = new("--dry-run") { Description = "Only tell what would be done." };

    public Option<string> Branch { get; } = new("--branch") { Description = "The branch that is meant.", HelpName = "name", DefaultValueFactory = _ => "main" };

    public void AddTo(Command command)
    {
        command.Arguments.Add(_path);
        command.Options.Add(_options);
    }

    public TableMaintenance Open(ParseResult parsed)
    {
        string path = parsed.GetRequiredValue(_path);
        string location = Location.Parse(path).Scheme.StartsWith("iceberg", StringComparison.Ordinal) ? path : $"iceberg://{path}";
        Endpoint endpoint = EndpointArguments.Resolve(location, ConnectorRole.Source, parsed.GetValue(_options) ?? []);
        return ((IcebergConnector)endpoint.Connector).OpenMaintenance(endpoint.Options, new ConnectorContext { Job = "iceberg" });
    }

    public static Option<TimeSpan?> Age(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "duration",
        CustomParser = result =>
        {
            if (Duration.TryParse(result.Tokens[0].Value, out TimeSpan time))
            {
                return time;
            }

            result.AddError($"{name} takes a duration such as 7d or 12h, not '{result.Tokens[0].Value}'.");
            return null;
        },
    };

    public static Option<long?> Size(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "size",
        CustomParser = result =>
        {
            if (ByteSize.TryParse(result.Tokens[0].Value, out ByteSize size) && size.Bytes > 0)
            {
                return size.Bytes;
            }

            result.AddError($"{name} takes a size such as 256MiB, not '{result.Tokens[0].Value}'.");
            return null;
        },
    };

    public static Option<DateTimeOffset?> Time(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "time",
        CustomParser = result => ParseTime(name, result),
    };

    private static DateTimeOffset? ParseTime(string name, ArgumentResult result)
    {
        if (DateTimeOffset.TryParse(result.Tokens[0].Value, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset time))
        {
            return time;
        }

        result.AddError($"{name} takes a time such as 2026-01-31T12:00:00Z, not '{result.Tokens[0].Value}'.");
        return null;
    }
}
