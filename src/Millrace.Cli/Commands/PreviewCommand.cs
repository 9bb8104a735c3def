using System.CommandLine;
using System.Text.Json.Nodes;
using Millrace.Columnar;
using Millrace.Runtime;
using Millrace.Sdk;

namespace Millrace.Cli;

/// <summary><c>millrace preview SRC</c>: the first rows as a table, with types and counts of nulls.</summary>
internal static class PreviewCommand
{
    public static Command Create()
    {
        Argument<string> source = EndpointArguments.Source();
        Option<string[]> options = EndpointArguments.SourceOptions();
        Option<string?> format = EndpointArguments.SourceFormat();
        Option<string?> columns = ColumnArguments.Option();
        var rows = new Option<int>("--rows", "-n") { Description = "Rows to show.", DefaultValueFactory = _ => 10 };
        var sample = new Option<int>("--sample") { Description = "Rows to count nulls over.", DefaultValueFactory = _ => 10_000 };
        var stream = new Option<string?>("--stream") { Description = "Stream of the source, where it has several." };
        var command = new Command("preview", "Show the first rows of a source, with types and nulls") { source, format, options, columns, rows, sample, stream };
        command.SetAction(async (parsed, cancellation) =>
        {
            Endpoint endpoint = EndpointArguments.Resolve(parsed.GetRequiredValue(source), ConnectorRole.Source, parsed.GetValue(options) ?? [], parsed.GetValue(format));
            SourcePreview preview = await SourcePreview.ReadAsync(
                endpoint,
                Directory.GetCurrentDirectory(),
                parsed.GetValue(stream),
                ColumnArguments.Parse(parsed.GetValue(columns)),
                parsed.GetValue(rows),
                parsed.GetValue(sample),
                cancellation).ConfigureAwait(false);
            if (parsed.GetValue(CommonOptions.Json))
            {
                JsonOutput.Write(ToJson(preview));
            }
            else
            {
                Print(preview);
            }

            return preview.BadRows.Count == 0 ? App.ExitOk : App.ExitPartial;
        });
        return command;
    }

    private static void Print(SourcePreview preview)
    {
        if (preview.Schema.Count == 0)
        {
            Console.Out.WriteLine("The source has no columns.");
            return;
        }

        string[] names = [.. preview.Schema.Fields.Select(f => f.Name)];
        string[] types = [.. preview.Schema.Fields.Select(f => f.Type.ToString())];
        bool[] right = [.. preview.Schema.Fields.Select(f => f.Type.IsNumeric)];
        string[] nulls = [.. preview.NullCounts.Select(n => n == 0 ? "no nulls" : $"{Figures.Count(n)} null")];
        TablePrinter.Print(names, types, [.. preview.Rows.Select(r => Array.ConvertAll(r, c => c ?? "NULL"))], right, nulls);
        string of = preview.Complete ? $"all {Figures.Count(preview.SampledRows)}" : $"the first {Figures.Count(preview.SampledRows)}";
        Console.Out.WriteLine($"{Figures.Count(preview.Rows.Count, "row")} shown; nulls counted over {of} rows.");
        foreach (string note in preview.Notes)
        {
            Console.Out.WriteLine($"note: {note}");
        }

        foreach (RowError bad in preview.BadRows)
        {
            Console.Error.WriteLine($"bad row {bad.Code.Id} {bad.Place}: {bad.Message}");
        }
    }

    private static JsonObject ToJson(SourcePreview preview)
    {
        var columns = new JsonArray();
        for (int i = 0; i < preview.Schema.Count; i++)
        {
            Field field = preview.Schema[i];
            columns.Add(new JsonObject { ["name"] = field.Name, ["type"] = field.Type.ToString(), ["nullable"] = field.Nullable, ["nulls"] = preview.NullCounts[i] });
        }

        return new JsonObject
        {
            ["columns"] = columns,
            ["rows"] = new JsonArray([.. preview.Rows.Select(r => (JsonNode)new JsonArray([.. r.Select(c => (JsonNode?)c)]))]),
            ["sampled_rows"] = preview.SampledRows,
            ["complete"] = preview.Complete,
            ["bad_rows"] = new JsonArray([.. preview.BadRows.Select(b => (JsonNode)ErrorJson.Of(b))]),
        };
    }
}
