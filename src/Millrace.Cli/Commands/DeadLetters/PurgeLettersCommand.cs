using System.CommandLine;
using System.Text.Json.Nodes;
using Millrace.Runtime;

namespace Millrace.Cli;

/// <summary><c>millrace dlq purge</c>: removes letters that nobody wants any more.</summary>
internal static class PurgeLettersCommand
{
    public static Command Create()
    {
        var letters = new LetterArguments();
        var all = new Option<bool>("--all") { Description = "Remove every letter." };
        var command = new Command("purge", "Remove dead letters that are chosen, and what is kept of replayed and rewound ones");
        letters.AddPlace(command);
        letters.AddFilter(command);
        command.Options.Add(all);
        command.SetAction(async (parsed, cancellation) =>
        {
            DeadLetterFolder folder = await letters.FolderAsync(parsed, cancellation).ConfigureAwait(false);
            DeadLetterIndex index = await folder.ReadAsync(cancellation).ConfigureAwait(false);
            LetterFilter? filter = letters.HasFilter(parsed) ? letters.Filter(parsed, index) : parsed.GetValue(all) ? new LetterFilter() : null;
            long purged = await folder.PurgeAsync(filter, cancellation).ConfigureAwait(false);
            JsonOutput.WriteOr(
                parsed.GetValue(CommonOptions.Json),
                new JsonObject { ["purged"] = purged, ["replayed"] = index.Replayed, ["rewound"] = index.Rewound, ["left"] = index.Waiting - purged },
                $"{Figures.Count(purged, "dead letter")}, {Figures.Count(index.Replayed)} replayed and {Figures.Count(index.Rewound)} rewound ones were removed, {Figures.Count(index.Waiting - purged)} left.");
            return App.ExitOk;
        });
        return command;
    }
}
