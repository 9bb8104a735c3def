using System.CommandLine;
using System.Text.Json.Nodes;
using Millrace.Runtime.Contracts;

namespace Millrace.Cli;

/// <summary><c>millrace asset diff OLD NEW</c>: what changed, and who can live with it.</summary>
internal static class AssetDiffCommand
{
    public static Command Create()
    {
        var old = new Argument<string>("old") { Description = "The contract as it was." };
        var updated = new Argument<string>("new") { Description = "The contract as it is to be." };
        var require = new Option<string>("--require") { Description = "What has to be kept, for the exit code: backward, forward, full or none.", DefaultValueFactory = _ => "backward" };
        require.AcceptOnlyFromAmong("backward", "forward", "full", "none");
        var command = new Command("diff", "Compare two versions of a contract and tell whether they are compatible") { old, updated, require };
        command.SetAction(parsed =>
        {
            AssetSpec before = AssetFile.Load(parsed.GetRequiredValue(old));
            AssetSpec after = AssetFile.Load(parsed.GetRequiredValue(updated));
            AssetComparison comparison = AssetComparison.Of(before, after);
            if (parsed.GetValue(CommonOptions.Json))
            {
                JsonOutput.Write(ToJson(before, after, comparison));
            }
            else
            {
                Print(before, after, comparison);
            }

            return IsKept(comparison, parsed.GetRequiredValue(require)) ? App.ExitOk : App.ExitFailed;
        });
        return command;
    }

    private static bool IsKept(AssetComparison comparison, string require) => require switch
    {
        "backward" => comparison.IsBackward,
        "forward" => comparison.IsForward,
        "full" => comparison.IsBackward && comparison.IsForward,
        _ => true,
    };

    private static void Print(AssetSpec old, AssetSpec updated, AssetComparison comparison)
    {
        foreach (AssetChange change in comparison.Changes)
        {
            string reason = change.Reason.Length == 0 ? "" : $": {change.Reason}";
            Console.Out.WriteLine($"{change.Level,-10}  {(change.Column is null ? "" : $"{change.Column}: ")}{change.What}{reason}");
        }

        string raise = comparison.Bump is "none" || old.Version != updated.Version ? "" : $"; the version is still {old.Version}, raise its {comparison.Bump} part";
        Console.Out.WriteLine(comparison.Changes.Count == 0 ? "no change" : $"{updated.Name} {old.Version} -> {updated.Version}: {comparison.Level}{raise}");
    }

    private static JsonObject ToJson(AssetSpec old, AssetSpec updated, AssetComparison comparison) => new()
    {
        ["asset"] = updated.Name,
        ["old_version"] = old.Version,
        ["new_version"] = updated.Version,
        ["level"] = comparison.Level,
        ["backward"] = comparison.IsBackward,
        ["forward"] = comparison.IsForward,
        ["raise"] = comparison.Bump,
        ["changes"] = new JsonArray([.. comparison.Changes.Select(c => (JsonNode)new JsonObject
        {
            ["column"] = c.Column,
            ["what"] = c.What,
            ["level"] = c.Level,
            ["reason"] = c.Reason,
        })]),
    };
}
