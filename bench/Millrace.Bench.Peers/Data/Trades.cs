namespace Millrace.Bench.Peers;

/// <summary>Trades as JSON lines: eight fields, some of them not wanted by most queries.</summary>
internal static class Trades
{
    private static readonly string[] Venues = ["XNAS", "XNYS", "ARCX", "BATS", "IEXG"];

    public static string Json(long rows)
    {
        string path = Path.Combine(Folders.Data, $"trades-{rows}.jsonl");
        if (File.Exists(path))
        {
            return path;
        }

        var random = new Random(20_240_102);
        string[] symbols = [.. Enumerable.Range(0, 200).Select(i => $"S{(char)('A' + (i % 26))}{(char)('A' + (i / 26))}")];
        var time = new DateTime(2024, 1, 2, 9, 30, 0, DateTimeKind.Utc);
        using (var file = new TextFile(path + ".part"))
        {
            for (long row = 0; row < rows; row++)
            {
                time = time.AddMilliseconds(random.Next(0, 12));
                file.Add("{\"id\":"u8).Add(row).Add(",\"ts\":\""u8).Add(time).Add("Z\",\"symbol\":\""u8).Add(symbols[random.Next(symbols.Length)])
                    .Add("\",\"price\":"u8).AddCents(random.Next(1_000, 50_000)).Add(",\"quantity\":"u8).Add(random.Next(1, 1_000))
                    .Add(",\"side\":\""u8).Add(random.Next(2) == 0 ? "buy"u8 : "sell"u8).Add("\",\"venue\":\""u8).Add(Venues[random.Next(Venues.Length)])
                    .Add("\",\"conditions\":[\"@\",\""u8).Add(random.Next(3) == 0 ? "T"u8 : "F"u8).Add("\"]}"u8);
                file.EndRow();
            }
        }

        File.Move(path + ".part", path);
        return path;
    }
}
