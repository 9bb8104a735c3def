namespace Millrace.Bench.Peers;

/// <summary>Temperatures by station, as in the One Billion Row Challenge: <c>station;temperature</c>, one decimal, no header.</summary>
internal static class Measurements
{
    private const int Stations = 413;

    private static readonly string[] Heads = ["Port", "San", "Bad", "New", "Las", "Saint", "El", "Ulan", "Addis", "Kuala"];
    private static readonly string[] Tails = ["Moresby", "Juan", "Ischl", "Orleans", "Palmas", "Pierre", "Paso", "Bator", "Abeba", "Lumpur", "Ålesund", "Zürich", "Río", "Ōsaka", "Reykjavík"];

    public static string Csv(long rows)
    {
        string path = Path.Combine(Folders.Data, $"measurements-{rows}.txt");
        if (File.Exists(path))
        {
            return path;
        }

        var random = new Random(1_000_000_000);
        string[] names = [.. Enumerable.Range(0, Stations).Select(i => i < Tails.Length ? Tails[i] : $"{Heads[i % Heads.Length]} {Tails[i % Tails.Length]} {i}")];
        int[] means = [.. names.Select(_ => random.Next(-200, 350))];
        using (var file = new TextFile(path + ".part"))
        {
            for (long row = 0; row < rows; row++)
            {
                int station = random.Next(names.Length);
                int tenths = means[station] + random.Next(-150, 151);
                file.Add(names[station]).Add(";"u8).Add(tenths < 0 ? "-"u8 : ""u8).Add(Math.Abs(tenths) / 10).Add("."u8).Add(Math.Abs(tenths) % 10);
                file.EndRow();
            }
        }

        File.Move(path + ".part", path);
        return path;
    }
}
