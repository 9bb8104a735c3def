using System.CommandLine;
using System.Text.Json.Nodes;
using Millrace.Runtime;
using Millrace.Runtime.Contracts;
using Millrace.Sdk;

namespace Millrace.Cli;

/// <summary><c>millrace asset check ASSET [SRC]</c>: is the contract sound, and do rows keep it?</summary>
internal static class AssetCheckCommand
{
    public static Command Create()
    {
        var file = new Argument<string>("asset") { Description = "Asset file; behind a # the name of one of several objects." };
        var source = new Argument<string?>("source") { Description = "Rows to hold against the contract: a path or URL.", Arity = ArgumentArity.ZeroOrOne };
        Option<string[]> options = EndpointArguments.SourceOptions();
        var stream = new Option<string?>("--stream") { Description = "Stream of the source, where it has several." };
        var command = new Command("check", "Check a contract, and whether the rows of a source keep it, without writing any") { file, source, options, stream };
        command.SetAction(async (parsed, cancellation) =>
        {
            bool json = parsed.GetValue(CommonOptions.Json);
            AssetSpec asset = AssetFile.Load(parsed.GetRequiredValue(file));
            if (parsed.GetValue(source) is not { } location)
            {
                string columns = Figures.Count(asset.Schema.Count, "column");
                JsonOutput.WriteOr(json, new JsonObject { ["asset"] = asset.Name, ["version"] = asset.Version, ["valid"] = true }, $"{asset.Name} {asset.Version} is sound: {columns}");
                return App.ExitOk;
            }

            Endpoint endpoint = EndpointArguments.Resolve(location, ConnectorRole.Source, parsed.GetValue(options) ?? []);
            ContractPlan contract = ContractPlan.Of(asset, null, Composition.Connectors, Directory.GetCurrentDirectory())!;
            AssetAudit audit = await AssetAudit.RunAsync(endpoint, parsed.GetValue(stream), contract, cancellation).ConfigureAwait(false);
            if (json)
            {
                JsonOutput.Write(ToJson(asset, audit));
            }
            else
            {
                Print(asset, audit);
            }

            return audit.Holds ? App.ExitOk : App.ExitPartial;
        });
        return command;
    }

    private static void Print(AssetSpec asset, AssetAudit audit)
    {
        foreach (string note in audit.Notes)
        {
            Console.Out.WriteLine($"note: {note}");
        }

        foreach ((string rule, long rows) in audit.Breaches)
        {
            Console.Out.WriteLine($"{Figures.Count(rows, "row")} {(rows == 1 ? "breaks" : "break")} {rule}");
        }

        foreach (QualityResult broken in audit.Quality.Where(r => !r.Holds))
        {
            Console.Out.WriteLine($"quality rule {broken}{(broken.OnlyTells ? " (only told)" : "")}");
        }

        foreach (RowError error in audit.Sample)
        {
            Console.Out.WriteLine($"{error.Code.Id} {error.Place}: {error.Message}");
        }

        string bad = audit.BadRows == 0 ? "" : $", {Figures.Count(audit.BadRows, "row")} cannot be read";
        Console.Out.WriteLine($"{asset.Name} {asset.Version}: {Figures.Count(audit.Rows + audit.BadRows, "row")} looked at{bad}{(audit.Holds ? ", all keep the contract" : "")}");
    }

    private static JsonObject ToJson(AssetSpec asset, AssetAudit audit)
    {
        var breaches = new JsonObject();
        foreach ((string rule, long rows) in audit.Breaches)
        {
            breaches[rule] = rows;
        }

        return new JsonObject
        {
            ["asset"] = asset.Name,
            ["version"] = asset.Version,
            ["holds"] = audit.Holds,
            ["rows"] = audit.Rows,
            ["bad_rows"] = audit.BadRows,
            ["breaches"] = breaches,
            ["quality"] = new JsonArray([.. audit.Quality.Select(r => (JsonNode)new JsonObject { ["rule"] = r.Rule, ["holds"] = r.Holds, ["found"] = r.Found, ["expected"] = r.Expected })]),
            ["notes"] = new JsonArray([.. audit.Notes.Select(n => (JsonNode)n)]),
        };
    }
}
