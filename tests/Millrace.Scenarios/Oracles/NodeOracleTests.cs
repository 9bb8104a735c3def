using Millrace.TestKit;

namespace Millrace.Scenarios.Oracles;

public class NodeOracleTests
{
    [Fact]
    public void Duck_db_answers_without_losing_digits()
    {
        OracleTable table = NodeOracle.DuckDb("SELECT 9007199254740993::BIGINT AS b, 1.50::DECIMAL(10,2) AS d, NULL AS n, 'ab'::BLOB AS x");
        Assert.Equal(["b", "d", "n", "x"], table.Columns);
        Assert.Equal("9007199254740993", table.Text(0, 0));
        Assert.Equal("1.50", table.Text(0, 1));
        Assert.Null(table.Text(0, 2));
        Assert.Equal("""{"hex":"6162"}""", table.Text(0, 3));
    }

    [Fact]
    public void An_error_of_the_oracle_is_a_finding()
    {
        NodeOracle.DuckDb("SELECT 1");
        Assert.Contains("nowhere", Assert.Throws<OracleException>(() => NodeOracle.DuckDb("SELECT * FROM nowhere")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_package_that_is_not_installed_is_named()
    {
        using var folder = new TempFolder();
        folder.Write("package.json", """{"dependencies": {"@duckdb/node-api": "1", "hyparquet": "1"}}""");
        folder.Write("node_modules/@duckdb/node-api/package.json", "{}");

        Assert.Contains("the oracle hyparquet is not installed", NodeOracle.FindSkipReason(folder.Path), StringComparison.Ordinal);
    }

    [Fact]
    public void A_test_whose_oracle_is_missing_fails_where_oracles_are_required()
    {
        NodeOracle.Demand(null, isRequired: true);
        Assert.Contains("no node", Assert.ThrowsAny<Xunit.Sdk.XunitException>(() => NodeOracle.Demand("no node", isRequired: true)).Message, StringComparison.Ordinal);
    }
}
