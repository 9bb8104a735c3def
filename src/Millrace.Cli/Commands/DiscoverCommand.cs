using System.CommandLine;
using System.Text.Json.Nodes;
using Millrace.Columnar;
using Millrace.Runtime;
using Millrace.Sdk;

namespace Millrace.Cli;

/// <summary><c>millrace discover SRC</c>: the streams of a source with their schemas.</summary>
internal static class DiscoverCommand
{
    public static Command Create()
    {
        Argument<string> source = EndpointArguments.Source();
        Option<string[]> options = EndpointArguments.SourceOptions();
        Option<string?> format = EndpointArguments.SourceFormat();
        var command = new Command("discover", "List the streams of a source with their schemas") { source, format, options };
        command.SetAction(async (parsed, cancellation) =>
        {
            bool json = parsed.GetValue(CommonOptions.Json);
            Endpoint endpoint = EndpointArguments.Resolve(parsed.GetRequiredValue(source), ConnectorRole.Source, parsed.GetValue(options) ?? [], parsed.GetValue(format));
            var context = new ConnectorContext { Job = "discover" };
            await using ISource opened = endpoint.Connector.OpenSource(endpoint.Options, context);
            await foreach (StreamDescription stream in StreamListing.OfAsync(opened, endpoint.Streams, cancellation).ConfigureAwait(false))
            {
                if (json)
                {
                    JsonOutput.Write(ToJson(stream));
                }
                else
                {
                    Print(stream);
                }
            }

            return App.ExitOk;
        });
        return command;
    }

    private static void Print(StreamDescription stream)
    {
        string rows = stream.Rows is { } count ? $", {(stream.RowsExact ? "" : "about ")}{Figures.Count(count, "row")}" : "";
        string bytes = stream.Bytes is { } size ? $", {Figures.Bytes(size)}" : "";
        Console.Out.WriteLine($"{stream.Name}: {Figures.Count(stream.Schema.Count, "column")}{rows}{bytes}");
        int width = stream.Schema.Fields.Select(f => f.Name.Length).DefaultIfEmpty().Max();
        foreach (Field field in stream.Schema.Fields)
        {
            string key = stream.Key.Contains(field.Name) ? " key" : "";
            Console.Out.WriteLine($"  {field.Name.PadRight(width)}  {field.Type}{(field.Nullable ? "" : " not null")}{key}");
        }

        foreach (string note in stream.Notes)
        {
            Console.Out.WriteLine($"  note: {note}");
        }
    }

    private static JsonObject ToJson(StreamDescription stream) => new()
    {
        ["stream"] = stream.Name,
        ["rows"] = stream.Rows,
        ["rows_exact"] = stream.RowsExact,
        ["bytes"] = stream.Bytes,
        ["key"] = new JsonArray([.. stream.Key.Select(k => (JsonNode)k)]),
        ["columns"] = new JsonArray([.. stream.Schema.Fields.Select(f => (JsonNode)new JsonObject
        {
            ["name"] = f.Name,
            ["type"] = f.Type.ToString(),
            ["nullable"] = f.Nullable,
            ["comment"] = f.Metadata.GetValueOrDefault(FieldMetadata.Comment),
        })]),
        ["notes"] = new JsonArray([.. stream.Notes.Select(n => (JsonNode)n)]),
    };
}
