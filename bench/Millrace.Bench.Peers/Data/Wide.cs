namespace Millrace.Bench.Peers;

/// <summary>Rows of 200 columns: numbers, amounts, texts, dates and words.</summary>
internal static class Wide
{
    private const int Columns = 200;

    private static readonly string[] Words =
        ["furiously", "carefully", "quickly", "deposits", "accounts", "packages", "requests", "ironic", "final", "express"];

    public static string Csv(long rows)
    {
        string path = Path.Combine(Folders.Data, $"wide-{rows}.csv");
        if (File.Exists(path))
        {
            return path;
        }

        var random = new Random(19_970_401);
        using (var file = new TextFile(path + ".part"))
        {
            file.Add(string.Join(',', Enumerable.Range(1, Columns).Select(c => $"c{c}"))).EndRow();
            for (long row = 0; row < rows; row++)
            {
                for (int column = 0; column < Columns; column++)
                {
                    file.Add(column == 0 ? ""u8 : ","u8);
                    AddValue(file, column, random);
                }

                file.EndRow();
            }
        }

        File.Move(path + ".part", path);
        return path;
    }

    private static void AddValue(TextFile file, int column, Random random)
    {
        switch (column % 5)
        {
            case 0:
                file.Add(random.Next(1_000_000));
                break;
            case 1:
                file.AddCents(random.Next(1_000_000));
                break;
            case 2:
                file.Add(Words[random.Next(Words.Length)]).Add(" "u8).Add(Words[random.Next(Words.Length)]).Add(" "u8).Add(random.Next(100));
                break;
            case 3:
                file.Add(new DateOnly(1992, 1, 1).AddDays(random.Next(2_500)));
                break;
            default:
                file.Add(Words[random.Next(Words.Length)]);
                break;
        }
    }
}
