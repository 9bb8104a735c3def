using Millrace.TestKit.Sql;

namespace Millrace.Bench.Peers;

/// <summary>The tables of TPC-H as Parquet files, which Millrace writes.</summary>
internal static class TpchParquet
{
    public const double Scale = 0.1;

    /// <summary>The folder with a file for each table.</summary>
    public static string Folder()
    {
        string folder = Path.Combine(Folders.Data, $"tpch-{Scale}");
        if (Directory.Exists(folder))
        {
            return folder;
        }

        string made = folder + ".part";
        TpchData.Write(made, Scale);
        foreach (TpchTable table in TpchTables.All)
        {
            string csv = Path.Combine(made, table.Name + ".csv");
            string copy = $"INSERT INTO '{Path.Combine(made, table.Name + ".parquet")}' SELECT * FROM '{csv}' ({table.Columns}) WITH (delimiter = '|')";
            ChildProcess.Run(Environment.ProcessPath!, "sql", "2", "1", copy);
            File.Delete(csv);
        }

        Directory.Move(made, folder);
        return folder;
    }

    /// <summary>Statements that name the files as the queries do.</summary>
    public static string Views(string folder, Func<string, string> read)
        => string.Join("; ", TpchTables.All.Select(t => $"CREATE VIEW {t.Name} AS SELECT * FROM {read(Path.Combine(folder, t.Name + ".parquet"))}"));
}
