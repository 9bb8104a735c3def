using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Millrace.Runtime;
using Millrace.Sdk;

namespace Millrace.Cli;

/// <summary><c>millrace dlq list</c>: how many letters there are of what kind, and the letters.</summary>
internal static class ListLettersCommand
{
    private const int DefaultLimit = 20;

    public static Command Create()
    {
        var letters = new LetterArguments();
        Option<long?> limit = CountOption.Create("--limit", $"Letters to show, {DefaultLimit} by default.", "count", int.MaxValue);
        var command = new Command("list", "List dead letters: millrace dlq list jobs/orders.yaml");
        letters.AddPlace(command);
        letters.AddFilter(command);
        command.Options.Add(limit);
        command.SetAction(async (parsed, cancellation) =>
        {
            DeadLetterFolder folder = await letters.FolderAsync(parsed, cancellation).ConfigureAwait(false);
            DeadLetterIndex index = await folder.ReadAsync(cancellation).ConfigureAwait(false);
            Listing listing = await ReadAsync(index, letters.Filter(parsed, index), (int)(parsed.GetValue(limit) ?? DefaultLimit), cancellation).ConfigureAwait(false);
            if (parsed.GetValue(CommonOptions.Json))
            {
                JsonOutput.Write(ToJson(folder, index, listing));
            }
            else
            {
                Print(folder, index, listing);
            }

            return App.ExitOk;
        });
        return command;
    }

    private static async ValueTask<Listing> ReadAsync(DeadLetterIndex index, LetterFilter filter, int limit, CancellationToken cancellation)
    {
        var kinds = new SortedDictionary<(string Code, RowStage Stage), long>();
        var shown = new List<DeadLetter>();
        long count = 0;
        await foreach (DeadLetter letter in index.LettersAsync(cancellation).ConfigureAwait(false))
        {
            if (!filter.Matches(letter))
            {
                continue;
            }

            count++;
            kinds[(letter.Code, letter.Stage)] = kinds.GetValueOrDefault((letter.Code, letter.Stage)) + 1;
            if (shown.Count < limit)
            {
                shown.Add(letter);
            }
        }

        return new Listing(count, kinds, shown);
    }

    private static void Print(DeadLetterFolder folder, DeadLetterIndex index, Listing listing)
    {
        Console.Out.WriteLine($"{Figures.Count(listing.Count, "dead letter")} in {folder.Description}");
        foreach (((string code, RowStage stage), long count) in listing.Kinds)
        {
            Console.Out.WriteLine($"  {Figures.Count(count)} {code} {Stage(stage)}");
        }

        foreach (DeadLetter letter in listing.Shown)
        {
            string tries = letter.Attempts > 1 ? $" ({letter.Attempts} times)" : "";
            string last = letter.Last.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);
            Console.Out.WriteLine($"{letter.Id[..LetterArguments.ShownId]}  {last}  {letter.Code} {letter.Place}: {letter.Message}{tries}");
        }

        if (listing.Count > listing.Shown.Count)
        {
            Console.Out.WriteLine($"and {Figures.Count(listing.Count - listing.Shown.Count)} more; see them with --limit");
        }

        if (index.Replayed > 0)
        {
            Console.Out.WriteLine($"{Figures.Count(index.Replayed, "letter")} {(index.Replayed == 1 ? "was" : "were")} replayed; `millrace dlq purge` removes what is kept of them.");
        }

        if (index.Rewound > 0)
        {
            Console.Out.WriteLine($"{Figures.Count(index.Rewound, "letter")} of epochs that were taken back: {(index.Rewound == 1 ? "its row is" : "their rows are")} read again; `millrace dlq purge` removes what is kept of them.");
        }

        if (index.Pending > 0)
        {
            Console.Out.WriteLine($"{Figures.Count(index.Pending, "letter")} pending: the run goes on, or died and the next one settles it.");
        }
    }

    private static JsonObject ToJson(DeadLetterFolder folder, DeadLetterIndex index, Listing listing) => new()
    {
        ["folder"] = folder.Description,
        ["count"] = listing.Count,
        ["replayed"] = index.Replayed,
        ["rewound"] = index.Rewound,
        ["pending"] = index.Pending,
        ["kinds"] = new JsonArray([.. listing.Kinds.Select(k => (JsonNode)new JsonObject { ["code"] = k.Key.Code, ["stage"] = Stage(k.Key.Stage), ["count"] = k.Value })]),
        ["letters"] = new JsonArray([.. listing.Shown.Select(l => JsonNode.Parse(LetterExport.ToJson(l)))]),
    };

    private static string Stage(RowStage stage) => OptionInfo.SnakeCase(stage.ToString());

    private sealed record Listing(long Count, SortedDictionary<(string Code, RowStage Stage), long> Kinds, List<DeadLetter> Shown);
}
