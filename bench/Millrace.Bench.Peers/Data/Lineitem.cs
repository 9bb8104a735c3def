namespace Millrace.Bench.Peers;

/// <summary>Rows shaped like TPC-H's lineitem: 16 columns, its value ranges and word lists, not its exact values.</summary>
internal static class Lineitem
{
    /// <summary>The types, as DuckDB and Millrace both name them.</summary>
    public static readonly (string Name, string Type)[] Columns =
    [
        ("l_orderkey", "bigint"), ("l_partkey", "bigint"), ("l_suppkey", "bigint"), ("l_linenumber", "bigint"),
        ("l_quantity", "decimal(15,2)"), ("l_extendedprice", "decimal(15,2)"), ("l_discount", "decimal(15,2)"), ("l_tax", "decimal(15,2)"),
        ("l_returnflag", "varchar"), ("l_linestatus", "varchar"), ("l_shipdate", "date"), ("l_commitdate", "date"), ("l_receiptdate", "date"),
        ("l_shipinstruct", "varchar"), ("l_shipmode", "varchar"), ("l_comment", "varchar"),
    ];

    /// <summary>The columns as Millrace's <c>--columns</c> takes them.</summary>
    public static string ColumnList { get; } = string.Join(',', Columns.Select(c => $"{c.Name}:{c.Type}"));

    private static readonly string[] Instructions = ["DELIVER IN PERSON", "COLLECT COD", "NONE", "TAKE BACK RETURN"];
    private static readonly string[] Modes = ["REG AIR", "AIR", "RAIL", "SHIP", "TRUCK", "MAIL", "FOB"];
    private static readonly string[] Words =
        ["furiously", "carefully", "quickly", "deposits", "accounts", "packages", "requests", "ironic", "final", "express", "bold", "pending", "regular", "sleep", "haggle", "about", "the", "among", "above", "instructions"];

    public static string Csv(long rows)
    {
        string path = Path.Combine(Folders.Data, $"lineitem-{rows}.csv");
        if (File.Exists(path))
        {
            return path;
        }

        var random = new Random(19_920_101);
        var first = new DateOnly(1992, 1, 2);
        using (var file = new TextFile(path + ".part"))
        {
            file.Add(string.Join(',', Columns.Select(c => c.Name))).EndRow();
            long order = 1;
            int line = 1;
            int lines = random.Next(1, 8);
            for (long row = 0; row < rows; row++)
            {
                int quantity = random.Next(1, 51);
                DateOnly ship = first.AddDays(random.Next(2_526));
                DateOnly receipt = ship.AddDays(random.Next(1, 31));
                bool shipped = ship <= new DateOnly(1995, 6, 17);
                bool received = receipt <= new DateOnly(1995, 6, 17);
                file.Add(order).Add(","u8).Add(random.Next(1, 200_001)).Add(","u8).Add(random.Next(1, 10_001)).Add(","u8).Add(line).Add(","u8)
                    .AddCents(quantity * 100).Add(","u8).AddCents(quantity * (long)random.Next(90_000, 210_000)).Add(","u8)
                    .AddCents(random.Next(0, 11)).Add(","u8).AddCents(random.Next(0, 9)).Add(","u8)
                    .Add(received ? random.Next(2) == 0 ? "R"u8 : "A"u8 : "N"u8).Add(","u8).Add(shipped ? "F"u8 : "O"u8).Add(","u8)
                    .Add(ship).Add(","u8).Add(ship.AddDays(random.Next(-30, 60))).Add(","u8).Add(receipt).Add(","u8)
                    .Add(Instructions[random.Next(4)]).Add(","u8).Add(Modes[random.Next(7)]).Add(","u8);
                int words = random.Next(2, 7);
                for (int i = 0; i < words; i++)
                {
                    file.Add(i == 0 ? ""u8 : " "u8).Add(Words[random.Next(Words.Length)]);
                }

                file.EndRow();
                if (++line > lines)
                {
                    order += random.Next(1, 5);
                    line = 1;
                    lines = random.Next(1, 8);
                }
            }
        }

        File.Move(path + ".part", path);
        return path;
    }

    /// <summary>The same rows as Parquet, written by DuckDB.</summary>
    public static string Parquet(long rows)
    {
        string path = Path.Combine(Folders.Data, $"lineitem-{rows}.parquet");
        if (!File.Exists(path))
        {
            DuckDb.Run(2, $"COPY ({Read(Csv(rows))}) TO '{path}.part' (FORMAT parquet)");
            File.Move(path + ".part", path);
        }

        return path;
    }

    /// <summary>DuckDB's way to read the file with the declared types.</summary>
    public static string Read(string path)
        => $"SELECT * FROM read_csv('{path}', header = true, delim = ',', columns = {{{string.Join(", ", Columns.Select(c => $"'{c.Name}': '{c.Type}'"))}}})";

    /// <summary>What is the same for two Parquet files with the same rows, in any order; each row counts with all of its columns.</summary>
    public static string Fingerprint(string path)
    {
        string row = string.Join(", ", Columns.Select(c => $"CAST({c.Name} AS {c.Type})"));
        return DuckDb.Query($"SELECT count(*), bit_xor(hash({row})), sum(hash({row})) FROM read_parquet('{path}')");
    }
}
