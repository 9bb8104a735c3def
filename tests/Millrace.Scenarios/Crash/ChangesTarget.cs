using System.Globalization;

namespace Millrace.Scenarios.Crash;

/// <summary>A table of PostgreSQL into which changes of a <see cref="ChangingTable"/> are merged.</summary>
internal sealed class ChangesTarget
{
    private readonly PostgresTestServer _server = PostgresTestServer.Demand();
    private readonly string _database;

    public ChangesTarget() => _database = _server.NewDatabase();

    /// <summary>What a sum was that no whole transaction leaves; empty for none.</summary>
    public string Half { get; private set; } = "";

    public string Options => string.Create(CultureInfo.InvariantCulture, $"{{connector: postgres, host: 127.0.0.1, port: {_server.Port}, database: {_database}, user: {DatabaseTestServer.User}, table: public.t, write: merge, key: id}}");

    /// <summary>Changes with every commit.</summary>
    public string Traces()
    {
        if (_server.Sql(_database, "SELECT to_regclass('_millrace.checkpoint') IS NOT NULL") != "t")
        {
            return "";
        }

        string sum = _server.Sql(_database, "SELECT sum(v) FROM public.t");
        Half = sum.Length == 0 || sum == ChangingTable.Sum ? Half : $"the target showed a sum of {sum}";
        return _server.Sql(_database, "SELECT max(epoch) FROM _millrace.checkpoint");
    }

    /// <summary>The position of the last commit.</summary>
    public string Progress() => _server.Sql(_database, "SELECT string_agg(c::text, ' ') FROM _millrace.checkpoint c");

    /// <summary>How it differs from rows that it should have; empty where it does not.</summary>
    public string Fault(string[] expected)
        => Half.Length > 0 ? Half
            : expected.SequenceEqual(_server.Sql(_database, "SELECT id || ' ' || v || ' ' || coalesce(long, '-') FROM public.t ORDER BY id").Split('\n')) ? "" : "the target differs from the source";
}
