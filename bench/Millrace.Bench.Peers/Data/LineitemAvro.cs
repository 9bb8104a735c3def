namespace Millrace.Bench.Peers;

/// <summary>The columns of lineitem that Avro has types for of its own, as Avro with Snappy, written by Millrace.</summary>
internal static class LineitemAvro
{
    public const string Columns = "l_orderkey:bigint,l_partkey:bigint,l_suppkey:bigint,l_linenumber:bigint,l_returnflag:varchar,l_shipinstruct:varchar,l_shipmode:varchar,l_comment:varchar";

    public static string Write(long rows)
    {
        string path = Path.Combine(Folders.Data, $"lineitem-{rows}.avro");
        if (!File.Exists(path))
        {
            MillraceProgram.Run("copy", Lineitem.Csv(rows), path, "--columns", Columns);
        }

        return path;
    }
}
