namespace Millrace.TestKit.Nexmark;

/// <summary>
/// The events as JSON lines in three files, one for each kind. A file's bytes depend on the options and on how many events
/// there are, not on how many lanes write them.
/// </summary>
public static class NexmarkFiles
{
    private const int EventsPerPart = 20_000;

    /// <summary>Names of the files, in the order of the kinds.</summary>
    public static IReadOnlyList<string> Names { get; } = ["person.jsonl", "auction.jsonl", "bid.jsonl"];

    /// <summary>The columns of each file, for both SQL dialects.</summary>
    public static IReadOnlyList<string> Columns { get; } =
    [
        "id bigint, name varchar, emailAddress varchar, creditCard varchar, city varchar, state varchar, dateTime timestamp, extra varchar",
        "id bigint, itemName varchar, description varchar, initialBid bigint, reserve bigint, expires timestamp, seller bigint, category bigint, dateTime timestamp, extra varchar",
        "auction bigint, bidder bigint, price bigint, channel varchar, url varchar, dateTime timestamp, extra varchar",
    ];

    /// <summary>Writes events 0 to <paramref name="events"/> into the folder.</summary>
    public static void Write(string folder, NexmarkOptions options, long events, int lanes = 1)
    {
        FileStream[] files = [.. Names.Select(n => new FileStream(Path.Combine(folder, n), FileMode.Create, FileAccess.Write, FileShare.None, 0))];
        try
        {
            for (long first = 0; first < events; first += (long)lanes * EventsPerPart)
            {
                var parts = new NexmarkPart[lanes];
                long start = first;
                Parallel.For(0, lanes, lane =>
                {
                    long from = Math.Min(start + ((long)lane * EventsPerPart), events);
                    parts[lane] = new NexmarkPart(options, from, Math.Min(from + EventsPerPart, events));
                });
                foreach (NexmarkPart part in parts)
                {
                    foreach (NexmarkKind kind in Enum.GetValues<NexmarkKind>())
                    {
                        files[(int)kind].Write(part.Lines(kind));
                    }
                }
            }
        }
        finally
        {
            foreach (FileStream file in files)
            {
                file.Dispose();
            }
        }
    }
}
